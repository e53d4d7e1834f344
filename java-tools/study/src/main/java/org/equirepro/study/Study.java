package org.equirepro.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * A study file: which encoders to pretrain on which data, how to evaluate them, which tables to print. The order of the
 * encoders in the file is the order of the tables' rows; no other order in the file matters.
 *
 * @param file where it was read, for errors
 * @param datasets by id
 * @param encoders by id, in the order of the file
 */
record Study(String file, String name, String title, String scale, List<Integer> seeds, Map<String, DataSet> datasets,
        Map<String, Encoder> encoders, List<Evaluation> evaluations, List<String> tables) {

    /**
     * @param kind its form or how it is drawn: one for each {@code conf/schema/dataset-KIND.json}
     * @param source path with places for parameters, or null where it is made from nothing
     * @param settings all keys but {@code source}
     */
    record DataSet(String id, String kind, String source, ObjectNode settings) {
        /** True if it holds several views of each object with latents. */
        boolean ofObjects() {
            return kind.equals("3diebench") || kind.equals("render-3d");
        }
    }

    /** A row: {@code paper} is the row of conf/paper-values.csv to print beside it, or null. */
    record Encoder(String id, String recipe, String data, String label, String paper) {}

    /**
     * @param encoders ids of the encoders to evaluate; empty: every encoder pretrained on {@code data}
     * @param seeds of its own; empty: the study's
     * @param optional left out where no path of the data set is given
     */
    record Evaluation(int index, String recipe, String data, List<String> encoders, List<Integer> seeds, boolean optional) {}

    /** Reads and checks the file and each of its data sets against the schemas of {@code conf/schema}. */
    static Study read(Path file, Path conf) {
        Settings s = Settings.read(file);
        Path schemas = conf.resolve("schema");
        new SchemaCheck(schemas, "study").check(file.toString(), "", s.node());
        Study study = new Study(file.toString(), s.text("study"), s.text("title"), s.text("scale"), seeds(s),
                dataSets(s.at("datasets"), schemas), encoders(s.at("encoders")), evaluations(s), s.texts("tables"));
        study.checkNames();
        return study;
    }

    private static List<Integer> seeds(Settings s) {
        return java.util.Arrays.stream(s.integers("seeds")).sorted().boxed().toList();
    }

    private static Map<String, DataSet> dataSets(Settings section, Path schemas) {
        TreeMap<String, DataSet> sets = new TreeMap<>();
        for (String id : section.keys()) {
            Settings one = section.at(id);
            String kind = one.text("kind");
            new SchemaCheck(schemas, "dataset-" + kind).check(section.source(), "datasets." + id + ".", one.node());
            ObjectNode rest = one.node().deepCopy();
            rest.remove("source");
            sets.put(id, new DataSet(id, kind, one.text("source", null), rest));
        }
        return sets;
    }

    private static Map<String, Encoder> encoders(Settings section) {
        LinkedHashMap<String, Encoder> rows = new LinkedHashMap<>();
        for (String id : section.keys()) {
            Settings row = section.at(id);
            rows.put(id, new Encoder(id, row.text("recipe"), row.text("data"), row.text("label"), row.text("paper", null)));
        }
        return rows;
    }

    private static List<Evaluation> evaluations(Settings s) {
        List<Evaluation> all = new ArrayList<>();
        for (Settings one : s.sections("evaluations")) {
            all.add(new Evaluation(all.size(), one.text("recipe"), one.text("data"),
                    one.has("encoders") ? one.texts("encoders") : List.of(), one.has("seeds") ? seeds(one) : List.of(),
                    one.flag("optional", false)));
        }
        return List.copyOf(all);
    }

    private void checkNames() {
        TreeMap<String, String> labels = new TreeMap<>();
        for (Encoder row : encoders.values()) {
            String other = labels.put(row.label, row.id);
            if (other != null) {
                throw UserError.usage(where("encoders." + row.id + ".label") + " is that of " + other + " too: " + row.label
                        + "; the tables could not tell them apart");
            }
            known("encoders." + row.id + ".data", row.data, datasets, "data set");
        }
        for (Evaluation one : evaluations) {
            String key = "evaluations[" + one.index + "]";
            known(key + ".data", one.data, datasets, "data set");
            for (String id : one.encoders) {
                known(key + ".encoders", id, encoders, "encoder");
            }
            if (evaluated(one).isEmpty()) {
                throw UserError.usage(where(key) + " evaluates nothing: no encoder is pretrained on " + one.data
                        + "; list some under encoders");
            }
        }
    }

    /** The encoders of an evaluation, in the order of the file. */
    List<Encoder> evaluated(Evaluation one) {
        return encoders.values().stream()
                .filter(row -> one.encoders.isEmpty() ? row.data.equals(one.data) : one.encoders.contains(row.id)).toList();
    }

    /** The same study with these encoders only; data sets and evaluations that none of them needs fall away in the plan. */
    Study withRows(List<String> rows) {
        Map<String, Encoder> kept = new LinkedHashMap<>(encoders);
        for (String row : rows) {
            if (!encoders.containsKey(row)) {
                throw UserError.usage("--rows: " + row + " is not an encoder of " + file + NearNames.hint(row,
                        encoders.keySet()));
            }
        }
        kept.keySet().retainAll(rows);
        return new Study(file, name, title, scale, seeds, datasets, kept, evaluations, tables);
    }

    /** The same study with these seeds only, of evaluations too. */
    Study withSeeds(List<Integer> others) {
        List<Integer> sorted = others.stream().sorted().distinct().toList();
        if (sorted.size() != others.size() || sorted.get(0) < 0) {
            throw UserError.usage("--seeds: must be different whole numbers, 0 or more, found " + others);
        }
        List<Evaluation> alike = evaluations.stream()
                .map(one -> new Evaluation(one.index, one.recipe, one.data, one.encoders, List.of(), one.optional)).toList();
        return new Study(file, name, title, scale, sorted, datasets, encoders, alike, tables);
    }

    /** The seeds of an evaluation. */
    List<Integer> seeds(Evaluation one) {
        return one.seeds.isEmpty() ? seeds : one.seeds;
    }

    /** The seed of the encoder that an evaluation of this seed measures: the same or, if there is none, the study's first. */
    int encoderSeed(int seed) {
        return seeds.contains(seed) ? seed : seeds.get(0);
    }

    /** The seeds of all results, ascending. */
    List<Integer> allSeeds() {
        return Stream.concat(seeds.stream(), evaluations.stream().flatMap(one -> one.seeds.stream())).sorted().distinct().toList();
    }

    /** File and key, as errors begin. */
    String where(String key) {
        return file + ": " + key;
    }

    private void known(String key, String id, Map<String, ?> ids, String what) {
        if (!ids.containsKey(id)) {
            throw UserError.usage(where(key) + ": no " + what + " " + id + " in this study" + NearNames.hint(id, ids.keySet()));
        }
    }
}
