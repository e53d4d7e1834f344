package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GraphCuts;

/**
 * A graph that spans ranks. At a cut the graph ends, and goes on from a leaf with the same values, or with those of all ranks.
 * {@link #backward} walks from the loss to the leaves, then takes the cuts from last to first: a leaf's gradient, summed over
 * ranks if it was gathered, is what the part before it receives. That is autograd's own rule with the exchange in between.
 *
 * <p>The parts are libtorch's ordinary graphs, so no operator needs a backward of its own. The package's page has the algebra.
 */
public final class StagedBackward implements GraphCuts {

    private record Cut(NDArray before, NDArray leaf, boolean gathered) {}

    private final Ops ops;
    private final NDManager manager;
    private final ProcessGroup group;
    private final List<Cut> cuts = new ArrayList<>();
    private NDManager kept;

    /** {@code manager} holds what is kept between forward and backward, so the forward pass's own handles may be closed. */
    public StagedBackward(Ops ops, NDManager manager, ProcessGroup group) {
        this.ops = ops;
        this.manager = manager;
        this.group = group;
    }

    @Override
    public int ranks() {
        return group.size();
    }

    @Override
    public int rank() {
        return group.rank();
    }

    @Override
    public NDArray cut(NDArray x) {
        return JniUtils.isGradMode() ? leaf(x, x.stopGradient(), false) : x;
    }

    @Override
    public NDArray gather(NDArray x) {
        boolean recorded = JniUtils.isGradMode();
        NDArray all;
        try (GradMode off = GradMode.off(); NDManager scope = x.getManager().newSubManager()) {
            NDArray mine = x.stopGradient();
            mine.attach(scope);
            NDArray packed = ops.arrays().contiguous(mine);
            long[] shape = x.getShape().getShape().clone();
            shape[0] *= group.size();
            all = x.getManager().zeros(new Shape(shape), x.getDataType());
            group.gather(all, packed);
        }
        return recorded ? leaf(x, all, true) : all;
    }

    private NDArray leaf(NDArray x, NDArray values, boolean gathered) {
        if (kept == null) {
            kept = manager.newSubManager();
        }
        values.setRequiresGradient(true);
        Cut cut = new Cut(view(x), values, gathered);
        NDArray seen = view(values);
        cut.before.attach(kept);
        cut.leaf.attach(kept);
        cuts.add(cut);
        return seen;
    }

    /** A handle of its own on the same values and the same graph. */
    private static NDArray view(NDArray x) {
        return x.reshape(x.getShape());
    }

    /**
     * Adds to every parameter of this rank's graph the gradient of the sum over ranks of {@code loss}; divided by their number,
     * and added up over ranks, that is the gradient of the mean.
     */
    public void backward(NDArray loss) {
        Torch.backward(loss);
        for (int i = cuts.size() - 1; i >= 0; i--) {
            backward(cuts.get(i));
        }
        cuts.clear();
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    private void backward(Cut cut) {
        try (NDArray leaf = cut.leaf; NDArray before = cut.before) {
            NDArray gradient = JniUtils.getGradient((PtNDArray) leaf); // DJL's getGradient gives a scalar 0 where there is none
            if (gradient != null) { // the same on every rank
                Torch.backward(before, cut.gathered ? ownRows(gradient) : gradient);
            }
        }
    }

    private NDArray ownRows(NDArray gradient) {
        try (GradMode off = GradMode.off()) {
            NDArray sum = ops.arrays().contiguous(gradient);
            group.sum(sum);
            long rows = sum.getShape().get(0) / group.size();
            return sum.get(group.rank() * rows + ":" + (group.rank() + 1) * rows);
        }
    }
}
