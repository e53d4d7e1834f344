package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Selection by index, order and similarity. Indices are int64; one that is out of range is refused on a CPU and ends the process
 * on a GPU. Results and errors as in {@link Ops}; a negative {@code dim} counts from the last.
 */
public final class ArrayOps {

    private final CheckedCalls calls;

    ArrayOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** Slices {@code index} [n] of {@code x} along {@code dim}. */
    public NDArray indexSelect(NDArray x, int dim, NDArray index) {
        return calls.tensor("index_select", x, dim, index);
    }

    /** {@code x} with slice i of {@code source} added to its slice {@code index} [n] at i; repeated indices add up. */
    public NDArray indexAdd(NDArray x, int dim, NDArray index, NDArray source) {
        return calls.tensor("index_add", x, dim, index, source);
    }

    /** Elements of {@code x}, their place along {@code dim} given by {@code index}, of whose shape the result is. */
    public NDArray gather(NDArray x, int dim, NDArray index) {
        return calls.tensor("gather", x, dim, index);
    }

    /** {@code x} with the elements that {@link #gather} would read overwritten by {@code source}; indices must not repeat. */
    public NDArray scatter(NDArray x, int dim, NDArray index, NDArray source) {
        return calls.tensor("scatter", x, dim, index, source);
    }

    /** {@code x} with {@code source} added to the elements that {@link #gather} would read. */
    public NDArray scatterAdd(NDArray x, int dim, NDArray index, NDArray source) {
        return calls.tensor("scatter_add", x, dim, index, source);
    }

    /** Places of the {@code k} largest or smallest along {@code dim}, best first; {@link #gather} gives the values. */
    public NDArray topIndices(NDArray x, int k, int dim, boolean largest) {
        return calls.tensor("top_indices", x, k, dim, largest);
    }

    /** Places in ascending or descending order along {@code dim}; equal values keep their order. */
    public NDArray sortIndices(NDArray x, int dim, boolean descending) {
        return calls.tensor("sort_indices", x, dim, descending);
    }

    /** {@code labels} [..] int64 from 0 to classes - 1 to float32 [.., classes]. */
    public NDArray oneHot(NDArray labels, int classes) {
        return calls.tensor("one_hot", labels, classes);
    }

    /** The same values without gaps in memory; the same tensor if there are none. */
    public NDArray contiguous(NDArray x) {
        return calls.tensor("contiguous", x);
    }

    /** All values of the tensors one after the other, [sum of sizes]. */
    public NDArray pack(List<NDArray> tensors) {
        return calls.tensor("pack", tensors);
    }

    public NDArray cumulativeSum(NDArray x, int dim) {
        return calls.tensor("cumulative_sum", x, dim);
    }

    /** Vectors along the last dimension divided by their length, or by {@code eps} if that is larger. */
    public NDArray unitRows(NDArray x, double eps) {
        return calls.tensor("unit_rows", x, eps);
    }

    /** Of vectors along the last dimension, [.., D] to [..]. */
    public NDArray cosineSimilarity(NDArray x, NDArray y) {
        calls.sameShape("cosine_similarity", x, y);
        return calls.tensor("cosine_similarity", x, y);
    }
}
