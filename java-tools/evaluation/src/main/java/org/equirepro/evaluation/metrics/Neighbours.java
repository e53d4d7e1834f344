package org.equirepro.evaluation.metrics;

/** The k largest similarities to a sample, largest first; equal ones in the order of their arrival. */
final class Neighbours {

    private final float[] similarity;
    private final int[] index;
    private int size;

    Neighbours(int k) {
        similarity = new float[k];
        index = new int[k];
    }

    /** Offers the samples {@code first}, {@code first} + 1, ... with {@code count} similarities from place {@code at} on. */
    void offer(float[] similarities, int at, int count, int first) {
        float least = size == similarity.length ? similarity[size - 1] : Float.NEGATIVE_INFINITY;
        for (int j = 0; j < count; j++) {
            if (similarities[at + j] > least || size < similarity.length) {
                insert(similarities[at + j], first + j);
                least = size == similarity.length ? similarity[size - 1] : Float.NEGATIVE_INFINITY;
            }
        }
    }

    private void insert(float value, int sample) {
        int at = size < similarity.length ? size++ : size - 1;
        while (at > 0 && similarity[at - 1] < value) {
            similarity[at] = similarity[at - 1];
            index[at] = index[at - 1];
            at--;
        }
        similarity[at] = value;
        index[at] = sample;
    }

    /** Number of the n-th nearest sample. */
    int sample(int n) {
        return index[n];
    }

    float similarity(int n) {
        return similarity[n];
    }
}
