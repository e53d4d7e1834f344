package org.equirepro.models.detection;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.tensor.boxes.Boxes;

/**
 * The regions of one picture that the heads are trained on, drawn from the proposals and the objects' own boxes, and what the box
 * head is to answer for each.
 *
 * @param boxes of the regions
 * @param labels classes, 0 for the background
 * @param matched number of the object of each; of no meaning for the background
 * @param offsets from each region to its object, four a region; of no meaning for the background
 */
public record RegionTargets(float[] boxes, int[] labels, int[] matched, float[] offsets) {

    /** How regions are chosen: with a matcher of 0.5 and 0.5, 512 a picture with a quarter on objects, weights of 10, 10, 5, 5. */
    public record Rule(Matcher matcher, BalancedSampler sampler, BoxCodec codec) {}

    /**
     * @param proposals boxes
     * @param objects boxes of the picture's objects, none of them degenerate; possibly no object
     * @param classes of the objects, from 1 on
     * @param draws of this picture and step
     */
    public static RegionTargets of(Rule rule, float[] proposals, float[] objects, int[] classes, Draws draws) {
        float[] candidates = Arrays.copyOf(proposals, proposals.length + objects.length);
        System.arraycopy(objects, 0, candidates, proposals.length, objects.length);
        int[] matched = rule.matcher.match(objects, candidates);
        int[] labels = Arrays.stream(matched).map(o -> o >= 0 ? classes[o] : o == Matcher.BACKGROUND ? 0 : -1).toArray();
        int[] chosen = rule.sampler.sample(labels, draws).all();
        float[] boxes = Boxes.select(candidates, chosen);
        int[] nearest = Arrays.stream(chosen).map(i -> Math.max(matched[i], 0)).toArray();
        float[] offsets = Boxes.count(objects) == 0 ? new float[boxes.length] : rule.codec.encode(boxes, Boxes.select(objects, nearest));
        return new RegionTargets(boxes, Arrays.stream(chosen).map(i -> labels[i]).toArray(), nearest, offsets);
    }

    /** Indices of the regions on an object, ascending: those of the mask and keypoint heads. */
    public int[] onObjects() {
        return IntStream.range(0, labels.length).filter(i -> labels[i] > 0).toArray();
    }
}
