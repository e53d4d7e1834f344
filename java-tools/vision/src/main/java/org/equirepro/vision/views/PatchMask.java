package org.equirepro.vision.views;

import org.equirepro.base.Draws;

/**
 * Which patches of a view the student does not see, as iBOT draws them: how many, by one of several ratios, and which, block by
 * block as in BEiT (Bao et al. 2022) or each for itself.
 *
 * @param ratios shares of the patches of which one is picked; iBOT's are 0 and 0.3
 * @param variations half width of the uniform range about each ratio; iBOT's are 0 and 0.2
 * @param blocks rectangles rather than single patches
 * @param leastAspect height over width of a block, log-uniform from this to {@code mostAspect}
 * @param leastBlock patches of the smallest block; 0 for iBOT's, the square of a third of the shorter side
 */
public record PatchMask(double[] ratios, double[] variations, boolean blocks, double leastAspect, double mostAspect, int leastBlock) {

    /** With iBOT's smallest block. */
    public PatchMask(double[] ratios, double[] variations, boolean blocks, double leastAspect, double mostAspect) {
        this(ratios, variations, blocks, leastAspect, mostAspect, 0);
    }

    private static final int TRIES = 10;

    public PatchMask {
        if (ratios.length == 0 || ratios.length != variations.length || !(leastAspect > 0) || leastAspect > mostAspect) {
            throw new IllegalArgumentException("a mask needs ratios, as many variations, and a range of aspects");
        }
        for (int i = 0; i < ratios.length; i++) {
            if (variations[i] < 0 || ratios[i] < variations[i] || ratios[i] + variations[i] > 1) {
                throw new IllegalArgumentException("ratio " + ratios[i] + " +- " + variations[i] + " leaves 0 .. 1");
            }
        }
    }

    /** Draws a mask of [rows, columns]: true is hidden. Never more patches than the drawn ratio allows. */
    public boolean[] draw(Draws draws, int rows, int columns) {
        int kind = draws.below(ratios.length);
        double most = draws.uniform(ratios[kind] - variations[kind], ratios[kind] + variations[kind]) * rows * columns;
        boolean[] mask = new boolean[rows * columns];
        if (blocks) {
            for (int hidden = 0, more = 1; hidden < most && more > 0; hidden += more) {
                more = block(draws, mask, rows, columns, most - hidden);
            }
        } else {
            int[] order = draws.permutation(mask.length);
            for (int i = 0; i < (int) most; i++) {
                mask[order[i]] = true;
            }
        }
        return mask;
    }

    /** Hides one more block of at most {@code most} new patches; returns how many it hid, 0 if no block of ten tries fits. */
    private int block(Draws draws, boolean[] mask, int rows, int columns, double most) {
        double least = leastBlock > 0 ? leastBlock : Math.pow(Math.min(rows, columns) / 3, 2);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double area = draws.uniform(least, most); // backwards if fewer are left than the least block has
            double aspect = StrictMath.exp(draws.uniform(StrictMath.log(leastAspect), StrictMath.log(mostAspect)));
            int height = (int) Math.rint(Math.sqrt(area * aspect));
            int width = (int) Math.rint(Math.sqrt(area / aspect));
            if (height >= rows || width >= columns) {
                continue;
            }
            int top = draws.below(rows - height + 1);
            int left = draws.below(columns - width + 1);
            int fresh = 0;
            for (int i = 0; i < height * width; i++) {
                fresh += mask[(top + i / width) * columns + left + i % width] ? 0 : 1;
            }
            if (fresh > 0 && fresh <= most) {
                for (int i = 0; i < height * width; i++) {
                    mask[(top + i / width) * columns + left + i % width] = true;
                }
                return fresh;
            }
        }
        return 0;
    }
}
