package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Collection;
import java.util.zip.CRC32C;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;

/** Numbers that ranks must agree on. */
public final class Consensus {

    private final Torch torch;
    private final ProcessGroup group;

    public Consensus(Torch torch, ProcessGroup group) {
        this.torch = torch;
        this.group = group;
    }

    /** The mean over ranks of each value. */
    public double[] mean(double... values) {
        double[] sum = sum(values);
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= group.size();
        }
        return sum;
    }

    /** Whether any rank says so. */
    public boolean any(boolean mine) {
        return sum(mine ? 1 : 0)[0] > 0;
    }

    private double[] sum(double... values) {
        if (group.size() == 1) {
            return values;
        }
        try (NDManager scope = torch.scope()) {
            NDArray array = array(scope, values);
            group.sum(array);
            return array.toDoubleArray();
        }
    }

    private static NDArray array(NDManager scope, double... values) {
        return scope.create(values, new Shape(values.length)).duplicate(); // in libtorch's own memory
    }

    /** Rank 0's number. */
    public double ofRankZero(double value) {
        try (NDManager scope = torch.scope()) {
            NDArray array = array(scope, value);
            group.broadcast(array, 0);
            return array.toDoubleArray()[0];
        }
    }

    /**
     * Checks that every rank holds the same bits.
     *
     * @param when what was done last, for the message
     * @throws UserError that names the ranks whose tensors differ from rank 0's
     */
    public void requireSame(Collection<NDArray> tensors, String when) {
        if (group.size() == 1) {
            return;
        }
        try (NDManager scope = torch.scope()) {
            CRC32C bits = new CRC32C();
            tensors.forEach(tensor -> bits.update(tensor.toByteArray()));
            NDArray all = scope.zeros(new Shape(group.size()), DataType.FLOAT64);
            group.gather(all, array(scope, bits.getValue())); // 32 bits: exact in float64
            double[] sums = all.toDoubleArray();
            for (int rank = 1; rank < group.size(); rank++) {
                if (sums[rank] != sums[0]) {
                    throw UserError.failure("after " + when + " rank " + rank + " holds other weights than rank 0: its node computes wrongly, or "
                            + "runs other software; the last saved state is good", null);
                }
            }
        }
    }
}
