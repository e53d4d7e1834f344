package org.equirepro.evaluation.depth;

import java.util.Arrays;
import org.equirepro.evaluation.metrics.DepthMetrics;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.DepthMap;

/**
 * Which pixels are scored: those inside of the protocol's crop whose true depth lies within the range, its ends left out. What was found
 * is cut to the range first.
 *
 * @param near metres, above 0
 * @param far metres
 */
record DepthScores(DepthProtocol protocol, double near, double far) {

    /** Whether a true depth counts. */
    boolean counts(float metres) {
        return metres > near && metres < far;
    }

    /** Errors of what was found for a picture; both maps as the protocol lets it be seen. */
    DepthMetrics of(DepthMap found, DepthMap truth) {
        float[] depth = known(truth, truth);
        float[] answers = known(found, truth);
        for (int i = 0; i < answers.length; i++) {
            answers[i] = (float) Math.max(near, Math.min(far, answers[i]));
        }
        return DepthMetrics.of(answers, depth);
    }

    /** Geometric mean of the true depths that count; 1 if none does. */
    double typical(DepthMap truth) {
        double logs = 0;
        float[] depth = known(truth, truth);
        for (float metres : depth) {
            logs += StrictMath.log(metres);
        }
        return StrictMath.exp(logs / Math.max(1, depth.length));
    }

    /** Values of a map where the truth counts. */
    private float[] known(DepthMap map, DepthMap truth) {
        Box box = protocol.scored(truth.width(), truth.height());
        float[] values = map.cut(box).metres();
        float[] depth = truth.cut(box).metres();
        float[] kept = new float[values.length];
        int n = 0;
        for (int i = 0; i < values.length; i++) {
            if (counts(depth[i])) {
                kept[n++] = values[i];
            }
        }
        return Arrays.copyOf(kept, n);
    }
}
