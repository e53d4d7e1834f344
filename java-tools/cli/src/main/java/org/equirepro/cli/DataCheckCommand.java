package org.equirepro.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.DataCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code equirepro data check}. */
@Command(name = "check", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Says what is there of a data set, what is missing and where to get it.",
        footer = {"", "Exit codes: 0 complete, 65 something is wrong, 66 something is missing."})
final class DataCheckCommand implements Callable<Integer> {

    @Mixin
    private SourceMixin source;

    @Option(names = "--checksums", description = "Read everything: checksums, and the counts of what is packed.")
    private boolean checksums;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (source.path() == null) {
            throw UserError.usage("say where the data set lies; one that is drawn here has nothing to check");
        }
        DataCheck check = source.prepared() ? DataCheck.shards(source.path(), checksums)
                : DataCheck.source(Settings.of("--set", source.config()), source.path(), checksums);
        PrintWriter out = spec.commandLine().getOut();
        check.lines().forEach(out::println);
        out.flush();
        return check.exitCode().code();
    }
}
