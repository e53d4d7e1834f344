package org.equirepro.reporting.runs;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.claims.ClaimTexts;
import org.equirepro.reporting.claims.Claims;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.ResultSet;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Tables;
import org.equirepro.reporting.tables.TablesConfig;

/** From the results of all evaluations to one folder with the tables and the claims. */
public final class SummaryFolder {

    private SummaryFolder() {}

    /**
     * Writes the folder {@code out}: {@code results.csv} (all results, sorted), {@code tables/NAME.csv}, {@code .md} and
     * {@code .tex} for each table of the study and for its claims, and {@code tables/notes.csv}. Equal inputs give equal bytes,
     * in whatever order the files of results come.
     *
     * @param config settings of a TABLES task: study, title, scale, rows, tables, seeds, claims, recipes
     * @param results files of {@link ResultRow}s
     * @param paperValues {@code conf/paper-values.csv}
     * @param schemaFolder {@code results-schema}, or null for the schemas that were packed
     * @param out must not exist
     * @throws org.equirepro.base.UserError naming file, row and column of what is wrong; {@code out} is then not made
     */
    public static void write(Settings config, List<Path> results, Path paperValues, Path schemaFolder, Path out) {
        TablesConfig study = TablesConfig.of(config);
        List<ResultRow> rows = ResultSet.read(study, results, CsvSchema.read(schemaFolder, "results"));
        AtomicFiles.writeFolder(out, folder -> write(study, rows, paperValues, schemaFolder, folder));
    }

    /** The same into an existing folder, from rows that were read and sorted; gives the tables back. */
    static List<Table> write(TablesConfig study, List<ResultRow> rows, Path paperValues, Path schemaFolder, Path folder)
            throws IOException {
        PaperValues paper = PaperValues.read(paperValues, CsvSchema.read(schemaFolder, "paper-values"));
        List<Table> tables = Tables.build(study, rows, paper);
        List<ClaimResult> claims = Claims.test(study, tables);
        ResultSet.write(folder.resolve("results.csv"), rows, CsvSchema.read(schemaFolder, "results"));
        Path place = Files.createDirectory(folder.resolve("tables"));
        Tables.write(study, tables, schemaFolder, place);
        if (!claims.isEmpty()) {
            ClaimTexts.writeCsv(place.resolve("claims.csv"), claims, CsvSchema.read(schemaFolder, "claims"));
            AtomicFiles.writeText(place.resolve("claims.md"), ClaimTexts.markdown(claims));
            AtomicFiles.writeText(place.resolve("claims.tex"), ClaimTexts.latex(claims));
        }
        return tables;
    }

    /** The SHA-256 of each CSV that {@link #write} made, by its name, sorted. */
    static SortedMap<String, String> hashes(Path summary) {
        SortedMap<String, String> hashes = new TreeMap<>();
        try (var entries = Files.walk(summary, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : entries.filter(path -> path.toString().endsWith(".csv")).toList()) {
                hashes.put(summary.relativize(file).toString().replace('\\', '/'), Hashes.sha256(file));
            }
        } catch (IOException e) {
            throw UserError.badData(summary, "cannot be read: " + e.getMessage(), e);
        }
        return hashes;
    }
}
