package org.equirepro.parity.kinds;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.Homography;
import org.equirepro.vision.image.HomographyFit;
import org.equirepro.vision.image.Picture;

/** Homographies of four and of many points, and pictures warped by them; a case is told by its tensors. */
public final class HomographyKind implements ParityKind {

    private static final double RANSAC_THRESHOLD = 3;
    private static final double LEAST_SQUARES_WITHIN = 0.2;

    @Override
    public void check(ReferenceCase reference, Check check) {
        List<String> names = List.copyOf(reference.tensors().names());
        if (names.contains("out.H_true")) {
            fit(reference, check);
        } else if (names.contains("out.exact_warped_float")) {
            warp(reference, check);
        } else if (names.contains("out.H_inv")) {
            corners(reference, check);
        } else {
            SafeTensors t = reference.tensors();
            check.close("out.points", new Homography(t.doubles("in.H")).apply(t.doubles("in.points")), t.doubles("out.points"), 0,
                    reference.tolerance().real("atol"));
        }
    }

    private static void corners(ReferenceCase reference, Check check) {
        SafeTensors t = reference.tensors();
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        double[] from = t.doubles("in.src");
        double[] to = t.doubles("in.dst");
        double[] predicted = t.doubles("in.pred_dst");
        double[] points = t.doubles("in.points");
        double[] expected = t.doubles("out.H");
        double[] inverse = t.doubles("out.H_inv");
        double[] warped = t.doubles("out.points_warped");
        int n = from.length / 8;
        double[] errors = new double[n];
        double[] offsets = new double[from.length];
        for (int i = 0; i < n; i++) {
            Homography h = Homography.ofCorners(Arrays.copyOfRange(from, 8 * i, 8 * i + 8), Arrays.copyOfRange(to, 8 * i, 8 * i + 8));
            check.close("out.H " + i, h.matrix(), Arrays.copyOfRange(expected, 9 * i, 9 * i + 9), rtol, atol);
            check.close("out.H_inv " + i, h.inverse().matrix(), Arrays.copyOfRange(inverse, 9 * i, 9 * i + 9), rtol, atol);
            check.close("out.points_warped " + i, h.apply(points), Arrays.copyOfRange(warped, points.length * i,
                    points.length * (i + 1)), rtol, atol);
            errors[i] = distance(Arrays.copyOfRange(predicted, 8 * i, 8 * i + 8), Arrays.copyOfRange(to, 8 * i, 8 * i + 8));
        }
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = to[i] - from[i];
        }
        check.close("out.offsets_4pt", offsets, t.doubles("out.offsets_4pt"), rtol, atol);
        check.close("out.corner_error", errors, t.doubles("out.corner_error"), rtol, atol);
        Settings scalars = reference.expected();
        check.close("mean corner error", Arrays.stream(errors).average().orElseThrow(), scalars.real("mean_corner_error"), rtol, atol);
        double[] below = Arrays.stream(new double[] {1, 3, 5})
                .map(limit -> Arrays.stream(errors).filter(e -> e < limit).count() / (double) n).toArray();
        check.close("fraction below 1, 3, 5 px", below, scalars.reals("fraction_below_1_3_5px"), rtol, atol);
    }

    private static void fit(ReferenceCase reference, Check check) {
        SafeTensors t = reference.tensors();
        double[] from = t.doubles("in.src");
        double[] to = t.doubles("in.dst");
        boolean[] outlier = flags(t, "in.is_outlier");
        double[] corners = box(from);
        double[] expected = new Homography(t.doubles("out.H_lsq_inliers")).apply(corners);
        Homography squares = HomographyFit.leastSquares(without(from, outlier), without(to, outlier));
        check.close("least squares, corners from the reference's", distance(squares.apply(corners), expected), 0, 0, LEAST_SQUARES_WITHIN);

        HomographyFit.Robust robust = HomographyFit.ransac(from, to, RANSAC_THRESHOLD, 1);
        double error = distance(robust.homography().apply(corners), new Homography(t.doubles("out.H_true")).apply(corners));
        double allowed = Math.max(3 * reference.expected().real("corner_error_ransac"), 1);
        check.that("RANSAC: corner error " + error + " within " + allowed, error <= allowed);
        int good = 0;
        int found = 0;
        for (int i = 0; i < outlier.length; i++) {
            good += outlier[i] ? 0 : 1;
            found += !outlier[i] && robust.inliers()[i] ? 1 : 0;
        }
        check.that("RANSAC: " + found + " of " + good + " inliers", found >= 0.95 * good);
    }

    private static boolean[] flags(SafeTensors t, String name) {
        ByteBuffer bytes = t.bytes(name);
        boolean[] flags = new boolean[bytes.remaining()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = bytes.get() != 0;
        }
        return flags;
    }

    private static double[] without(double[] points, boolean[] left) {
        double[] out = new double[points.length];
        int n = 0;
        for (int i = 0; i < left.length; i++) {
            if (!left[i]) {
                out[n++] = points[2 * i];
                out[n++] = points[2 * i + 1];
            }
        }
        return Arrays.copyOf(out, n);
    }

    /** Corners of the box about the points. */
    private static double[] box(double[] points) {
        double[] range = {points[0], points[1], points[0], points[1]};
        for (int i = 0; i < points.length; i += 2) {
            range[0] = Math.min(range[0], points[i]);
            range[1] = Math.min(range[1], points[i + 1]);
            range[2] = Math.max(range[2], points[i]);
            range[3] = Math.max(range[3], points[i + 1]);
        }
        return new double[] {range[0], range[1], range[2], range[1], range[2], range[3], range[0], range[3]};
    }

    /** Mean distance of points. */
    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i += 2) {
            sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1]);
        }
        return sum / (a.length / 2);
    }

    private static void warp(ReferenceCase reference, Check check) {
        SafeTensors t = reference.tensors();
        int[] size = reference.params().integers("size");
        byte[] rgb = new byte[3 * size[0] * size[1]];
        t.bytes("in.image").get(rgb);
        Picture image = new Picture(size[1], size[0], rgb);
        double[] from = t.doubles("in.src");
        Homography h = Homography.ofCorners(from, t.doubles("in.dst"));
        check.close("out.H", h.matrix(), t.doubles("out.H"), 1e-5, 1e-6);
        Picture warped = h.warp(image, Box.all(size[1], size[0]));
        check.close("out.exact_warped_float", values(warped.rgb()), t.doubles("out.exact_warped_float"), 0,
                reference.tolerance().real("vs_exact_atol"));
        byte[] cv2 = new byte[rgb.length];
        t.bytes("out.cv2_warped").get(cv2);
        check.that("mean difference from OpenCV's picture is below 1 level", difference(warped.rgb(), cv2) < 1);
        Box patch = new Box((int) from[1], (int) from[0], (int) (from[5] - from[1]) + 1, (int) (from[4] - from[0]) + 1);
        patch(check, t, "out.patch_a", new Homography(1, 0, 0, 0, 1, 0, 0, 0, 1).warp(image, patch));
        patch(check, t, "out.patch_b", h.warp(image, patch));
    }

    private static void patch(Check check, SafeTensors t, String name, Picture actual) {
        byte[] expected = new byte[actual.rgb().length];
        t.bytes(name).get(expected);
        check.that(name + " differs by less than 1 level in the mean", difference(actual.rgb(), expected) < 1);
    }

    private static double difference(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
        }
        return sum / a.length;
    }

    private static double[] values(byte[] bytes) {
        double[] out = new double[bytes.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes[i] & 0xFF;
        }
        return out;
    }
}
