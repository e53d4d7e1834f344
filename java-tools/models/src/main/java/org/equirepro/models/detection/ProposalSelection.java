package org.equirepro.models.detection;

import java.util.Arrays;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.boxes.Nms;

/**
 * Which of a region proposal network's boxes go on to the heads (Ren et al. 2015; Lin et al. 2017, section 4.1): of each map the
 * best, cut at the picture's border, without those that others of the map cover, and of all maps the best.
 *
 * @param perMap boxes of a map that are looked at: 2000 in training, 1000 in testing
 * @param all boxes of a picture that remain: the same
 * @param threshold of non-maximum suppression: 0.7
 * @param smallest side of a box that remains, in pixels: 1e-3
 */
public record ProposalSelection(int perMap, int all, double threshold, double smallest) {

    /** Boxes, best first, with scores from 0 to 1. */
    public record Proposals(float[] boxes, float[] scores) {}

    /**
     * The proposals of one picture.
     *
     * @param boxes decoded from the anchors, map by map
     * @param logits of an object in each
     * @param mapSizes number of boxes of each map
     * @param height of the picture in pixels, without padding
     * @param width likewise
     */
    public Proposals select(float[] boxes, float[] logits, int[] mapSizes, int height, int width) {
        if (Boxes.count(boxes) != logits.length || Arrays.stream(mapSizes).sum() != logits.length) {
            throw new IllegalArgumentException(Boxes.count(boxes) + " boxes with " + logits.length + " logits for maps of "
                    + Arrays.toString(mapSizes));
        }
        int[] best = new int[logits.length];
        int[] maps = new int[logits.length];
        int n = 0;
        int start = 0;
        for (int map = 0; map < mapSizes.length; map++) {
            int[] order = Nms.order(Arrays.copyOfRange(logits, start, start + mapSizes[map]));
            for (int i = 0; i < Math.min(perMap, order.length); i++) {
                maps[n] = map;
                best[n++] = start + order[i];
            }
            start += mapSizes[map];
        }
        best = Arrays.copyOf(best, n);
        float[] cut = Boxes.clip(Boxes.select(boxes, best), width, height);
        int[] large = Boxes.atLeast(cut, smallest);
        float[] scores = new float[large.length];
        int[] mapOf = new int[large.length];
        for (int i = 0; i < large.length; i++) {
            scores[i] = (float) (1 / (1 + Math.exp(-logits[best[large[i]]])));
            mapOf[i] = maps[large[i]];
        }
        cut = Boxes.select(cut, large);
        int[] kept = Nms.keepByClass(cut, scores, mapOf, threshold);
        kept = Arrays.copyOf(kept, Math.min(kept.length, all));
        float[] keptScores = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            keptScores[i] = scores[kept[i]];
        }
        return new Proposals(Boxes.select(cut, kept), keptScores);
    }
}
