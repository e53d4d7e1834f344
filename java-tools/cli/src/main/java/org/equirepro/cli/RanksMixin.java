package org.equirepro.cli;

import org.equirepro.tensor.dist.GroupSettings;
import picocli.CommandLine.Option;

/** Options of the commands that several processes may run together. */
final class RanksMixin {

    @Option(names = "--collective-limit", paramLabel = "SECONDS", defaultValue = "600",
            description = "Several ranks: end if an exchange between them takes longer. Default: ${DEFAULT-VALUE}.")
    private double limit;

    @Option(names = "--bucket-mb", paramLabel = "MB", defaultValue = "25",
            description = "Several ranks: size of the portions in which gradients travel. Default: ${DEFAULT-VALUE}.")
    private double bucket;

    GroupSettings settings() {
        return new GroupSettings(limit, (long) (bucket * (1 << 20)));
    }
}
