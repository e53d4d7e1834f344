package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import java.util.function.Consumer;

/**
 * Losses. Results and errors as in {@link Ops}.
 */
public final class LossOps {

    /** What becomes of the losses of all elements; the order is libtorch's. */
    public enum Reduction { NONE, MEAN, SUM }

    /** PyTorch's default for labels to ignore. */
    private static final long NO_LABEL = -100;

    private final CheckedCalls calls;

    LossOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** Mean of squared differences over all elements. */
    public NDArray mse(NDArray x, NDArray y) {
        calls.sameShape("mse", x, y);
        return calls.tensor("mse", x, y);
    }

    /** Mean cross-entropy; {@code logits} [B, K, ..], {@code labels} [B, ..] int64. */
    public NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        return crossEntropy(logits, labels, smoothing, NO_LABEL, Reduction.MEAN);
    }

    /**
     * As above; elements labelled {@code ignored} cost nothing and do not count in the mean (not a number if none counts).
     *
     * @param smoothing share of the target that is spread evenly over all K (Szegedy et al. 2016)
     */
    public NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing, long ignored, Reduction reduction) {
        return calls.tensor("cross_entropy", logits, labels, reduction.ordinal(), ignored, smoothing);
    }

    /**
     * -sum_k target_k log softmax(logits / temperature)_k over the last dimension, [.., K] to [..]: the loss of each token in
     * DINO and iBOT (Zhou et al. 2022, eqs 1 and 2).
     *
     * @param target probabilities of the shape of {@code logits}
     */
    public NDArray softCrossEntropy(NDArray logits, NDArray target, double temperature) {
        calls.sameShape("soft_cross_entropy", logits, target);
        return calls.tensor("soft_cross_entropy", logits, target, temperature);
    }

    /** Cross-entropy of sigmoid(logits) with {@code target} in 0 .. 1 of the same shape and floating type. */
    public NDArray binaryCrossEntropy(NDArray logits, NDArray target, Reduction reduction) {
        calls.sameShape("binary_cross_entropy", logits, target);
        return calls.tensor("binary_cross_entropy", logits, target, reduction.ordinal());
    }

    /** d^2 / (2 beta) for a difference d below {@code beta}, |d| - beta / 2 above (Girshick 2015). */
    public NDArray smoothL1(NDArray x, NDArray y, double beta, Reduction reduction) {
        calls.sameShape("smooth_l1", x, y);
        return calls.tensor("smooth_l1", x, y, reduction.ordinal(), beta);
    }

    /** d^2 / 2 for a difference d below {@code delta}, delta (|d| - delta / 2) above. */
    public NDArray huber(NDArray x, NDArray y, double delta, Reduction reduction) {
        calls.sameShape("huber", x, y);
        return calls.tensor("huber", x, y, reduction.ordinal(), delta);
    }

    /**
     * sqrt(mean d^2 - share (mean d)^2 + 1e-6) of each picture, d = log x - log target over the pixels that are known (Eigen et al. 2014,
     * eq. 4; the root as in Lee et al., "BTS", 2019). The small number keeps the gradient finite where every pixel is right; a picture
     * without known pixels costs nothing.
     *
     * @param x [B, H, W] above 0
     * @param target [B, H, W]; 0 where not known
     * @param share of the squared mean that is forgiven: 1 leaves the scale open
     * @return [B]
     */
    public NDArray scaleInvariantLog(NDArray x, NDArray target, double share) {
        calls.sameShape("scale_invariant_log", x, target);
        calls.require(x.getShape().dimension() == 3, "scale_invariant_log", "depth must be [B, H, W]", x);
        return calls.tensor("scale_invariant_log", x, target, share);
    }

    /** Mean of -log of each row's distance to its nearest other row, rows of [B, D] at length 1 (KoLeo, Sablayrolles et al. 2019). */
    public NDArray koleo(NDArray x) {
        return calls.tensor("koleo", x);
    }

    /**
     * Targets whose prototypes are used equally often (Sinkhorn-Knopp as in SwAV and DINOv2): of {@code logits} [B, K] the
     * weights exp(logits / temperature), columns and then rows scaled to equal sums, so many times. Rows sum to 1. The
     * original's divisions by the total and by B cancel. In float32 logits / temperature must stay below 80.
     *
     * @param acrossRanks adds the columns' sums [1, K] up over ranks, in place; does nothing on one rank
     */
    public NDArray sinkhorn(NDArray logits, double temperature, int iterations, Consumer<NDArray> acrossRanks) {
        calls.require(logits.getShape().dimension() == 2, "sinkhorn_weights", "logits must be [B, K]", logits);
        NDArray q = calls.tensor("sinkhorn_weights", logits, temperature);
        for (int i = 0; i < iterations; i++) {
            try (NDArray before = q; NDArray mass = calls.tensor("sinkhorn_mass", before)) {
                acrossRanks.accept(mass);
                q = calls.tensor("sinkhorn_round", before, mass);
            }
        }
        return q;
    }

    /** Mean of max(0, 1 - sqrt(var + 1e-4)) over the columns of [B, D], halved (VICReg's variance term of one view). */
    public NDArray hingeStd(NDArray x) {
        return calls.tensor("hinge_std", x);
    }

    /** Sum of squared off-diagonal entries of the covariance of [B, D], divided by D (VICReg's covariance term). */
    public NDArray offDiagonalCovariance(NDArray x) {
        return calls.tensor("off_diagonal_covariance", x);
    }

    /**
     * InfoNCE over both views (Chen et al. 2020, eq. 1): each of the 2 B rows must find the other view of its picture among
     * all rows but itself by cosine similarity.
     */
    public NDArray infoNce(NDArray x, NDArray y, double temperature) {
        calls.sameShape("info_nce", x, y);
        calls.require(x.getShape().dimension() == 2, "info_nce", "views must be [B, D]", x, y);
        int n = (int) x.getShape().get(0);
        long[] partner = new long[2 * n];
        float[] notItself = new float[4 * n * n];
        for (int i = 0; i < 2 * n; i++) {
            partner[i] = (i + n) % (2 * n);
            notItself[2 * n * i + i] = -1e9f; // the weight of the row itself becomes 0
        }
        return calls.tensor("info_nce", x, y, Torch.longs(x.getManager(), partner, 2 * n),
                Torch.floats(x.getManager(), notItself, 2 * n, 2 * n), temperature);
    }

    /** Mean over columns of the standard deviation over the batch: 0 for collapsed features. */
    public NDArray featureStd(NDArray x) {
        return calls.tensor("feature_std", x);
    }

    // ---- self-distillation (Caron et al., ICCV 2021; Zhou et al., ICLR 2022): Q teacher crops, V student crops, these first ----

    /** softmax((x - center) / temperature) over the last dimension; {@code center} is broadcast. */
    public NDArray teacherProbabilities(NDArray x, NDArray center, double temperature) {
        return calls.tensor("teacher_probabilities", x, center, temperature);
    }

    /**
     * Mean cross-entropy of all pairs of a teacher crop and another crop of the student.
     *
     * @param student [V, B, K] logits, V at least 2; its first Q crops are the teacher's
     * @param teacher [Q, B, K] probabilities, without gradient
     */
    public NDArray distilCrops(NDArray student, NDArray teacher, double temperature) {
        return calls.tensor("distil_crops", student, teacher, temperature);
    }

    /**
     * Cross-entropy of each patch that the student did not see, averaged over the masked patches of a picture (0 for one
     * without), then over pictures and crops.
     *
     * @param student [Q, B, N, K] logits
     * @param teacher [Q, B, N, K] probabilities of the same crops, without gradient
     * @param mask [Q, B, N] float32, 1 where masked
     */
    public NDArray distilPatches(NDArray student, NDArray teacher, NDArray mask, double temperature) {
        return calls.tensor("distil_patches", student, teacher, mask, temperature);
    }
}
