package org.equirepro.evaluation.video;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.Deque;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;

/**
 * Labels carried from frame to frame (Jabri et al., "CRW", NeurIPS 2020, in the form in which CropMAE, Eymael et al. 2024, has it): each
 * patch takes the labels of the patches that are most alike, weighted by the softmax of their cosine similarities, out of the first
 * frame, anywhere, and the last frames, nearby. Before there are so many frames, copies of the first one stand for them.
 *
 * <p>Features are rows of length 1, [N, D]; patches are numbered row by row.
 */
public final class LabelPropagation implements AutoCloseable {

    /** Patches whose similarities are in memory at a time. */
    private static final int QUERIES = 256;
    /** Added to the similarity of what is too far away. */
    private static final float FAR = -1e10f;

    /**
     * How labels are carried.
     *
     * @param context frames before the present one that are asked, besides the first
     * @param neighbours patches that a patch takes its labels from
     * @param radius patches of these frames must be nearer than this, in patches
     * @param temperature that similarities are divided by
     */
    public record Design(int context, int neighbours, double radius, double temperature) {}

    /** Soft labels [N, classes]. */
    private record Frame(NDArray features, float[] labels) {}

    private final Ops ops;
    private final Design design;
    private final int rows;
    private final int columns;
    private final int classes;
    private final NDManager kept;
    private final NDArray distances;
    private final Frame first;
    private final Deque<Frame> last = new ArrayDeque<>();

    /**
     * Begins with the first frame.
     *
     * @param features [rows * columns, D], not taken over
     * @param labels [rows * columns, classes]: shares of each class; not copied
     */
    public LabelPropagation(Torch torch, Design design, int rows, int columns, int classes, NDArray features, float[] labels) {
        if (labels.length != rows * columns * classes || features.getShape().get(0) != (long) rows * columns
                || design.neighbours > rows * columns) {
            throw new IllegalArgumentException(labels.length + " labels and features " + features.getShape() + " for " + rows + " x " + columns
                    + " patches of " + classes + " classes, " + design);
        }
        this.ops = torch.ops();
        this.design = design;
        this.rows = rows;
        this.columns = columns;
        this.classes = classes;
        this.kept = torch.scope();
        this.distances = Torch.floats(kept, distances(), (long) rows * columns, (long) rows * columns);
        this.first = new Frame(keep(features), labels);
        for (int i = 0; i < design.context; i++) {
            last.add(first);
        }
    }

    private NDArray keep(NDArray features) {
        NDArray copy = features.duplicate();
        copy.attach(kept);
        return copy;
    }

    /** Soft labels [N, classes] of the next frame, by its features [N, D]. */
    public float[] next(NDArray features) {
        float[] labels = new float[rows * columns * classes];
        try (GradMode off = GradMode.off(); NDManager scope = kept.newSubManager()) {
            NDList context = new NDList(first.features);
            last.forEach(frame -> context.add(frame.features));
            NDArray keys = NDArrays.concat(context).transpose(); // [D, (1 + context) * N]
            keys.attach(scope);
            for (int from = 0; from < rows * columns; from += QUERIES) {
                int to = Math.min(rows * columns, from + QUERIES);
                try (NDManager chunk = scope.newSubManager()) {
                    NDArray queries = features.get(from + ":" + to);
                    queries.attach(chunk);
                    vote(chunk, queries.matMul(keys), from, to, labels);
                }
            }
        }
        if (design.context > 0) {
            Frame oldest = last.remove();
            if (oldest != first) {
                oldest.features.close();
            }
            last.add(new Frame(keep(features), labels));
        }
        return labels;
    }

    /** @param similarity [to - from, (1 + context) * N] of the patches {@code from} up to {@code to} */
    private void vote(NDManager scope, NDArray similarity, int from, int to, float[] labels) {
        similarity.attach(scope);
        int n = rows * columns;
        if (design.context > 0) {
            NDArray near = similarity.get(":, " + n + ":").reshape(to - from, design.context, n); // a copy
            near.attach(scope);
            NDArray far = distances.get(from + ":" + to).expandDims(1); // [to - from, 1, N]
            far.attach(scope);
            near.addi(far);
            similarity = similarity.get(":, :" + n).concat(near.reshape(to - from, (long) design.context * n), 1);
        }
        NDArray best = ops.arrays().topIndices(similarity, design.neighbours, 1, true);
        NDArray weights = ops.scale(ops.arrays().gather(similarity, 1, best), 1 / design.temperature).softmax(1);
        long[] places = best.toLongArray();
        float[] shares = weights.toFloatArray();
        Frame[] frames = new Frame[1 + design.context];
        frames[0] = first;
        int i = 1;
        for (Frame frame : last) {
            frames[i++] = frame;
        }
        for (int k = 0; k < places.length; k++) {
            float[] source = frames[(int) (places[k] / n)].labels;
            int patch = (int) (places[k] % n);
            int query = from + k / design.neighbours;
            for (int c = 0; c < classes; c++) {
                labels[query * classes + c] += shares[k] * source[patch * classes + c];
            }
        }
    }

    /** [N, N] of each patch and any other: 0 for what is near, else {@link #FAR}. */
    private float[] distances() {
        int n = rows * columns;
        float[] far = new float[n * n];
        for (int i = 0; i < far.length; i++) {
            int down = i / n / columns - i % n / columns;
            int across = i / n % columns - i % n % columns;
            far[i] = down * down + across * across < design.radius * design.radius ? 0 : FAR;
        }
        return far;
    }

    @Override
    public void close() {
        kept.close();
    }
}
