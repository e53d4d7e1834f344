package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;

/** What a head is trained to answer, and by which loss. */
@FunctionalInterface
interface Targets {

    /** Mean loss of {@code output} [B, outputs] for the samples {@code rows}. */
    NDArray loss(Ops ops, NDArray output, int[] rows);

    /** Mean squared error to {@code values} [samples, columns]. */
    static Targets numbers(double[] values, int columns) {
        return (ops, output, rows) -> {
            float[] wanted = new float[rows.length * columns];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = (float) values[rows[i / columns] * columns + i % columns];
            }
            return ops.losses().mse(output, Torch.floats(output.getManager(), wanted, rows.length, columns));
        };
    }

    /** Cross-entropy to the labels' classes. */
    static Targets classes(int[] labels) {
        return (ops, output, rows) -> {
            long[] wanted = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                wanted[i] = labels[rows[i]];
            }
            return ops.losses().crossEntropy(output, output.getManager().create(wanted), 0);
        };
    }
}
