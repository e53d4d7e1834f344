package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.tables.Table.BlockKey;

/** The tables that exist: which results they take and what their columns are. */
public enum TableKind {

    /** The poster's ImageNet table (paper Tables 1 and 4): one transformation a column. */
    R2_IMAGE("r2_image", "r2_image", List.of("r2_image"), "Transformations read from the features (R2)",
            List.of("angle", "color", "blur", "trans"), true),
    /** The same for each parameter alone. */
    R2_IMAGE_PARAMETERS("r2_image_parameters", "r2_image", List.of("r2_image"), "Each parameter of the transformations (R2)",
            List.of(), false),
    /** The number of intermediate pictures (paper Table 9). */
    ABLATION_K("ablation_k", "r2_image", List.of("r2_image"), "Number K of intermediate pictures (R2)",
            List.of("angle", "color", "blur", "trans"), true),
    /** The weight of the reconstruction loss (paper section 4.5, without numbers). */
    ABLATION_LAMBDA("ablation_lambda", "r2_image", List.of("r2_image"), "Weight lambda of the reconstruction (R2)",
            List.of("angle", "color", "blur", "trans"), true),
    /** The poster's 3DIEBench table. */
    R2_3DIEBENCH("r2_3diebench", "r2_3diebench", List.of("r2_3diebench"), "3DIEBench: class, rotation and colour",
            List.of("class", "rotation", "hue"), false),
    /** The two hues of 3DIEBench alone. */
    R2_3DIEBENCH_PARAMETERS("r2_3diebench_parameters", "r2_3diebench", List.of("r2_3diebench"),
            "3DIEBench: each parameter (R2)", List.of(), false),
    /** An object's other views, found by SIE's predictor. */
    RETRIEVAL("retrieval", "retrieval", List.of("retrieval"), "3DIEBench: retrieval of an object's views", List.of(), false),
    /** Classification with a linear head (paper Table 5): one data set a column. */
    LINEAR_PROBE("linear_probe", "linear_probe", List.of("linear_probe"), "Classification with a linear head", List.of(), false),
    /** Classification by neighbours: one data set a column. */
    KNN("knn", "knn", List.of("knn"), "Classification by the nearest neighbours", List.of(), false),
    /** Logistic regression on kept features: one data set a column. */
    LOGREG("logreg", "logreg", List.of("logreg"), "Classification by logistic regression", List.of(), false),
    /** Dense tasks (paper Tables 6 and 7): one measure of one data set a column. */
    DENSE("dense", "dense", List.of("segment", "detect", "keypoints", "homography", "depth", "video"), "Dense tasks", List.of(), false),
    /** The other measures of the dense tasks. */
    DENSE_DETAILS("dense_details", "dense", List.of("segment", "detect", "keypoints", "homography", "depth", "video"),
            "Dense tasks: the other measures", List.of(), false),
    /** What the trainings took (poster); filled from meters, not from results. */
    COST("cost", "cost", List.of(), "Computation cost", List.of(), false);

    private static final Pattern DETAIL = Pattern.compile("a[pr].+|ar|mean_accuracy|pixel_accuracy|rmse_log|log10|silog|delta1");

    private final String id;
    private final String table;
    private final List<String> tasks;
    private final String title;
    private final List<String> columns;
    private final boolean mean;

    TableKind(String id, String table, List<String> tasks, String title, List<String> columns, boolean mean) {
        this.id = id;
        this.table = table;
        this.tasks = tasks;
        this.title = title;
        this.columns = columns;
        this.mean = mean;
    }

    /** The column that a result belongs to, if it belongs to this table. */
    Optional<String> column(ResultRow row) {
        if (!tasks.contains(row.task()) || row.metric().endsWith("_std")) { // over the heads of one run, not over seeds
            return Optional.empty();
        }
        boolean pooled = row.parameter().equals("all");
        return switch (this) {
            case R2_IMAGE, R2_3DIEBENCH, ABLATION_K, ABLATION_LAMBDA -> pooled ? Optional.of(row.target()) : Optional.empty();
            case R2_IMAGE_PARAMETERS, R2_3DIEBENCH_PARAMETERS ->
                pooled ? Optional.empty() : Optional.of(row.target() + "_" + row.parameter());
            case RETRIEVAL -> Optional.of(row.target() + "_" + row.metric());
            case LINEAR_PROBE, KNN, LOGREG -> Optional.of(row.dataset());
            case DENSE, DENSE_DETAILS -> isOther(row) == (this == DENSE_DETAILS) ? Optional.of(dense(row)) : Optional.empty();
            case COST -> Optional.empty();
        };
    }

    private static boolean isOther(ResultRow row) {
        return DETAIL.matcher(row.metric()).matches() || row.protocol().equals("least_squares");
    }

    /** Data set, what was found, measure: {@code coco_box_ap}, {@code ade20k_miou}. */
    private static String dense(ResultRow row) {
        String found = switch (row.target()) {
            case "box", "mask" -> row.target() + "_";
            case "person_keypoints" -> row.metric().equals("pckh") ? "" : row.task().equals("detect") ? "detected_keypoint_"
                    : "keypoint_";
            default -> "";
        };
        String fit = row.protocol().equals("least_squares") ? "_least_squares" : "";
        return row.dataset().replace('-', '_') + "_" + found + row.metric() + fit;
    }

    /** What all results of a block share; tables with a data set in each column join what they measure by each set's own metric. */
    BlockKey key(ResultRow row, TablesConfig config) {
        boolean main = this == RETRIEVAL || this == DENSE || this == DENSE_DETAILS || row.metric().equals("r2")
                || row.metric().equals(config.classMetric(row.dataset()));
        boolean dense = this == DENSE || this == DENSE_DETAILS;
        return new BlockKey(joinsDataSets() ? "all" : row.dataset(), joinsDataSets() ? "all" : row.recipe(), row.features(),
                dense ? "standard" : row.protocol(), main ? "main" : row.metric());
    }

    /** True if the columns are data sets: recipes of the evaluation then differ from column to column. */
    boolean joinsDataSets() {
        return switch (this) {
            case LINEAR_PROBE, KNN, LOGREG, DENSE, DENSE_DETAILS -> true;
            default -> false;
        };
    }

    /** Name of the table's files. */
    public String id() {
        return id;
    }

    public String title() {
        return title;
    }

    /** Columns that the table always has. */
    List<String> columns() {
        return columns;
    }

    /** True if the last column is the mean of the {@link #columns()}. */
    boolean hasMean() {
        return mean;
    }

    /** True for the tables that stand beside a main one: they are left out where nothing fills them. */
    public boolean isDetail() {
        return switch (this) {
            case R2_IMAGE_PARAMETERS, R2_3DIEBENCH_PARAMETERS, DENSE_DETAILS, ABLATION_K, ABLATION_LAMBDA -> true;
            default -> false;
        };
    }

    /** True for the tables that show some rows of another one under other names. */
    boolean isAblation() {
        return this == ABLATION_K || this == ABLATION_LAMBDA;
    }

    /** The metric of a column without any result. */
    String usualMetric(String column, String variant) {
        if (!variant.equals("main")) {
            return variant;
        }
        boolean r2 = this != LINEAR_PROBE && this != KNN && this != LOGREG && !column.equals("class");
        return r2 ? "r2" : "top1";
    }

    Table.Column describe(String column, String metric) {
        String sign = Quantity.ofMetric(metric).sign();
        String label = column.equals("none") ? "result" : switch (this) {
            case LINEAR_PROBE, KNN, LOGREG -> column;
            case DENSE, DENSE_DETAILS, RETRIEVAL -> Names.spelled(column);
            default -> Names.of(column);
        };
        String better = Quantity.lowerIsBetter(metric) ? "lower is better" : "";
        String behind = Stream.of(sign, better).filter(words -> !words.isEmpty()).collect(Collectors.joining(", "));
        return new Table.Column(column, behind.isEmpty() ? label : label + " (" + behind + ")", metric);
    }

    /**
     * True if the paper's numbers may stand beside this block: the paper names neither features nor centring, but neither
     * mirrored nor zoomed borders, no halves on 3DIEBench and no metric that is not the data set's own.
     */
    boolean comparable(BlockKey key) {
        boolean protocol = List.of("zero_fill", "standard").contains(key.protocol());
        boolean features = this != R2_3DIEBENCH || key.features().equals("whole");
        boolean details = isDetail() && !isAblation();
        return !details && protocol && features && !List.of("top1", "mean_per_class", "map11").contains(key.variant());
    }

    /** The kinds behind a name that a study lists under {@code tables}, the main one first. */
    public static List<TableKind> ofTable(String table) {
        return Arrays.stream(values()).filter(kind -> kind.table.equals(table) && kind != COST).toList();
    }

    /** The names that a study may list under {@code tables}. */
    static List<String> tables() {
        List<String> names = new ArrayList<>(Arrays.stream(values()).map(kind -> kind.table).distinct().toList());
        names.remove("cost");
        return names;
    }

    /** True if the results of a task belong into one of these tables. */
    static boolean shows(List<String> tables, String task) {
        return Arrays.stream(values()).anyMatch(kind -> tables.contains(kind.table) && kind.tasks.contains(task));
    }
}
