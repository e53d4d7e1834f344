package org.equirepro.reporting.tables;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the words of {@code results.csv} are called in tables, and in which order they come. */
public final class Names {

    private static final Map<String, String> LABELS = labels();
    /** Columns, features and protocols that are known; unknown ones follow by name. */
    private static final List<String> ORDER = List.of("angle", "color", "blur", "trans", "se2", "mean",
            "angle_angle", "color_brightness", "color_contrast", "color_saturation", "color_hue", "blur_sigma", "trans_tx",
            "trans_ty", "se2_angle", "se2_tx", "se2_ty", "class", "rotation", "hue", "hue_floor_hue", "hue_light_hue",
            "rotation_mrr", "rotation_h1", "rotation_h5", "color_mrr", "color_h1", "color_h5", "rotation_color_mrr",
            "rotation_color_h1", "rotation_color_h5",
            "cifar10", "cifar100", "aircraft", "pet", "food", "flowers", "inat18", "imagenet",
            "main", "split_mean", "whole", "backbone_mean", "equivariant", "invariant", "standard", "train", "zero_fill",
            "reflect", "zoom");
    /** Ends of the columns of dense tasks, in the order of the paper's Table 6. */
    private static final List<String> ENDS = List.of("_miou", "_box_ap", "_mask_ap", "_detected_keypoint_ap", "_keypoint_ap",
            "_pckh", "_mce", "_rmse", "_abs_rel", "_jf", "_j", "_f");

    private static final Map<String, String> SPELLED = Map.ofEntries(Map.entry("miou", "mIoU"), Map.entry("ap", "AP"),
            Map.entry("ar", "AR"), Map.entry("pckh", "PCKh"), Map.entry("mce", "corner error"), Map.entry("mrr", "MRR"),
            Map.entry("h1", "H@1"), Map.entry("h5", "H@5"), Map.entry("rmse", "RMSE"), Map.entry("abs_rel", "AbsRel"),
            Map.entry("silog", "SILog"), Map.entry("jf", "J&F"), Map.entry("j", "J"), Map.entry("f", "F"));

    private static final Map<String, Integer> PLACES = IntStream.range(0, ORDER.size()).boxed()
            .collect(Collectors.toUnmodifiableMap(ORDER::get, place -> place));

    private Names() {}

    /** The name of a column or metric for people. */
    public static String of(String word) {
        return LABELS.getOrDefault(word, word);
    }

    /** The name of a column that is made of several words, such as {@code coco_box_ap}. */
    static String spelled(String column) {
        String text = column;
        for (Map.Entry<String, String> part : SPELLED.entrySet()) {
            text = text.replaceAll("_" + part.getKey() + "(?=$|_|[0-9])", "_" + part.getValue());
        }
        return text.replace('_', ' ');
    }

    /** Compares ids in the order of the tables. */
    static int compare(String left, String right) {
        int byPlace = Integer.compare(place(left), place(right));
        return byPlace != 0 ? byPlace : left.compareTo(right);
    }

    private static int place(String word) {
        Integer known = PLACES.get(word);
        if (known != null) {
            return known;
        }
        for (int i = 0; i < ENDS.size(); i++) {
            if (word.endsWith(ENDS.get(i))) {
                return ORDER.size() + i;
            }
        }
        return ORDER.size() + ENDS.size();
    }

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        String[] pairs = {"angle", "rotation", "color", "colour", "blur", "blur", "trans", "translation", "se2", "SE(2)",
            "mean", "mean", "class", "class", "rotation", "rotation", "hue", "colour", "angle_angle", "angle",
            "color_brightness", "brightness", "color_contrast", "contrast", "color_saturation", "saturation", "color_hue", "hue",
            "blur_sigma", "sigma", "trans_tx", "tx", "trans_ty", "ty", "se2_angle", "SE(2) angle", "se2_tx", "SE(2) tx",
            "se2_ty", "SE(2) ty", "hue_floor_hue", "floor hue", "hue_light_hue", "light hue",
            "r2", "R2", "r2_uncentred", "R2 of uncentred targets", "top1", "top-1 accuracy",
            "mean_per_class", "mean accuracy per class", "map11", "mean average precision (11 points)",
            "devices", "GPUs or CPU cores", "seconds_per_epoch", "per epoch", "epochs", "epochs", "device_hours", "device hours",
            "peak_memory", "peak memory", "energy", "energy", "planned_hours", "planned"};
        for (int i = 0; i < pairs.length; i += 2) {
            labels.put(pairs[i], pairs[i + 1]);
        }
        return Map.copyOf(labels);
    }
}
