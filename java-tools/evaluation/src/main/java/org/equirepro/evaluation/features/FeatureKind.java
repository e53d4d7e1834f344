package org.equirepro.evaluation.features;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;

/**
 * Which of an encoder's features a probe reads, one vector a picture: a part of the encoder's output, and what becomes of its
 * patches.
 */
public enum FeatureKind {
    /** Mean of the d_patch features over the patches, both parts of the split. */
    SPLIT_MEAN(Part.SPLIT, Pooling.MEAN),
    /** The same under the name that the 3DIEBench table has for it. */
    WHOLE(Part.SPLIT, Pooling.MEAN),
    /** The invariant (first) part of {@link #SPLIT_MEAN}. */
    INVARIANT(Part.INVARIANT, Pooling.MEAN),
    /** The equivariant (last) part of {@link #SPLIT_MEAN}. */
    EQUIVARIANT(Part.EQUIVARIANT, Pooling.MEAN),
    /** The d_patch features, averaged in four quarters of the picture, side by side. */
    SPLIT_GRID(Part.SPLIT, Pooling.GRID),
    INVARIANT_GRID(Part.INVARIANT, Pooling.GRID),
    EQUIVARIANT_GRID(Part.EQUIVARIANT, Pooling.GRID),
    /** The d_patch features of all patches side by side. */
    SPLIT_TOKENS(Part.SPLIT, Pooling.TOKENS),
    INVARIANT_TOKENS(Part.INVARIANT, Pooling.TOKENS),
    EQUIVARIANT_TOKENS(Part.EQUIVARIANT, Pooling.TOKENS),
    /** Mean of the backbone's patch tokens. */
    BACKBONE_MEAN(Part.BACKBONE, Pooling.MEAN),
    BACKBONE_GRID(Part.BACKBONE, Pooling.GRID),
    BACKBONE_TOKENS(Part.BACKBONE, Pooling.TOKENS),
    /** The backbone's class token. */
    CLS(Part.CLS, Pooling.NONE),
    /** Class token and mean patch token side by side: what iBOT's linear probe reads of ViT-B and ViT-L. */
    CLS_BACKBONE_MEAN(Part.CLS_BACKBONE, Pooling.NONE),
    /** Class tokens of the last four blocks, each through the final norm, side by side: what iBOT's linear probe reads of ViT-S. */
    CLS_LAST4(Part.CLS_BLOCKS, Pooling.NONE);

    private enum Part { SPLIT, INVARIANT, EQUIVARIANT, BACKBONE, CLS, CLS_BACKBONE, CLS_BLOCKS }

    private enum Pooling { MEAN, GRID, TOKENS, NONE }

    private static final int GRID = 2;
    private static final int BLOCKS = 4;

    private final Part part;
    private final Pooling pooling;

    FeatureKind(Part part, Pooling pooling) {
        this.part = part;
        this.pooling = pooling;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The recipe's list {@code features}, each of which the encoder must have. */
    public static List<FeatureKind> of(Settings recipe, Encoder encoder) {
        List<FeatureKind> kinds = recipe.texts("features").stream().map(word -> of(recipe, word)).toList();
        if (kinds.isEmpty() || kinds.stream().distinct().count() != kinds.size()) {
            throw UserError.usage(recipe.source() + ": recipe.features must name at least one kind, each once");
        }
        kinds.forEach(kind -> kind.check(encoder, recipe));
        return kinds;
    }

    private static FeatureKind of(Settings recipe, String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst().orElseThrow(() ->
                UserError.usage(recipe.source() + ": recipe.features must be among "
                        + Arrays.stream(values()).map(FeatureKind::word).collect(Collectors.joining(", ")) + ", found " + word));
    }

    private void check(Encoder encoder, Settings recipe) {
        boolean absent = part == Part.EQUIVARIANT && encoder.equivariant() == 0
                || part == Part.INVARIANT && encoder.equivariant() == encoder.splitDim();
        if (absent) {
            throw UserError.usage(recipe.source() + ": recipe.features has " + word() + ", but of the encoder's "
                    + encoder.splitDim() + " features " + encoder.equivariant() + " are equivariant");
        }
        if (part == Part.CLS_BLOCKS && encoder.blocks() < BLOCKS) {
            throw UserError.usage(recipe.source() + ": recipe.features has " + word() + ", which needs a ViT of " + BLOCKS
                    + " blocks or more; the encoder has " + encoder.blocks());
        }
    }

    /** [B, d] of a batch, of which {@code pass} computes what is asked for. */
    NDArray of(EncoderPass pass) {
        Encoder encoder = pass.encoder();
        int first = encoder.splitDim() - encoder.equivariant();
        return switch (part) {
            case SPLIT -> pool(pass.features().split());
            case INVARIANT -> pool(pass.features().split().get(":, :, :" + first));
            case EQUIVARIANT -> pool(pass.features().split().get(":, :, " + first + ":"));
            case BACKBONE -> pool(pass.features().patches());
            case CLS -> pass.features().cls();
            case CLS_BACKBONE -> pass.features().cls().concat(mean(pass.features().patches()), 1);
            case CLS_BLOCKS -> pass.classTokens(BLOCKS);
        };
    }

    private NDArray pool(NDArray tokens) { // [B, N, d]
        long batch = tokens.getShape().get(0);
        return switch (pooling) {
            case MEAN -> mean(tokens);
            case GRID -> grid(tokens);
            case TOKENS, NONE -> tokens.reshape(batch, -1);
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
            throw UserError.usage("features of a grid need an even number of patches a side, the encoder has " + count
                    + " patches");
        }
        // [B, 2, s/2, 2, s/2, d] -> [B, 2, 2, d], one axis at a time: DJL refuses two
        NDArray cells = tokens.reshape(batch, GRID, side / GRID, GRID, side / GRID, dim);
        return cells.mean(new int[] {4}).mean(new int[] {2}).reshape(batch, GRID * GRID * dim);
    }
}
