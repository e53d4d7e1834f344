package org.equirepro.vision.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the rows of one split of an index. */
final class SplitBuilder {

    final String name;
    final int latentCount;
    final List<String> members;
    final Ints memberLengths = new Ints();
    final List<String> shardNames = new ArrayList<>();
    final Map<String, Integer> groupNames = new LinkedHashMap<>();
    final List<String> keys = new ArrayList<>();
    final Ints labels = new Ints();
    final Ints groups = new Ints();
    final Ints views = new Ints();
    final Ints shardOf = new Ints();
    final Ints lengths = new Ints();
    private long[] offsets = new long[16];
    private double[] latents = new double[16];

    SplitBuilder(String name, int latentCount, List<String> members) {
        this.name = name;
        this.latentCount = latentCount;
        this.members = members;
    }

    void add(String key, int label, String group, int view, String shard, long offset, int length, double[] values,
            int[] lengthsOfMembers) {
        int i = keys.size();
        if (shardNames.isEmpty() || !shardNames.get(shardNames.size() - 1).equals(shard)) {
            shardNames.add(shard);
        }
        keys.add(key);
        labels.add(label);
        groups.add(group.isEmpty() ? -1 : groupNames.computeIfAbsent(group, g -> groupNames.size()));
        views.add(view);
        shardOf.add(shardNames.size() - 1);
        lengths.add(length);
        if (i == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * i);
        }
        offsets[i] = offset;
        if ((i + 1) * latentCount > latents.length) {
            latents = Arrays.copyOf(latents, Math.max(2 * latents.length, (i + 1) * latentCount));
        }
        System.arraycopy(values, 0, latents, i * latentCount, latentCount);
        for (int memberLength : lengthsOfMembers) {
            memberLengths.add(memberLength);
        }
    }

    long[] offsets() {
        return Arrays.copyOf(offsets, keys.size());
    }

    double[] latents() {
        return Arrays.copyOf(latents, keys.size() * latentCount);
    }

    /** A growing array. */
    static final class Ints {
        private int[] values = new int[16];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
