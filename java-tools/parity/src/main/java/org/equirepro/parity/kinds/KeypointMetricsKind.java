package org.equirepro.parity.kinds;

import org.equirepro.evaluation.metrics.KeypointMetrics;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** PCK of each joint and COCO's object keypoint similarity of each person. */
public final class KeypointMetricsKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double[][][] predicted = points(tensors, "in.pred");
        double[][][] truth = points(tensors, "in.gt");
        boolean[][] labelled = flags(tensors, "in.mask");
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        if (tensors.has("out.pck_per_joint")) {
            double[] correct = KeypointMetrics.correct(predicted, truth, labelled, rows(tensors.doubles("in.norm_wh"), 2),
                    reference.params().real("thr"));
            check.close("pck_per_joint", correct, tensors.doubles("out.pck_per_joint"), rtol, atol);
            check.close("pck_mean", KeypointMetrics.meanCorrect(correct), reference.expected().real("pck_mean"), rtol, atol);
        }
        if (tensors.has("out.oks")) {
            double[] area = tensors.doubles("in.area");
            double[] similarity = new double[truth.length];
            for (int p = 0; p < similarity.length; p++) {
                similarity[p] = KeypointMetrics.similarity(predicted[p], truth[p], labelled[p], area[p], tensors.doubles("in.sigmas"));
            }
            check.close("oks", similarity, tensors.doubles("out.oks"), rtol, atol);
        }
    }

    private static double[][][] points(SafeTensors tensors, String name) {
        int joints = (int) tensors.shape(name)[1];
        double[][] flat = rows(tensors.doubles(name), 2);
        double[][][] points = new double[flat.length / joints][joints][];
        for (int i = 0; i < flat.length; i++) {
            points[i / joints][i % joints] = flat[i];
        }
        return points;
    }

    private static boolean[][] flags(SafeTensors tensors, String name) {
        int joints = (int) tensors.shape(name)[1];
        long[] values = tensors.longs(name);
        boolean[][] flags = new boolean[values.length / joints][joints];
        for (int i = 0; i < values.length; i++) {
            flags[i / joints][i % joints] = values[i] != 0;
        }
        return flags;
    }

    private static double[][] rows(double[] values, int width) {
        double[][] rows = new double[values.length / width][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }
}
