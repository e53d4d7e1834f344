package org.equirepro.reporting.runs;

import java.util.List;
import java.util.TreeSet;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;

/** Results of a run; of those that a newer version wrote, what is known here is read and the rest is named in a remark. */
final class NewerResults {

    private NewerResults() {}

    static List<CsvRows> read(StoredRun run, CsvSchema schema, List<String> remarks) {
        int version = run.summary().integer("results_schema", ResultRow.SCHEMA);
        if (version <= ResultRow.SCHEMA) {
            return run.results().stream().map(schema::read).toList();
        }
        TreeSet<String> left = new TreeSet<>();
        List<CsvRows> rows = run.results().stream().map(file -> schema.readKnown(file, left)).toList();
        remarks.add(run.folder().getFileName() + " was written by a newer version (results schema " + version + ", known here: "
                + ResultRow.SCHEMA + "). Left out of it: " + (left.isEmpty() ? "nothing" : String.join("; ", left)) + ".");
        return rows;
    }
}
