package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Losses. Results and errors as in {@link Ops}.
 */
public final class LossOps {

    private final CheckedCalls calls;

    LossOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** Mean of squared differences over all elements. */
    public NDArray mse(NDArray x, NDArray y) {
        return calls.tensor("mse", x, y);
    }

    /** Mean cross-entropy; {@code logits} [B, K], {@code labels} [B] int64. */
    public NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        return calls.tensor("cross_entropy", logits, labels, smoothing);
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
        int n = (int) x.getShape().get(0);
        long[] partner = new long[2 * n];
        float[] notItself = new float[4 * n * n];
        for (int i = 0; i < 2 * n; i++) {
            partner[i] = (i + n) % (2 * n);
            notItself[2 * n * i + i] = -1e9f; // the weight of the row itself becomes 0
        }
        return calls.tensor("info_nce", x, y, x.getManager().create(partner), Torch.floats(x.getManager(), notItself, 2 * n, 2 * n), temperature);
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
