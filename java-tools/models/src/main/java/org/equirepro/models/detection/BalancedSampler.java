package org.equirepro.models.detection;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;

/** Draws a fixed number of boxes of a picture to train on, at most a share of them on objects (Girshick 2015, section 2.3). */
public final class BalancedSampler {

    private final int size;
    private final int mostPositive;

    /**
     * Boxes of one picture.
     *
     * @param positive indices of those on objects, ascending
     * @param negative of those on background, ascending
     */
    public record Sample(int[] positive, int[] negative) {

        /** All indices, ascending. */
        public int[] all() {
            return IntStream.concat(Arrays.stream(positive), Arrays.stream(negative)).sorted().toArray();
        }
    }

    /**
     * @param size boxes a picture: 256 for anchors, 512 for proposals
     * @param positiveShare at most this share is on objects: 0.5 and 0.25
     */
    public BalancedSampler(int size, double positiveShare) {
        this.size = size;
        mostPositive = (int) (size * positiveShare);
    }

    /**
     * @param labels above 0 on an object, 0 on background, below 0 not used
     * @param draws of this picture and step
     */
    public Sample sample(int[] labels, Draws draws) {
        int[] positive = some(where(labels, 1), mostPositive, draws);
        return new Sample(positive, some(where(labels, 0), size - positive.length, draws));
    }

    /** Indices of the labels whose sign is this. */
    private static int[] where(int[] labels, int sign) {
        return IntStream.range(0, labels.length).filter(i -> Integer.signum(labels[i]) == sign).toArray();
    }

    private static int[] some(int[] indices, int most, Draws draws) {
        if (indices.length <= most) {
            return indices;
        }
        return Arrays.stream(draws.permutation(indices.length)).limit(most).map(i -> indices[i]).sorted().toArray();
    }
}
