package org.equirepro.pretraining;

import java.nio.file.Path;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.Ranks;

/** A rank of a test: {@code CONFIG SHARDS STORE OUT BUDGET LIMIT SHARDS-OF-RANK-1}. Ends as the command line does. */
final class RankMain {

    private RankMain() {}

    public static void main(String[] words) {
        Ranks ranks = Ranks.of(System.getenv());
        try {
            Pretraining.run(Settings.read(Path.of(words[0])), Path.of(words[ranks.rank() == 1 ? 6 : 1]), Path.of(words[2]), Path.of(words[3]),
                    new RunOptions(1, Double.parseDouble(words[4]), ""), ranks,
                    new GroupSettings(Double.parseDouble(words[5]), 40_000));
        } catch (UserError e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode().code());
        }
        System.exit(0);
    }
}
