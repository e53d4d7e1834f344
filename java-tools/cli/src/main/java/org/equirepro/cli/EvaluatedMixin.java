package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import picocli.CommandLine.Option;

/** Options of the commands that evaluate an encoder: what they read. */
final class EvaluatedMixin {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the evaluation's task, as JSON.")
    private Path config;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Shard folder of the data set.")
    private Path data;

    @Option(names = "--encoder", required = true, paramLabel = "DIR", description = "Folder that pretrain wrote.")
    private Path encoder;

    Settings config() {
        return Settings.read(config);
    }

    Path data() {
        return data;
    }

    Path encoder() {
        return encoder;
    }
}
