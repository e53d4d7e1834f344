package org.equirepro.reporting.tables;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;

/** A small made-up study: three encoders, three seeds, all three tables. Its numbers mean nothing. */
public final class Sample {

    public static final Path HOME = Path.of(System.getProperty("equirepro.home", "../..")).normalize();
    public static final Path SCHEMAS = HOME.resolve("results-schema");
    public static final Path PAPER = HOME.resolve("conf/paper-values.csv");
    public static final String[] ALL = {"r2_image", "r2_3diebench", "retrieval", "linear_probe", "knn", "dense"};
    private static final String[] TARGETS = {"angle", "color", "blur", "trans"};

    private Sample() {}

    public static Settings config(int seeds, String... tables) {
        String list = String.join(",", java.util.stream.IntStream.range(0, seeds).mapToObj(String::valueOf).toList());
        String names = String.join(",", java.util.Arrays.stream(tables).map(name -> "\"" + name + "\"").toList());
        return Settings.parseJson("config.json", """
                {"study":"sample","title":"A made-up study","scale":"nothing here was measured",
                 "rows":[{"encoder":"untrained","label":"untrained","paper":null},
                         {"encoder":"vicreg","label":"VICReg","paper":null},
                         {"encoder":"vicreg-angle","label":"all, inter(angle)","paper":"all, inter(angle)"},
                         {"encoder":"sie","label":"SIE(rot) 50%% & <b>","paper":"SIE(rot)"}],
                 "tables":[%s],"seeds":[%s],
                 "claims":[
                  {"id":"a","text":"Reconstruction makes rotation readable","promised":true,"table":"r2_image",
                   "columns":["angle","color"],"above":["vicreg-angle"],"below":["vicreg"]},
                  {"id":"b","text":"A claim about what SIE was not measured on","table":"r2_image","columns":["mean"],
                   "above":["vicreg-angle"],"below":["sie"]},
                  {"id":"c","text":"VICReg finds corners better","table":"dense","columns":["coco_mce"],
                   "above":["vicreg"],"below":["vicreg-angle"]},
                  {"id":"d","text":"Accuracy within 2 points","table":"linear_probe","columns":["cifar10"],
                   "above":["vicreg-angle"],"below":["vicreg"],"margin":-2}]}""".formatted(names, list));
    }

    /** The same at the paper's size, with recipes: two values of K. */
    public static Settings paperScale(int seeds, String... tables) {
        String plain = config(seeds, tables).canonical().replace("\"encoder\":\"vicreg-angle\"",
                "\"encoder\":\"vicreg-angle\",\"recipe\":\"two\"").replace("\"encoder\":\"vicreg\"",
                "\"encoder\":\"vicreg\",\"recipe\":\"one\"");
        return Settings.parseJson("config.json", plain.substring(0, plain.length() - 1) + """
                ,"paper_scale":true,"recipes":{
                 "one":{"kind":"pretrain","reconstruction":{"count":1,"weight":1.0}},
                 "two":{"kind":"pretrain","reconstruction":{"count":2,"weight":1.0}}}}""");
    }

    public static List<ResultRow> everything(int seeds) {
        List<ResultRow> rows = new ArrayList<>(image(seeds));
        rows.addAll(probe(seeds));
        rows.addAll(bench(seeds));
        rows.addAll(transfer(seeds));
        return rows;
    }

    /** Neighbours, retrieval and dense tasks. */
    public static List<ResultRow> transfer(int seeds) {
        List<ResultRow> rows = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            double s = 0.01 * seed;
            for (String encoder : List.of("vicreg", "vicreg-angle")) {
                double more = encoder.equals("vicreg") ? 0 : 0.1;
                rows.add(row(encoder, seed, "knn", "class", "all", "cls", "k20", "top1", 40 + 30 * more + s, 10));
                rows.add(on("ade20k", encoder, seed, "segment", "class", "slide", "miou", 50 + 10 * more + s, 3));
                rows.add(on("ade20k", encoder, seed, "segment", "class", "slide", "pixel_accuracy", 70 + s, 20));
                rows.add(on("coco", encoder, seed, "detect", "box", "standard", "ap", 0.5 + more + s, 0));
                rows.add(on("coco", encoder, seed, "detect", "box", "standard", "ap50", 0.6 + more + s, 0));
                rows.add(on("coco", encoder, seed, "detect", "mask", "standard", "ap", 0.4 + more + s, 0));
                rows.add(on("coco-persons", encoder, seed, "keypoints", "person_keypoints", "standard", "ap", 0.7 + s, 0));
                rows.add(on("mpii", encoder, seed, "keypoints", "person_keypoints", "standard", "pckh", 0.8 + more + s, 0));
                rows.add(on("coco", encoder, seed, "homography", "corners", "ransac", "mce", 1.75 - more - s, 21));
                rows.add(on("coco", encoder, seed, "homography", "corners", "least_squares", "mce", 1.9 - more - s, 21));
            }
            rows.add(on("renders", "sie", seed, "retrieval", "rotation", "standard", "mrr", 0.41 + s, 0.1));
            rows.add(on("renders", "sie", seed, "retrieval", "rotation", "standard", "h1", 0.3 + s, 0.02));
        }
        return rows;
    }

    private static ResultRow on(String data, String encoder, int seed, String task, String target, String protocol, String metric,
            double value, double floor) {
        return new ResultRow("sample", encoder, seed, task, data, target, "all", task.equals("retrieval") ? "embedding" : "fine_tuned",
                protocol, metric, value, floor, 500, task + "-recipe");
    }

    /** R2 of four transformations, each encoder and seed, for two kinds of features and two borders. */
    public static List<ResultRow> image(int seeds) {
        List<ResultRow> rows = new ArrayList<>();
        double[][] values = {{0.35, 0.74, 0.84, 0.77}, {0.0312, 0.831, 0.959, 0.488}, {0.662, 0.901, 0.9534, 0.751}};
        String[] encoders = {"untrained", "vicreg", "vicreg-angle"};
        for (int e = 0; e < encoders.length; e++) {
            for (int t = 0; t < TARGETS.length; t++) {
                for (int seed = 0; seed < seeds; seed++) {
                    double value = values[e][t] + 0.004 * (seed - (seeds - 1) / 2.0) * (t + 1);
                    rows.add(row(encoders[e], seed, "r2_image", TARGETS[t], "all", "split_mean", "zero_fill", "r2", value,
                            -0.001));
                    rows.add(row(encoders[e], seed, "r2_image", TARGETS[t], "all", "backbone_mean", "zero_fill", "r2",
                            value - 0.02, -0.001));
                    rows.add(row(encoders[e], seed, "r2_image", TARGETS[t], "all", "split_mean", "reflect", "r2", value - 0.3,
                            -0.001));
                }
            }
            for (int seed = 0; seed < seeds; seed++) {
                rows.add(row(encoders[e], seed, "r2_image", "color", "brightness", "split_mean", "zero_fill", "r2",
                        0.9 - e * 0.1, 0));
                rows.add(row(encoders[e], seed, "r2_image", "color", "hue", "split_mean", "zero_fill", "r2", 0.5 + e * 0.1, 0));
                rows.add(row(encoders[e], seed, "r2_image", "color", "all", "split_mean", "zero_fill", "r2_uncentred", 0.98,
                        0.82));
            }
        }
        return rows;
    }

    public static List<ResultRow> probe(int seeds) {
        List<ResultRow> rows = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            rows.add(row("untrained", seed, "linear_probe", "class", "all", "backbone_mean", "standard", "top1", 31.25 + seed,
                    10));
            rows.add(row("vicreg", seed, "linear_probe", "class", "all", "backbone_mean", "standard", "top1",
                    55.5 - seed * 0.125, 10));
            rows.add(row("vicreg-angle", seed, "linear_probe", "class", "all", "backbone_mean", "standard", "top1", 54.75, 10));
        }
        return rows;
    }

    /** A linear head on data sets with different metrics. */
    static List<ResultRow> dataSets(int seeds) {
        List<ResultRow> rows = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            for (String encoder : List.of("untrained", "vicreg", "vicreg-angle")) {
                double more = encoder.length() - seed;
                for (String data : List.of("cifar10", "aircraft")) {
                    rows.add(classified(data, encoder, seed, "top1", 40 + more, 10));
                    rows.add(classified(data, encoder, seed, "mean_per_class", 30 + more, 5));
                }
                rows.add(classified("voc2007", encoder, seed, "map11", 60 + more, 8));
            }
        }
        return rows;
    }

    private static ResultRow classified(String data, String encoder, int seed, String metric, double value, double floor) {
        return new ResultRow("sample", encoder, seed, "linear_probe", data, "class", "all", "cls", "standard", metric, value, floor, 500,
                "linear");
    }

    public static List<ResultRow> bench(int seeds) {
        List<ResultRow> rows = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            rows.add(bench("sie", seed, "class", "top1", 61.5 + seed, 12));
            rows.add(bench("sie", seed, "rotation", "r2", 0.41 + 0.01 * seed, 0.23));
            rows.add(bench("sie", seed, "hue", "r2", 0.05, 0));
        }
        return rows;
    }

    public static ResultRow row(String encoder, int seed, String task, String target, String parameter, String features,
            String protocol, String metric, double value, double floor) {
        return new ResultRow("sample", encoder, seed, task, "cifar10", target, parameter, features, protocol, metric, value,
                floor, 2500,
                task + "-small");
    }

    private static ResultRow bench(String encoder, int seed, String target, String metric, double value, double floor) {
        return new ResultRow("sample", encoder, seed, "r2_3diebench", "renders", target, "all", "whole", "standard", metric,
                value, floor,
                100, "bench-small");
    }
}
