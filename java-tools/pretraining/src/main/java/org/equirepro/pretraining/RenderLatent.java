package org.equirepro.pretraining;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.views.RenderChange;

/** What a predictor is told of two renders of an object: a recipe's {@code objective.latent} lists the words. */
enum RenderLatent {
    /** The relative rotation as a quaternion. */
    ROTATION(4, RenderChange::rotation),
    /** The differences of the hues of floor and light. */
    HUE(2, RenderChange::hues);

    private final int count;
    private final BinaryOperator<double[]> change;

    RenderLatent(int count, BinaryOperator<double[]> change) {
        this.count = count;
        this.change = change;
    }

    static List<RenderLatent> of(Settings recipe) {
        Settings objective = recipe.at("objective");
        return !objective.has("latent") ? List.of() : objective.texts("latent").stream().map(word -> switch (word) {
            case "rotation" -> ROTATION;
            case "hue" -> HUE;
            default -> throw UserError.usage(recipe.source() + ": objective.latent must list rotation or hue, found " + word);
        }).toList();
    }

    /** How many numbers the latents have together. */
    static int count(List<RenderLatent> latents) {
        return latents.stream().mapToInt(latent -> latent.count).sum();
    }

    /** The numbers of a pair, from the latents of its renders. */
    static double[] values(List<RenderLatent> latents, double[] from, double[] to) {
        return latents.stream().flatMapToDouble(latent -> Arrays.stream(latent.change.apply(from, to))).toArray();
    }
}
