package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;

/**
 * The blocks of a network, one after the other, with a choice of what is kept for the backward pass (Chen et al. 2016,
 * "Training deep nets with sublinear memory cost"). All three ways give the same gradients, to the bit on a CPU; only under
 * autocast with several batches in a step STAGED and RECOMPUTE are more exact, as they add the batches' gradients in float32.
 *
 * <p>A step may send several batches through one chain (crops of different sizes). The backward pass then goes block by block,
 * through all these passes at once, and a block's parameters are reported as final after its last pass; so no pass may read
 * what another pass through the same chain gave. {@link #backward} forgets the passes; a forward pass with gradient that has
 * none must be discarded.
 */
public final class BlockChain {

    /** What is kept between forward and backward. */
    public enum Mode {
        /** Everything, in one graph; all gradients become final together, at the end. */
        KEEP,
        /** Everything, one graph a block; gradients become final block by block. */
        STAGED,
        /** The blocks' inputs only; each block is computed a second time in the backward pass. */
        RECOMPUTE
    }

    /**
     * A block's function. It may be called twice for the same input and must give the same answer: random draws come from
     * counters, and batch norm asks its {@link Layers.Mode} whether this is a repetition.
     */
    @FunctionalInterface
    public interface Body {
        NDArray apply(int block, NDArray x);
    }

    private final NDManager manager;
    private final Mode mode;
    private final List<List<NDArray>> parameters;
    private final Layers.Mode layers;
    private final List<Pass> passes = new ArrayList<>();

    /**
     * A chain of as many blocks as there are lists.
     *
     * @param manager keeps what is between forward and backward
     * @param parameters of each block
     * @param layers the mode that the blocks' batch norms ask
     */
    public BlockChain(NDManager manager, Mode mode, List<List<NDArray>> parameters, Layers.Mode layers) {
        this.manager = manager;
        this.mode = mode;
        this.parameters = List.copyOf(parameters);
        this.layers = layers;
    }

    /**
     * Sends {@code x} through all blocks. Where no gradient is recorded, whatever the mode, nothing is kept.
     *
     * @param taps how many of the last blocks' outputs are wanted
     * @param precision what the products are computed in, for the second time too
     * @return the outputs of the last {@code taps} blocks, in the order of the blocks
     */
    public List<NDArray> forward(NDArray x, int taps, Precision precision, Body body) {
        if (mode != Mode.KEEP && JniUtils.isGradMode()) {
            Pass pass = new Pass(x, precision, body);
            passes.add(pass);
            return pass.forward(taps, x.getManager());
        }
        List<NDArray> outputs = new ArrayList<>();
        NDArray y = x;
        for (int i = 0; i < parameters.size(); i++) {
            y = body.apply(i, y);
            boolean last = i == parameters.size() - 1;
            if (i >= parameters.size() - taps) {
                // a view of its own: autograd then adds this branch's gradient after the next block's, as the other modes do
                outputs.add(last ? y : view(y));
            }
        }
        return outputs;
    }

    /**
     * The whole backward pass of a step: from the loss to the chains' outputs, through the chains, and on into what came before
     * them. Gradients are added to what the parameters have.
     *
     * @param chains through which the step's batches went, in the order of the forward pass: a chain may read what an earlier
     *     one gave
     * @param trained all trained parameters; those outside of staged chains are reported at the end
     */
    public static void backward(NDArray loss, List<BlockChain> chains, Collection<NDArray> trained, GradientListener listener) {
        backward(() -> Torch.backward(loss), chains, trained, listener);
    }

    /** As the other, where {@code fromLoss} goes from the loss to the chains' outputs: in stages where ranks share what lies between. */
    public static void backward(Runnable fromLoss, List<BlockChain> chains, Collection<NDArray> trained, GradientListener listener) {
        try {
            fromLoss.run();
            Set<NDArray> reported = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int i = chains.size() - 1; i >= 0; i--) {
                chains.get(i).backward(listener, reported);
            }
            List<NDArray> rest = trained.stream().filter(p -> !reported.contains(p)).toList();
            if (!rest.isEmpty()) {
                listener.ready(rest);
            }
        } finally {
            chains.forEach(BlockChain::discard);
        }
    }

    /** Forgets forward passes that will have no backward pass. */
    public void discard() {
        passes.forEach(Pass::close);
        passes.clear();
    }

    private void backward(GradientListener listener, Set<NDArray> reported) {
        if (mode == Mode.KEEP) {
            return;
        }
        for (int block = parameters.size() - 1; block >= 0; block--) {
            for (int i = passes.size() - 1; i >= 0; i--) { // the last first, as autograd does
                passes.get(i).backward(block);
            }
            reported.addAll(parameters.get(block));
            listener.ready(parameters.get(block));
        }
        for (int i = passes.size() - 1; i >= 0; i--) {
            passes.get(i).backwardIntoInput();
        }
    }

    /** One batch on its way through the blocks; it owns what it keeps, so the forward pass's own handles may be closed. */
    private final class Pass implements AutoCloseable {

        private final NDManager memory = manager.newSubManager();
        private final NDArray x; // with the graph of what came before
        private final Precision precision;
        private final Body body;
        private final NDArray[] inputs = new NDArray[parameters.size()]; // leaves
        private final NDArray[] outputs = new NDArray[parameters.size()]; // with their graphs; STAGED only
        private final NDArray[] taps = new NDArray[parameters.size()]; // leaves, null where not asked for

        Pass(NDArray x, Precision precision, Body body) {
            this.x = view(x);
            this.x.attach(memory);
            this.precision = precision;
            this.body = body;
        }

        List<NDArray> forward(int count, NDManager results) {
            List<NDArray> wanted = new ArrayList<>();
            NDArray input = x;
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = leaf(input);
                NDArray output = mode == Mode.STAGED ? apply(i) : withoutGraph(i);
                if (i >= inputs.length - count) {
                    taps[i] = leaf(output);
                    NDArray result = view(taps[i]);
                    result.attach(results);
                    wanted.add(result);
                }
                if (i > 0) {
                    release(input, i - 1);
                }
                input = output;
            }
            release(input, inputs.length - 1);
            return wanted;
        }

        /** Keeps a block's output with its graph, or nothing of it but the leaves that share its values. */
        private void release(NDArray output, int block) {
            if (mode == Mode.STAGED) {
                outputs[block] = output;
            } else {
                output.close();
            }
        }

        /** The block's output on its input; what the function made besides is let go. */
        private NDArray apply(int block) {
            try (NDManager passing = memory.newSubManager()) {
                inputs[block].attach(passing); // results belong to the first operand's manager
                NDArray output = body.apply(block, inputs[block]);
                output.attach(memory);
                inputs[block].attach(memory);
                return output;
            }
        }

        private NDArray withoutGraph(int block) {
            try (GradMode off = GradMode.off()) {
                return apply(block);
            } finally {
                Autocast.forgetCasts(); // weights cast here have no graph; autocast would use them again where one is needed
            }
        }

        void backward(int block) {
            NDArray upstream = upstream(block);
            if (upstream == null) { // the loss does not read this far
                return;
            }
            NDArray output = outputs[block];
            if (mode == Mode.RECOMPUTE) {
                try (GradMode on = GradMode.on(); Autocast cast = Autocast.to(x.getDevice(), precision);
                        Layers.Mode.Repetition again = layers.repeat()) {
                    output = apply(block);
                }
            }
            try (upstream; NDArray done = output) {
                Torch.backward(done, upstream);
            }
        }

        /** What the next block and the tap sent back to this block's output; null for nothing. */
        private NDArray upstream(int block) {
            NDArray fromNext = block + 1 < inputs.length ? gradient(inputs[block + 1]) : null;
            NDArray fromTap = taps[block] == null ? null : gradient(taps[block]);
            if (fromNext == null || fromTap == null) {
                return fromNext == null ? fromTap : fromNext;
            }
            try (fromNext; fromTap) {
                return fromNext.add(fromTap);
            }
        }

        void backwardIntoInput() {
            NDArray upstream = gradient(inputs[0]);
            if (upstream != null && Gradients.flowInto(x)) {
                Torch.backward(x, upstream);
            }
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** A handle of its own on the same values and the same graph. */
    private static NDArray view(NDArray x) {
        return x.reshape(x.getShape());
    }

    /** The same values, as the start of a graph of their own. */
    private static NDArray leaf(NDArray x) {
        NDArray leaf = x.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** The leaf's gradient or null; the leaf, and with it its memory, is given up. */
    private static NDArray gradient(NDArray leaf) {
        try (leaf) {
            return JniUtils.getGradient((PtNDArray) leaf);
        }
    }
}
