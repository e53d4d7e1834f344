package org.equirepro.reporting.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.report.Report;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.TableCsv;
import org.equirepro.reporting.tables.TablesConfig;

/** The report of a run that is under way: what its tasks left, without a trace. */
public final class ReportFolder {

    private ReportFolder() {}

    /**
     * Writes the new folder {@code out}: {@code report.html}, {@code figures/}, {@code cost/}.
     *
     * @param config settings of a REPORT task
     * @param summary folder that {@link SummaryFolder} wrote
     * @param encoders folders of pretrainings
     * @param evaluations folders of evaluations
     * @param samples {@code NAME.samples.png} of each data set
     * @param paperValues {@code conf/paper-values.csv}
     * @param environment versions and hashes of the programs
     */
    public static void write(Settings config, Path summary, List<Path> encoders, List<Path> evaluations, List<Path> samples,
            Path paperValues, Map<String, String> environment, Path out) {
        if (!Files.isDirectory(summary.resolve("tables"))) {
            throw UserError.missing(summary, "holds no folder tables; give the folder that the command tables wrote");
        }
        List<Table> tables = TableCsv.read(summary.resolve("tables"), TablesConfig.of(config));
        PaperValues paper = PaperValues.read(paperValues, CsvSchema.builtIn("paper-values"));
        Report.Inputs inputs = new Report.Inputs(config, tables, SummaryFolder.hashes(summary), encoders, evaluations, samples,
                Costs.of(config, encoders, evaluations, Map.of(), Map.of(), paper), environment);
        AtomicFiles.writeFolder(out, folder -> Report.write(inputs, folder));
    }
}
