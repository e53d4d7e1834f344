package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;

/** Which of an encoder's features a probe reads, one vector a picture. */
enum FeatureKind {
    /** Mean of the d_patch features over the patches, both parts of the split. */
    SPLIT_MEAN,
    /** The same under the name that the 3DIEBench table has for it. */
    WHOLE,
    /** The invariant (first) part of {@link #SPLIT_MEAN}. */
    INVARIANT,
    /** The equivariant (last) part of {@link #SPLIT_MEAN}. */
    EQUIVARIANT,
    /** The d_patch features, averaged in four quarters of the picture, side by side. */
    SPLIT_GRID,
    /** Mean of the backbone's patch tokens. */
    BACKBONE_MEAN,
    /** The backbone's class token. */
    CLS,
    /** Class token and mean patch token side by side: what iBOT's linear probe reads of ViT-B and ViT-L. */
    CLS_BACKBONE_MEAN;

    private static final int GRID = 2;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The recipe's list {@code features}. */
    static List<FeatureKind> of(Settings recipe) {
        List<FeatureKind> kinds = recipe.texts("features").stream().map(word -> of(recipe, word)).toList();
        if (kinds.isEmpty() || kinds.stream().distinct().count() != kinds.size()) {
            throw UserError.usage(recipe.source() + ": recipe.features must name at least one kind, each once");
        }
        return kinds;
    }

    private static FeatureKind of(Settings recipe, String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst().orElseThrow(() ->
                UserError.usage(recipe.source() + ": recipe.features must be among "
                        + Arrays.stream(values()).map(FeatureKind::word).collect(Collectors.joining(", ")) + ", found " + word));
    }

    /** Refuses a kind that the encoder does not have. */
    void check(Encoder encoder, Settings recipe) {
        boolean absent = this == EQUIVARIANT && encoder.equivariant() == 0
                || this == INVARIANT && encoder.equivariant() == encoder.splitDim();
        if (absent) {
            throw UserError.usage(recipe.source() + ": recipe.features has " + word() + ", but of the encoder's "
                    + encoder.splitDim() + " features " + encoder.equivariant() + " are equivariant");
        }
    }

    /** [B, d] of a batch. */
    NDArray of(Encoder encoder, Encoder.Features features) {
        int first = encoder.splitDim() - encoder.equivariant();
        return switch (this) {
            case SPLIT_MEAN, WHOLE -> mean(features.split());
            case INVARIANT -> mean(features.split()).get(":, :" + first);
            case EQUIVARIANT -> mean(features.split()).get(":, " + first + ":");
            case SPLIT_GRID -> grid(features.split());
            case BACKBONE_MEAN -> mean(features.patches());
            case CLS -> features.cls();
            case CLS_BACKBONE_MEAN -> features.cls().concat(mean(features.patches()), 1);
        };
    }

    private static NDArray mean(NDArray tokens) {
        return tokens.mean(new int[] {1});
    }

    private static NDArray grid(NDArray tokens) {
        long batch = tokens.getShape().get(0);
        long count = tokens.getShape().get(1);
        long dim = tokens.getShape().get(2);
        long side = Math.round(Math.sqrt(count));
        if (side * side != count || side % GRID != 0) {
            throw UserError.usage("features split_grid needs an even number of patches a side, the encoder has " + count
                    + " patches");
        }
        // [B, 2, s/2, 2, s/2, d] -> [B, 2, 2, d]
        NDArray quarters = tokens.reshape(batch, GRID, side / GRID, GRID, side / GRID, dim).mean(new int[] {2, 4});
        return quarters.reshape(batch, GRID * GRID * dim);
    }
}
