package org.equirepro.pretraining;

import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.views.PatchMask;

/**
 * Which patches of the global crops the student does not see, block by block.
 *
 * <p>Section {@code masking}: iBOT draws each crop's ratio by itself, {@code ratios} and {@code variations} (0 and .3, 0 and .2).
 * DINOv2 masks a {@code share} of the crops of a batch and spreads their ratios evenly over {@code range} (.5; .1 to .5), with
 * blocks of 4 patches and more; there a batch is what one rank has, as in the original.
 */
final class CropMasks {

    private static final double LEAST_ASPECT = 0.3;
    private static final int DINOV2_LEAST_BLOCK = 4;

    private final long seed;
    private final PatchMask each;
    private final double share;
    private final double[] range;

    CropMasks(Settings masking, long seed) {
        this.seed = seed;
        if (masking.has("share")) {
            this.each = null;
            this.share = masking.real("share");
            this.range = masking.reals("range");
            if (!(share >= 0 && share <= 1) || range.length != 2 || !(range[0] >= 0 && range[0] <= range[1] && range[1] <= 1)) {
                throw UserError.usage(masking.source()
                        + ": masking.share and both ends of masking.range must lie between 0 and 1, in order");
            }
        } else {
            this.share = 1;
            this.range = null;
            try {
                this.each = new PatchMask(masking.reals("ratios"), masking.reals("variations"), true, LEAST_ASPECT, 1 / LEAST_ASPECT);
            } catch (IllegalArgumentException e) {
                throw UserError.usage(masking.source() + ": masking: " + e.getMessage());
            }
        }
    }

    /** [2 B, grid * grid] rows crop by crop, 1 where masked. */
    float[] draw(int epoch, int[] members, int grid) {
        int crops = StudentTeacher.GLOBALS * members.length;
        float[] values = new float[crops * grid * grid];
        PatchMask[] masks = each == null ? spread(epoch, members, crops) : null;
        for (int row = 0; row < crops; row++) {
            PatchMask mask = each == null ? masks[row] : each;
            if (mask != null) {
                Draws draws = Draws.at(seed, epoch, members[row % members.length], row / members.length, "mask");
                boolean[] hidden = mask.draw(draws, grid, grid);
                for (int i = 0; i < hidden.length; i++) {
                    values[row * hidden.length + i] = hidden[i] ? 1 : 0;
                }
            }
        }
        return values;
    }

    /** The k-th of the masked crops, in random order, draws its ratio from the k-th part of the range. */
    private PatchMask[] spread(int epoch, int[] members, int crops) {
        PatchMask[] masks = new PatchMask[crops];
        int[] order = Draws.at(seed, epoch, members[0], 0, "masked").permutation(crops);
        int masked = (int) (crops * share);
        double half = (range[1] - range[0]) / (2 * masked);
        for (int k = 0; k < masked; k++) {
            masks[order[k]] = new PatchMask(new double[] {range[0] + (2 * k + 1) * half}, new double[] {half}, true, LEAST_ASPECT,
                    1 / LEAST_ASPECT, DINOV2_LEAST_BLOCK);
        }
        return masks;
    }
}
