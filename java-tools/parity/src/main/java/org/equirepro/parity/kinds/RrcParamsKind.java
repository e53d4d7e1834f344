package org.equirepro.parity.kinds;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.RandomResizedCrop;

/** Boxes of the random resized crop: the statistics of as many draws as the reference made. */
public final class RrcParamsKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        Settings params = reference.params();
        int[] size = params.integers("image_wh");
        double[] scale = params.reals("scale");
        double[] ratio = params.reals("ratio");
        int n = params.integer("n");
        double[] area = new double[n];
        double[] aspect = new double[n];
        double[] top = new double[n];
        double[] left = new double[n];
        double[] full = new double[n];
        for (int i = 0; i < n; i++) {
            Draws draws = Draws.at(1, 0, i, 0, "crop");
            Box box = RandomResizedCrop.params(draws, size[0], size[1], scale[0], scale[1], ratio[0], ratio[1]);
            check(box, size, check);
            area[i] = (double) box.width() * box.height() / ((double) size[0] * size[1]);
            aspect[i] = Math.log((double) box.width() / box.height());
            top[i] = (double) box.top() / Math.max(1, size[1] - box.height());
            left[i] = (double) box.left() / Math.max(1, size[0] - box.width());
            full[i] = box.height() == size[1] ? 1 : 0;
        }
        compare(reference, check, Map.of("area", area, "logaspect", aspect, "top_rel", top, "left_rel", left,
                "full_height_fraction", full), params.reals("quantiles"));
    }

    private static void check(Box box, int[] size, Check check) {
        if (box.top() < 0 || box.left() < 0 || box.top() + box.height() > size[1] || box.left() + box.width() > size[0]) {
            check.that(box + " does not lie inside", false);
        }
    }

    private static void compare(ReferenceCase reference, Check check, Map<String, double[]> values, double[] quantiles) {
        double means = tolerance(reference, "means within ([0-9.]+[0-9])");
        double within = tolerance(reference, "quantiles within ([0-9.]+[0-9])");
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            double[] v = new TreeMap<>(values).get(key.replaceFirst("_(mean|std|q)$", ""));
            if (v == null) {
                check.that(key + ": nothing of that name is computed", false);
            } else if (key.endsWith("_q")) {
                check.close(key, quantiles(v, quantiles), expected.reals(key), 0, within);
            } else {
                double mean = Arrays.stream(v).average().orElseThrow();
                double spread = Math.sqrt(Arrays.stream(v).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
                check.close(key, key.endsWith("_std") ? spread : mean, expected.real(key), 0, means);
            }
        }
    }

    private static double tolerance(ReferenceCase reference, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(reference.tolerance().text("statistical"));
        if (!found.find()) {
            throw new IllegalStateException("no tolerance '" + pattern + "' in the case");
        }
        return Double.parseDouble(found.group(1));
    }

    /** Linear interpolation between order statistics, as numpy's default. */
    private static double[] quantiles(double[] values, double[] at) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Arrays.stream(at).map(q -> {
            double position = q * (sorted.length - 1);
            int below = (int) position;
            double upper = sorted[Math.min(below + 1, sorted.length - 1)];
            return sorted[below] + (position - below) * (upper - sorted[below]);
        }).toArray();
    }
}
