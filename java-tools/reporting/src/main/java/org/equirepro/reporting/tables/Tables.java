package org.equirepro.reporting.tables;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;

/** From the results of all evaluations to the paper's tables. */
public final class Tables {

    private Tables() {}

    /**
     * Writes the folder {@code out}: {@code results.csv} (all results, sorted), {@code tables/NAME.csv}, {@code .md} and
     * {@code .tex} for each table of the study, and {@code tables/notes.csv}. Equal inputs give equal bytes, in whatever order
     * the files of results come.
     *
     * @param config settings of a TABLES task: study, title, scale, rows, tables, seeds
     * @param results files of {@link ResultRow}s
     * @param paperValues {@code conf/paper-values.csv}
     * @param schemaFolder {@code results-schema}
     * @param out must not exist
     * @throws org.equirepro.base.UserError naming file, row and column of what is wrong; {@code out} is then not made
     */
    public static void write(Settings config, List<Path> results, Path paperValues, Path schemaFolder, Path out) {
        TablesConfig study = TablesConfig.of(config);
        PaperValues paper = PaperValues.read(paperValues, CsvSchema.read(schemaFolder, "paper-values"));
        CsvSchema resultSchema = CsvSchema.read(schemaFolder, "results");
        List<ResultRow> rows = ResultSet.read(study, results, resultSchema);
        TableBuilder builder = new TableBuilder(study, rows, paper);
        List<Table> tables = new ArrayList<>();
        for (String task : study.tables()) {
            TableKind.ofTask(task).forEach(kind -> builder.build(kind).ifPresent(tables::add));
        }
        AtomicFiles.writeFolder(out, folder -> {
            ResultSet.write(folder.resolve("results.csv"), rows, resultSchema);
            Path place = Files.createDirectory(folder.resolve("tables"));
            for (Table table : tables) {
                String id = table.kind().id();
                TableCsv.write(place.resolve(id + ".csv"), table, CsvSchema.read(schemaFolder, id));
                AtomicFiles.writeText(place.resolve(id + ".md"), MarkdownTable.of(table, study));
                AtomicFiles.writeText(place.resolve(id + ".tex"), LatexTable.of(table));
            }
            TableCsv.writeNotes(place.resolve("notes.csv"), tables, CsvSchema.read(schemaFolder, "notes"));
        });
    }
}
