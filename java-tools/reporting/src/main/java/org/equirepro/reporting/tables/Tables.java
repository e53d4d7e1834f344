package org.equirepro.reporting.tables;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ResultRow;

/** From results to the paper's tables, and their files. */
public final class Tables {

    private Tables() {}

    /** The tables that a study lists, in its order, and those beside them that are filled. */
    public static List<Table> build(TablesConfig study, List<ResultRow> results, PaperValues paper) {
        TableBuilder builder = new TableBuilder(study, results, paper);
        List<Table> tables = new ArrayList<>();
        for (String name : study.tables()) {
            TableKind.ofTable(name).forEach(kind -> builder.build(kind).ifPresent(tables::add));
        }
        return List.copyOf(tables);
    }

    /** Writes {@code NAME.csv}, {@code .md} and {@code .tex} for each table, and {@code notes.csv}, into an existing folder. */
    public static void write(TablesConfig study, List<Table> tables, Path schemaFolder, Path folder) {
        tables.forEach(table -> write(study, table, schemaFolder, folder));
        TableCsv.writeNotes(folder.resolve("notes.csv"), tables, CsvSchema.read(schemaFolder, "notes"));
    }

    /** One table in its three formats. */
    public static void write(TablesConfig study, Table table, Path schemaFolder, Path folder) {
        String id = table.kind().id();
        TableCsv.write(folder.resolve(id + ".csv"), table, CsvSchema.read(schemaFolder, id));
        AtomicFiles.writeText(folder.resolve(id + ".md"), MarkdownTable.of(table, study));
        AtomicFiles.writeText(folder.resolve(id + ".tex"), LatexTable.of(table));
    }
}
