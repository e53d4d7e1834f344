package org.equirepro.pretraining;

import java.nio.file.Path;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.Ranks;

/** A rank of a test: {@code CONFIG SHARDS STORE OUT BUDGET LIMIT}. Ends as the command line does. */
final class RankMain {

    private RankMain() {}

    public static void main(String[] words) {
        try {
            Pretraining.run(Settings.read(Path.of(words[0])), Path.of(words[1]), Path.of(words[2]), Path.of(words[3]),
                    new RunOptions(1, Double.parseDouble(words[4]), ""), Ranks.of(System.getenv()),
                    new GroupSettings(Double.parseDouble(words[5]), 40_000));
        } catch (UserError e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode().code());
        }
        System.exit(0);
    }
}
