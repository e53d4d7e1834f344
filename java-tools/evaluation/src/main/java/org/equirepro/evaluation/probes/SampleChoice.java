package org.equirepro.evaluation.probes;

import java.util.Arrays;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** Which samples of a data set a probe uses; ascending numbers, fixed by a seed and a name. */
final class SampleChoice {

    private SampleChoice() {}

    /** The number that a recipe asks for under {@code key}, all where the key is absent; more than there are is an error. */
    static int wanted(Settings recipe, String key, int available, String what) {
        int wanted = recipe.integer(key, available);
        if (wanted < 1 || wanted > available) {
            throw UserError.usage(recipe.source() + ": recipe." + key + " is " + wanted + ", the data set has " + available + " "
                    + what);
        }
        return wanted;
    }

    /** {@code wanted} of {@code available}. */
    static int[] choose(int available, int wanted, long seed, String name) {
        int[] chosen = Arrays.copyOf(Draws.at(seed, name).permutation(available), wanted);
        Arrays.sort(chosen);
        return chosen;
    }

    /** The others of 0 .. {@code available} - 1. */
    static int[] rest(int available, int[] chosen) {
        boolean[] taken = new boolean[available];
        for (int i : chosen) {
            taken[i] = true;
        }
        int[] rest = new int[available - chosen.length];
        int at = 0;
        for (int i = 0; i < available; i++) {
            if (!taken[i]) {
                rest[at++] = i;
            }
        }
        return rest;
    }
}
