package org.equirepro.reporting.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.Claims;
import org.equirepro.reporting.report.Report;
import org.equirepro.reporting.report.ResultsPage;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.TablesConfig;

/** Makes everything that is read of finished runs once more, from what they stored: no data, no libtorch. */
public final class CollectedRuns {

    /**
     * How to make it.
     *
     * @param paperValues {@code conf/paper-values.csv}
     * @param schemaFolder {@code results-schema}, or null for the schemas that were packed
     * @param environment versions and hashes of the programs
     * @param planned device hours that a run's plan reckons with, by task id
     * @param software version of equirepro
     * @param text a text to fill in, see {@link ResultsPage}
     * @param date of the record, as {@code 2026-01-31}
     */
    public record Options(Path paperValues, Path schemaFolder, Map<String, String> environment,
            Function<StoredRun, Map<String, Double>> planned, Optional<Path> text, String software, String date) {}

    private CollectedRuns() {}

    /**
     * Writes {@code results.csv}, {@code tables/}, {@code cost/}, {@code figures/}, {@code report.html} and
     * {@code ro-crate-metadata.json}; {@code page.md} where there is a text; into a new folder {@code plan.jsonl}, by which it can be read
     * as a run.
     *
     * @param folders outdirs of runs of one study
     * @param out one of them, whose files of these names are replaced, or a new folder
     */
    public static void write(List<Path> folders, Path out, Options options) {
        MergedRuns merged = MergedRuns.open(folders, options.schemaFolder());
        TablesConfig study = TablesConfig.of(merged.settings());
        boolean inPlace = Files.isDirectory(out);
        Path made = inPlace ? out.resolve(".collected") : out;
        if (inPlace && folders.stream().noneMatch(folder -> same(folder, out))) {
            throw UserError.usage("--out " + out + " exists and is none of the runs; name a new folder");
        }
        delete(inPlace ? made : null);
        Map<String, String> hashes = new HashMap<>();
        AtomicFiles.writeFolder(made, folder -> {
            List<Table> tables = SummaryFolder.write(study, merged.rows(), options.paperValues(), options.schemaFolder(), folder);
            ProvenanceCsv.write(folder.resolve("tables/provenance.csv"), merged, CsvSchema.read(options.schemaFolder(), "provenance"));
            hashes.putAll(SummaryFolder.hashes(folder));
            Report.Inputs inputs = inputs(merged, tables, new TreeMap<>(hashes), options);
            Report.write(inputs, folder);
            if (options.text().isPresent()) {
                AtomicFiles.writeText(folder.resolve("page.md"), new ResultsPage(inputs, Claims.test(study, tables)).fill(options.text().get()));
            }
            if (!inPlace) {
                AtomicFiles.writeText(folder.resolve("plan.jsonl"), merged.plan());
            }
        });
        if (inPlace) {
            replace(made, out);
        }
        RoCrate.write(out, study, merged.runs(), hashes, options.software(), options.date());
    }

    private static Report.Inputs inputs(MergedRuns merged, List<Table> tables, Map<String, String> files, Options options) {
        Map<String, Map<String, String>> trace = new HashMap<>();
        Map<String, Double> planned = new HashMap<>();
        merged.runs().forEach(run -> {
            run.trace().forEach(trace::putIfAbsent);
            planned.putAll(options.planned().apply(run));
        });
        PaperValues paper = PaperValues.read(options.paperValues(), CsvSchema.read(options.schemaFolder(), "paper-values"));
        return new Report.Inputs(merged.settings(), tables, files, merged.encoderFolders(), merged.evaluationFolders(),
                merged.samples(),
                Costs.of(merged.settings(), merged.encoderFolders(), merged.evaluationFolders(), trace, planned, paper),
                options.environment());
    }

    private static boolean same(Path left, Path right) {
        try {
            return Files.isSameFile(left, right);
        } catch (IOException e) {
            return false;
        }
    }

    /** Moves what was made over what was there. */
    private static void replace(Path made, Path out) {
        try (var entries = Files.list(made)) {
            for (Path file : entries.sorted().toList()) {
                Path target = out.resolve(file.getFileName().toString());
                if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    AtomicFiles.deleteTree(target);
                }
                Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw UserError.badData(out, "cannot be written: " + e.getMessage(), e);
        }
        delete(made);
    }

    private static void delete(Path folder) {
        try {
            if (folder != null && Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                AtomicFiles.deleteTree(folder);
            }
        } catch (IOException e) {
            throw UserError.badData(folder, "cannot be removed: " + e.getMessage(), e);
        }
    }
}
