package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;

/**
 * What a training trains: networks, and a loss on the views of a batch. A recipe names it; the loop never asks which it runs.
 * In a step the loop calls {@link #loss} with gradient mode on, {@link #backward}, and after the optimiser {@link #updated}.
 */
interface Objective {

    /**
     * How long the training is; schedules need to know.
     *
     * @param steps of the whole training
     * @param perEpoch steps of an epoch
     */
    record Course(long steps, int perEpoch) {}

    /**
     * A batch on the device.
     *
     * @param step from 0
     * @param members number of each sample's member in the data set: random draws hang on it
     * @param pictures for each view [B, 3, side, side] in 0 .. 1
     * @param latents for each sample those of its views; a sample of pictures has none
     */
    record Views(long step, int epoch, int[] members, List<NDArray> pictures, double[][][] latents) {}

    /**
     * What the auxiliary task did to a batch, pictures normalised.
     *
     * @param targets and {@code rebuilt}, as many
     * @param way from view 2 to g(u), on which the targets lie; null where the views themselves were rebuilt, view 2 first
     */
    record Rebuilt(List<NDArray> targets, List<NDArray> rebuilt, Way way) {}

    /**
     * The ends of the way on which intermediates lie.
     *
     * @param u view 2 before g, in 0 .. 1
     * @param moved g(u), normalised
     * @param family the word for g
     */
    record Way(NDArray u, NDArray moved, String family) {}

    /**
     * From a recipe.
     *
     * @param course may be null for the untrained encoder
     * @param staged gradients become final one after the other, for ranks to exchange them meanwhile
     */
    static Objective of(Torch torch, Settings recipe, long seed, Course course, boolean staged) {
        return recipe.at("objective").text("name").equals("ibot") ? new IbotObjective(torch, recipe, seed, course, staged)
                : new PretrainingModel(torch, recipe, seed, staged);
    }

    /** The encoder that is saved for evaluation. */
    Encoder encoder();

    /** Everything that is trained, by name; names of the encoder's begin with {@code encoder.}. */
    Map<String, NDArray> parameters();

    /** Everything that a resumed training needs. */
    SortedMap<String, SafeTensors.Tensor> tensors();

    /** Restores what {@link #tensors} gave. */
    void load(SafeTensors file);

    /** What the networks compute in. */
    Precision precision();

    /** Whether layers act as in training. */
    void train(boolean on);

    /** Where the graph is cut while several ranks train. */
    void span(GraphCuts cuts);

    /**
     * Refuses views that do not fit.
     *
     * @param sides of the views that the recipe's data give, in pixels
     */
    void require(int[] sides);

    /** The loss of a batch and its parts; results belong to the pictures' manager. */
    Loss loss(Views views);

    /**
     * Gradients of a loss into everything that is trained.
     *
     * @param fromLoss goes from the loss to the networks' outputs
     * @param listener told which gradients are final while the pass still runs
     */
    void backward(Runnable fromLoss, GradientListener listener);

    /** After the optimiser's step; gradient mode is off. */
    default void updated(long step) {}

    /** Pictures of the auxiliary task; empty without one. Gradient mode is off. */
    default Optional<Rebuilt> rebuild(Views views) {
        return Optional.empty();
    }
}
