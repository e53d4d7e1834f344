package org.equirepro.parity.kinds;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.vision.views.PatchMask;

/** iBOT's masks: their sizes and places over many draws, as the reference's. */
public final class MaskBlockKind implements ParityKind {

    /** More than the reference, so that the comparison's noise is the reference's. */
    private static final int DRAWS = 20_000;

    @Override
    public void check(ReferenceCase reference, Check check) {
        Settings params = reference.params();
        int[] grid = params.integers("grid");
        double[] aspect = params.reals("aspect");
        PatchMask mask = new PatchMask(numbers(params, "pred_ratio"), numbers(params, "pred_ratio_var"),
                params.text("pred_shape").equals("block"), aspect[0], aspect[1]);
        double most = reference.expected().real("max_allowed");
        double[] counts = new double[DRAWS];
        double[] frequency = new double[grid[0] * grid[1]];
        for (int i = 0; i < DRAWS; i++) {
            boolean[] drawn = mask.draw(Draws.at(1, 0, i, 0, "mask"), grid[0], grid[1]);
            for (int k = 0; k < drawn.length; k++) {
                counts[i] += drawn[k] ? 1 : 0;
                frequency[k] += drawn[k] ? 1.0 / DRAWS : 0;
            }
        }
        check.that("no mask is larger than " + most, Arrays.stream(counts).allMatch(c -> c <= most));
        int n = params.integer("n");
        double spread = reference.expected().real("count_std");
        check.close("mean count", Arrays.stream(counts).average().orElseThrow(), reference.expected().real("count_mean"), 0,
                4 * spread / Math.sqrt(DRAWS) + 4 * spread / Math.sqrt(n) + 1e-9);
        double empty = Arrays.stream(counts).filter(c -> c == 0).count() / (double) DRAWS;
        double expected = reference.expected().real("fraction_empty");
        check.close("fraction empty", empty, expected, 0, 4 * Math.sqrt(expected * (1 - expected) / n) + 0.01);
        Matcher within = Pattern.compile("L-inf < ([0-9.]+) for n>=(\\d+)").matcher(reference.tolerance().text("statistical"));
        if (!within.find()) {
            throw new IllegalStateException("no tolerance of the frequency in the case");
        }
        double noise = Math.max(1, Math.sqrt(Double.parseDouble(within.group(2)) / n)); // a smaller reference is less certain
        check.close("position frequency", frequency, reference.tensors().doubles("stat.position_frequency"), 0,
                Double.parseDouble(within.group(1)) * noise);
    }

    private static double[] numbers(Settings params, String key) {
        return params.node().get(key).isArray() ? params.reals(key) : new double[] {params.real(key)};
    }
}
