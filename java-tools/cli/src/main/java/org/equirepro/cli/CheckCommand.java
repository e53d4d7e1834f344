package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.equirepro.base.ExitCode;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.claims.ClaimTexts;
import org.equirepro.reporting.claims.Claims;
import org.equirepro.reporting.runs.MergedRuns;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.Tables;
import org.equirepro.reporting.tables.TablesConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code equirepro check}: do the claims of the study hold? */
@Command(name = "check", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Tests the claims of a study on the results of its runs. Exit code 1 if a promised claim fails.")
final class CheckCommand implements Callable<Integer> {

    @Mixin
    private RunsMixin runs;

    @Option(names = "--paper", required = true, paramLabel = "FILE",
            description = "The published numbers: conf/paper-values.csv.")
    private Path paper;

    @Override
    public Integer call() {
        MergedRuns merged = MergedRuns.open(runs.folders, runs.schema);
        TablesConfig study = TablesConfig.of(merged.settings());
        PaperValues printed = PaperValues.read(paper, CsvSchema.read(runs.schema, "paper-values"));
        List<ClaimResult> results = Claims.test(study, Tables.build(study, merged.rows(), printed));
        System.out.print(results.isEmpty() ? "Study " + study.study() + " states no claims.\n" : ClaimTexts.markdown(results));
        List<ClaimResult> broken = Claims.broken(results);
        if (broken.isEmpty()) {
            return ExitCode.OK.code();
        }
        System.err.println("equirepro: promised and failed: "
                + String.join(", ", broken.stream().map(one -> one.claim().id()).toList()));
        return ExitCode.FAILURE.code();
    }
}
