package org.equirepro.parity.kinds;

import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;

/** Coefficients of determination, pooled and by column. */
public final class R2Kind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        double[] prediction = reference.tensors().doubles("in.pred");
        double[] target = reference.tensors().doubles("in.target");
        long[] shape = reference.tensors().shape("in.target");
        int columns = shape.length < 2 ? 1 : (int) shape[1];
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            if (key.equals("per_dim_r2")) {
                check.close(key, R2.perColumn(prediction, target, columns), expected.reals(key), rtol, atol);
                continue;
            }
            double actual = switch (key) {
                case "sie_r2_global_mean_float32", "sie_r2_global_mean_float64" -> R2.pooled(prediction, target);
                case "uniform_average" -> R2.uniformAverage(prediction, target, columns);
                case "variance_weighted" -> R2.varianceWeighted(prediction, target, columns);
                case "mse" -> R2.meanSquaredError(prediction, target);
                case "floor_of_target_means" -> R2.floor(R2.columnMeans(target, columns), target);
                default -> throw new IllegalArgumentException("no check for the expected value " + key);
            };
            check.close(key, actual, expected.real(key), rtol, atol);
        }
    }
}
