package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import org.equirepro.models.detection.DetectionLosses;
import org.equirepro.models.detection.KeypointMaps;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/** The keypoint branch of Mask R-CNN: cells of keypoints, the loss with its gradient, and keypoints from maps. */
public final class KeypointRcnnKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            KeypointMaps maps = new KeypointMaps(torch.ops(), reference.params().integer("size"));
            float[] regions = tensors.floats("in.rois");
            long[] cells = maps.encode(regions, tensors.floats("in.keypoints"));
            long[] valid = Arrays.stream(cells).map(cell -> cell == KeypointMaps.NONE ? 0 : 1).toArray();
            check.that("out.valid", Arrays.equals(valid, tensors.longs("out.valid")));
            long[] index = Arrays.stream(cells).map(cell -> Math.max(cell, 0)).toArray(); // the reference has 0 for none
            check.that("out.heatmap_index", Arrays.equals(index, tensors.longs("out.heatmap_index")));
            NDArray logits = Torch.floats(torch.root(), tensors.floats("in.logits"), tensors.shape("in.logits"));
            logits.setRequiresGradient(true);
            NDArray loss = new DetectionLosses(torch.ops(), DetectionLosses.BETA).keypoints(logits, cells);
            check.close("keypoint_loss", loss.getFloat(), reference.expected().real("keypoint_loss"), rtol, atol);
            Torch.backward(loss);
            check.close("grad.logits", logits.getGradient().toFloatArray(), tensors.floats("grad.logits"),
                    reference.tolerance().real("grad_rtol"), reference.tolerance().real("grad_atol"));
            KeypointMaps.Found found = maps.decode(logits, regions);
            check.close("out.decoded_xyv", withOnes(found.points()), tensors.floats("out.decoded_xyv"), rtol, atol);
            check.close("out.decoded_scores", found.scores(), tensors.floats("out.decoded_scores"), rtol, atol);
        }
    }

    /** x, y, 1 for each point, as the reference has them. */
    private static float[] withOnes(float[] points) {
        float[] triples = new float[points.length / 2 * 3];
        for (int i = 0; i < triples.length; i++) {
            triples[i] = i % 3 == 2 ? 1 : points[i / 3 * 2 + i % 3];
        }
        return triples;
    }
}
