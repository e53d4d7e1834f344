package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.training.Course;
import org.equirepro.training.Trained;

/** An encoder and a loss on the views of a batch; the encoder's parameters' names begin with {@code encoder.}. */
interface Objective extends Trained<Objective.Views> {

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
     * @param count K, the intermediates
     */
    record Way(NDArray u, NDArray moved, String family, int count) {}

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

    /** Writes what an evaluation needs besides the encoder into the encoder's folder, where there is anything. */
    default void saveBeside(Path folder) {}

    /** Which parameters decay, and which have another rate, by a recipe's section {@code optimiser}. */
    default ParameterGroups groups(Settings section, Course course) {
        ParameterGroups groups = ParameterGroups.decayingWeights(parameters());
        if (section.has("layer_decay")) {
            groups = groups.layerDecay("encoder.", encoder().vit().depth(), section.real("layer_decay"));
        }
        if (section.has("patch_embed_rate")) {
            groups = groups.scaled(name -> name.startsWith("encoder.patch_embed."), section.real("patch_embed_rate"));
        }
        if (section.has("freeze_last_layer_epochs")) {
            groups = groups.frozen(name -> name.contains("last_layer"),
                    (long) section.integer("freeze_last_layer_epochs") * course.perEpoch());
        }
        return groups;
    }

    /**
     * Refuses views that do not fit.
     *
     * @param sides of the views that the recipe's data give, in pixels
     */
    void require(int[] sides);

    /** Pictures of the auxiliary task; empty without one. Gradient mode is off. */
    default Optional<Rebuilt> rebuild(Views views) {
        return Optional.empty();
    }
}
