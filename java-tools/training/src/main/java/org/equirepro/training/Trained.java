package org.equirepro.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.SortedMap;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;

/**
 * What a training trains: networks, and a loss on a batch. The loop never asks which it runs. In a step it calls {@link #loss}
 * with gradient mode on, {@link #backward}, and after the optimiser {@link #updated}.
 *
 * @param <B> a batch on the device
 */
public interface Trained<B> {

    /** Everything that is trained, by name, in the order in which forward uses it; the same on every rank. */
    Map<String, NDArray> parameters();

    /** Everything that a resumed training needs. */
    SortedMap<String, SafeTensors.Tensor> tensors();

    /** Restores what {@link #tensors} gave. */
    void load(SafeTensors file);

    /** What the networks compute in; with float16 the loss is scaled. */
    Precision precision();

    /** Whether layers act as in training. */
    void train(boolean on);

    /** Where the graph is cut while several ranks train; a loss that is a mean over this rank's samples needs nothing. */
    void span(GraphCuts cuts);

    /** The loss of a batch of this rank and its parts, float32; several ranks train on the mean of theirs. */
    Loss loss(B batch);

    /**
     * Gradients of a loss into everything that is trained.
     *
     * @param fromLoss goes from the loss to the networks' outputs, or all the way where nothing is staged
     * @param listener may be told which gradients are final while the pass still runs
     */
    default void backward(Runnable fromLoss, GradientListener listener) {
        fromLoss.run();
    }

    /** After the optimiser's step; gradient mode is off. */
    default void updated(long step) {}
}
