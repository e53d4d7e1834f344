package org.equirepro.reporting.tables;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.ResultRow;

/** The tables that exist: which results they take and what their columns are. */
public enum TableKind {

    /** The poster's ImageNet table (paper Table 1): one transformation a column. */
    R2_IMAGE("r2_image", "r2_image", "Transformations read from the features (R2)",
            List.of("angle", "color", "blur", "trans"), true) {
        @Override
        Optional<String> column(ResultRow row) {
            return row.parameter().equals("all") ? Optional.of(row.target()) : Optional.empty();
        }
    },
    /** The same for each parameter alone. */
    R2_IMAGE_PARAMETERS("r2_image_parameters", "r2_image", "Each parameter of the transformations (R2)", List.of(), false) {
        @Override
        Optional<String> column(ResultRow row) {
            return row.parameter().equals("all") ? Optional.empty() : Optional.of(row.target() + "_" + row.parameter());
        }
    },
    /** The poster's 3DIEBench table. */
    R2_3DIEBENCH("r2_3diebench", "r2_3diebench", "3DIEBench: class, rotation and colour", List.of("class", "rotation", "hue"),
            false) {
        @Override
        Optional<String> column(ResultRow row) {
            return row.parameter().equals("all") ? Optional.of(row.target()) : Optional.empty();
        }
    },
    /** The two hues of 3DIEBench alone. */
    R2_3DIEBENCH_PARAMETERS("r2_3diebench_parameters", "r2_3diebench", "3DIEBench: each parameter (R2)", List.of(), false) {
        @Override
        Optional<String> column(ResultRow row) {
            return row.parameter().equals("all") ? Optional.empty() : Optional.of(row.target() + "_" + row.parameter());
        }
    },
    /** Classification with a linear head (paper Table 5): one data set a column. */
    LINEAR_PROBE("linear_probe", "linear_probe", "Classification with a linear head", List.of(), false) {
        @Override
        Optional<String> column(ResultRow row) {
            return Optional.of(row.dataset());
        }
    };

    private static final Map<String, String> LABELS = labels();
    /** Order of columns, features and protocols that are known; unknown ones follow by name. */
    private static final List<String> ORDER = List.of("angle", "color", "blur", "trans", "se2", "mean",
            "angle_angle", "color_brightness", "color_contrast", "color_saturation", "color_hue", "blur_sigma", "trans_tx",
                    "trans_ty",
            "se2_angle", "se2_tx", "se2_ty", "class", "rotation", "hue", "hue_floor_hue", "hue_light_hue",
            "main", "split_mean", "whole", "backbone_mean", "equivariant", "invariant", "standard", "zero_fill", "reflect",
                    "zoom");

    private final String id;
    private final String task;
    private final String title;
    private final List<String> columns;
    private final boolean mean;

    TableKind(String id, String task, String title, List<String> columns, boolean mean) {
        this.id = id;
        this.task = task;
        this.title = title;
        this.columns = columns;
        this.mean = mean;
    }

    /** The column that a result belongs to, if it belongs to this table. */
    abstract Optional<String> column(ResultRow row);

    /** Name of the table's files. */
    public String id() {
        return id;
    }

    String task() {
        return task;
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

    /** True for the tables that hold single parameters: they are left out where no evaluation reports any. */
    boolean isDetail() {
        return this == R2_IMAGE_PARAMETERS || this == R2_3DIEBENCH_PARAMETERS;
    }

    /** What a column measures in a block of this variant. */
    String metric(String column, String variant) {
        if (!variant.equals("main")) {
            return variant;
        }
        return this == LINEAR_PROBE || column.equals("class") ? "top1" : "r2";
    }

    Table.Column describe(String column, String variant) {
        String metric = metric(column, variant);
        String sign = Quantity.ofMetric(metric).sign();
        String label = column.equals("none") ? "accuracy" : this == LINEAR_PROBE ? column : LABELS.getOrDefault(column, column);
        return new Table.Column(column, sign.isEmpty() ? label : label + " (" + sign + ")", metric);
    }

    /**
     * True if the paper's numbers may stand beside this block: the paper names neither features nor centring, but neither
     * mirrored nor zoomed borders, no halves on 3DIEBench and no mean over classes.
     */
    boolean comparable(Table.BlockKey key) {
        boolean protocol = List.of("zero_fill", "standard").contains(key.protocol());
        boolean features = this != R2_3DIEBENCH || key.features().equals("whole");
        return !isDetail() && protocol && features && !List.of("mean_per_class", "map11").contains(key.variant());
    }

    /** The tables of a task, the main one first. */
    public static List<TableKind> ofTask(String task) {
        return Arrays.stream(values()).filter(kind -> kind.task.equals(task)).toList();
    }

    static List<String> tasks() {
        return Arrays.stream(values()).map(kind -> kind.task).distinct().toList();
    }

    /** Compares ids in the order of the tables. */
    static int compare(String left, String right) {
        int a = ORDER.indexOf(left);
        int b = ORDER.indexOf(right);
        if (a >= 0 && b >= 0) {
            return Integer.compare(a, b);
        }
        return a >= 0 ? -1 : b >= 0 ? 1 : left.compareTo(right);
    }

    /** The name of a metric for people. */
    public static String metricLabel(String metric) {
        return LABELS.getOrDefault(metric, metric);
    }

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        String[] pairs = {"angle", "rotation", "color", "colour", "blur", "blur", "trans", "translation", "se2", "SE(2)",
            "mean", "mean", "class", "class", "rotation", "rotation", "hue", "colour", "angle_angle", "angle",
            "color_brightness", "brightness", "color_contrast", "contrast", "color_saturation", "saturation", "color_hue", "hue",
            "blur_sigma", "sigma", "trans_tx", "tx", "trans_ty", "ty", "se2_angle", "SE(2) angle", "se2_tx", "SE(2) tx",
            "se2_ty", "SE(2) ty", "hue_floor_hue", "floor hue", "hue_light_hue", "light hue",
            "r2", "R2", "r2_uncentred", "R2 of uncentred targets", "top1", "top-1 accuracy", "mean_per_class",
                    "mean accuracy per class",
            "map11", "mean average precision (11 points)"};
        for (int i = 0; i < pairs.length; i += 2) {
            labels.put(pairs[i], pairs[i + 1]);
        }
        return Map.copyOf(labels);
    }
}
