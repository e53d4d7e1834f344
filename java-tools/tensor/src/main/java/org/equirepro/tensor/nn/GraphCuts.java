package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;

/**
 * Where a network's graph is cut, so that its backward pass goes in stages and tensors of other ranks can enter. For one rank
 * nothing is cut and every method gives back what it is given. While gradients are recorded, what is cut must have one.
 *
 * <p>A tensor that is read by two parts of the graph with a {@link #gather} behind one of them must be cut first: otherwise the
 * part before it would be walked through twice, which libtorch refuses.
 */
public interface GraphCuts {

    /** One rank, one graph. */
    GraphCuts NONE = new GraphCuts() {
        @Override
        public int ranks() {
            return 1;
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public NDArray cut(NDArray x) {
            return x;
        }

        @Override
        public NDArray gather(NDArray x) {
            return x;
        }
    };

    /** How many ranks train together. */
    int ranks();

    /** Which of them this is, from 0. */
    int rank();

    /** The same values, with a gradient that is kept until all that follows has been walked through. */
    NDArray cut(NDArray x);

    /** Every rank's [n, ..] as one [ranks * n, ..], in the order of the ranks; the gradient goes back to each one's own rows. */
    NDArray gather(NDArray x);
}
