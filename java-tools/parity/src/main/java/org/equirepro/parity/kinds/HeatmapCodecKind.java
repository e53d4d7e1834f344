package org.equirepro.parity.kinds;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.keypoints.HeatmapPeaks;
import org.equirepro.evaluation.keypoints.Heatmaps;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** mmpose's heat maps of joints and the refinements of their peaks. */
public final class HeatmapCodecKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        int[] size = params.integers("heatmap_size_wh");
        double atol = reference.tolerance().real("atol");
        checkTargets(tensors, params, size, check, atol);
        if (!tensors.has("in.noisy")) {
            return;
        }
        HeatmapPeaks peaks = new HeatmapPeaks(size[0], size[1]);
        float[][] maps = maps(tensors.floats("in.noisy"), size[0] * size[1]);
        int kernel = params.integer("blur_kernel");
        double dark = reference.tolerance().real("dark_atol", atol);
        double[] quarter = points(maps, (map, k) -> peaks.quarter(map), kernel);
        double[] udp = points(maps, peaks::darkUdp, kernel);
        check.close("argmax", points(maps, (map, k) -> peaks.peak(map), kernel), tensors.doubles("out.argmax"), 0, atol);
        check.close("scores", scores(peaks, maps), tensors.doubles("out.scores"), 0, atol);
        check.close("refine_quarter", quarter, tensors.doubles("out.refine_quarter"), 0, atol);
        check.close("refine_dark", points(maps, peaks::dark, kernel), tensors.doubles("out.refine_dark"), 0, dark);
        check.close("refine_dark_udp", udp, tensors.doubles("out.refine_dark_udp"), 0, dark);
        double[] scale = params.reals("msra_scale");
        check.close("msra_decoded_image_coords", scaled(quarter, scale[0], scale[1]), tensors.doubles("out.msra_decoded_image_coords"),
                0, atol * Math.max(scale[0], scale[1]));
        int[] input = params.integers("input_size_wh");
        double[] decoded = scaled(udp, input[0] / (size[0] - 1.0), input[1] / (size[1] - 1.0));
        check.close("udp_decoded_image_coords", decoded, tensors.doubles("out.udp_decoded_image_coords"), 0,
                dark * Math.max(scale[0], scale[1]));
    }

    private static void checkTargets(SafeTensors tensors, Settings params, int[] size, Check check, double atol) {
        double[][] image = rows(tensors.doubles("in.keypoints"));
        float[] visible = tensors.floats("in.visible");
        for (String rule : List.of("msra", "unbiased", "udp")) {
            double[] scale = params.reals(rule.equals("udp") ? "udp_scale" : "msra_scale");
            double[][] joints = Arrays.stream(image).map(p -> new double[] {p[0] / scale[0], p[1] / scale[1]}).toArray(double[][]::new);
            Heatmaps.Rule how = rule.equals("msra") ? Heatmaps.Rule.NEAREST : Heatmaps.Rule.valueOf(rule.toUpperCase(Locale.ROOT));
            Heatmaps maps = Heatmaps.encode(how, joints, visible, size[0], size[1], params.real("sigma"));
            check.close(rule + "_heatmaps", flat(maps.maps()), tensors.floats("out." + rule + "_heatmaps"), 0, atol);
            check.close(rule + "_weights", maps.weights(), tensors.floats("out." + rule + "_weights"), 0, atol);
        }
    }

    private static double[] points(float[][] maps, BiFunction<float[], Integer, double[]> find, int kernel) {
        return Arrays.stream(maps).flatMapToDouble(map -> Arrays.stream(find.apply(map, kernel))).toArray();
    }

    private static double[] scores(HeatmapPeaks peaks, float[][] maps) {
        return Arrays.stream(maps).mapToDouble(peaks::score).toArray();
    }

    private static double[] scaled(double[] points, double x, double y) {
        double[] scaled = new double[points.length];
        Arrays.setAll(scaled, i -> points[i] * (i % 2 == 0 ? x : y));
        return scaled;
    }

    private static float[][] maps(float[] values, int size) {
        float[][] maps = new float[values.length / size][];
        Arrays.setAll(maps, i -> Arrays.copyOfRange(values, i * size, (i + 1) * size));
        return maps;
    }

    private static float[] flat(float[][] maps) {
        float[] flat = new float[maps.length * maps[0].length];
        for (int i = 0; i < maps.length; i++) {
            System.arraycopy(maps[i], 0, flat, i * maps[0].length, maps[0].length);
        }
        return flat;
    }

    private static double[][] rows(double[] values) {
        double[][] rows = new double[values.length / 2][];
        Arrays.setAll(rows, i -> new double[] {values[2 * i], values[2 * i + 1]});
        return rows;
    }
}
