package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;

/**
 * Sends batches through a network a few samples at a time, for losses that look at all samples of a batch together (Gao et al. 2021,
 * "Scaling deep contrastive learning batch size under memory limited setup"). The forward pass keeps the answers only. When the
 * loss has given their gradients, each chunk goes through the network once more, with its graph, and on into the parameters. Gradients are
 * those of the whole batch but for rounding; the price is one more forward pass.
 *
 * <p>The network must treat samples one by one, as batch norm does not. What reads the answers holds the graph of the whole batch.
 */
public final class SampleChunks {

    /**
     * What the batch goes through. It is called twice for the same rows and must give the same answer: random draws come from
     * counters.
     */
    @FunctionalInterface
    public interface Network {

        /**
         * Answers [n, ..] for some rows of a batch.
         *
         * @param inputs as given to {@link SampleChunks#forward}, these rows of each
         * @param from number of the first row
         */
        NDArray apply(List<NDArray> inputs, int from);
    }

    private final NDManager manager;
    private final int size;
    private final List<Pass> passes = new ArrayList<>();

    /**
     * Chunks of so many samples.
     *
     * @param manager keeps what is between forward and backward
     * @param size samples of a chunk; 0 for whole batches and one graph
     */
    public SampleChunks(NDManager manager, int size) {
        this.manager = manager;
        this.size = size;
    }

    /**
     * The network's answers for a batch; they belong to the first input's manager.
     *
     * @param inputs [B, ..] each, without gradient
     * @param precision what the network computes in, for the second time too
     */
    public NDArray forward(List<NDArray> inputs, Precision precision, Network network) {
        if (size == 0) {
            return network.apply(inputs, 0);
        }
        NDManager results = inputs.get(0).getManager();
        if (!JniUtils.isGradMode()) {
            return answers(inputs, network, results);
        }
        Pass pass = new Pass(inputs, precision, network);
        passes.add(pass);
        NDArray seen = view(pass.leaf);
        seen.attach(results);
        return seen;
    }

    /** All chunks' answers, without graphs. */
    private NDArray answers(List<NDArray> inputs, Network network, NDManager results) {
        int rows = (int) inputs.get(0).getShape().get(0);
        try (NDManager parts = results.newSubManager(); GradMode off = GradMode.off()) {
            NDList all = new NDList();
            for (int from = 0; from < rows; from += size) {
                all.add(chunk(inputs, from, network, parts));
            }
            NDArray whole = NDArrays.concat(all);
            whole.attach(results);
            return whole;
        } finally {
            Autocast.forgetCasts(); // weights cast here have no graph; autocast would use them again where one is needed
        }
    }

    /** The answers of the chunk that begins at a row; what the network made besides is let go. */
    private NDArray chunk(List<NDArray> inputs, int from, Network network, NDManager results) {
        try (NDManager passing = results.newSubManager()) {
            List<NDArray> rows = new ArrayList<>();
            for (NDArray input : inputs) {
                NDArray some = rows(input, from);
                some.attach(passing); // results belong to the first operand's manager
                rows.add(some);
            }
            NDArray answers = network.apply(rows, from);
            answers.attach(results);
            return answers;
        }
    }

    private NDArray rows(NDArray x, int from) {
        return x.get(from + ":" + Math.min(x.getShape().get(0), from + size));
    }

    /**
     * As {@link BlockChain#backward}, for a step whose batches went through here.
     *
     * @param fromLoss goes from the loss to the network's answers
     * @param chains of the network
     */
    public void backward(Runnable fromLoss, List<BlockChain> chains, Collection<NDArray> trained, GradientListener listener) {
        if (passes.isEmpty()) {
            BlockChain.backward(fromLoss, chains, trained, listener);
            return;
        }
        try {
            fromLoss.run();
            for (int i = passes.size() - 1; i >= 0; i--) { // the last first, as autograd does
                passes.get(i).backward(chains, trained, i == 0 ? listener : GradientListener.NONE);
            }
        } finally {
            discard();
        }
    }

    /** Forgets forward passes that will have no backward pass. */
    public void discard() {
        passes.forEach(Pass::close);
        passes.clear();
    }

    /** One batch; it owns what it keeps, so the forward pass's own handles may be closed. */
    private final class Pass implements AutoCloseable {

        private final NDManager memory = manager.newSubManager();
        private final List<NDArray> inputs = new ArrayList<>();
        private final Precision precision;
        private final Network network;
        private final NDArray leaf; // the answers, at the start of the graph that reads them

        Pass(List<NDArray> batch, Precision precision, Network network) {
            this.precision = precision;
            this.network = network;
            for (NDArray input : batch) {
                NDArray kept = view(input);
                kept.attach(memory);
                inputs.add(kept);
            }
            leaf = answers(inputs, network, memory);
            leaf.setRequiresGradient(true);
        }

        void backward(List<BlockChain> chains, Collection<NDArray> trained, GradientListener listener) {
            NDArray upstream = JniUtils.getGradient((PtNDArray) leaf); // DJL's getGradient gives a scalar 0 where there is none
            if (upstream == null) { // the loss does not read these answers
                listener.ready(List.copyOf(trained));
                return;
            }
            try (upstream) {
                int rows = (int) leaf.getShape().get(0);
                for (int from = 0; from < rows; from += size) {
                    int first = from;
                    boolean last = from + size >= rows;
                    BlockChain.backward(() -> again(first, upstream), chains, trained, last ? listener : GradientListener.NONE);
                }
            }
        }

        private void again(int from, NDArray upstream) {
            NDArray answers;
            try (GradMode on = GradMode.on(); Autocast cast = Autocast.to(leaf.getDevice(), precision)) {
                answers = chunk(inputs, from, network, memory);
            }
            try (answers; NDArray some = rows(upstream, from)) {
                Torch.backward(answers, some);
            }
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** A handle of its own on the same values. */
    private static NDArray view(NDArray x) {
        return x.reshape(x.getShape());
    }
}
