package org.equirepro.parity.kinds;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Rle;

/** Intersection over union of boxes and of masks, crowd regions among them. */
public final class CocoIouKind implements ParityKind {

    private interface Overlap {
        double of(int detection, int truth, boolean crowd);
    }

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        long[] crowd = tensors.longs("in.iscrowd");
        if (tensors.has("out.bbox_iou")) {
            List<BoundingBox> detections = boxes(tensors.doubles("in.dt_xywh"));
            List<BoundingBox> truths = boxes(tensors.doubles("in.gt_xywh"));
            check.close("out.bbox_iou", all(detections.size(), truths.size(), crowd,
                    (d, g, c) -> detections.get(d).overlap(truths.get(g), c)), tensors.doubles("out.bbox_iou"), rtol, atol);
        }
        if (tensors.has("out.mask_iou")) {
            List<Rle> detections = masks(tensors, "in.dt_masks");
            List<Rle> truths = masks(tensors, "in.gt_masks");
            check.close("out.mask_iou", all(detections.size(), truths.size(), crowd,
                    (d, g, c) -> detections.get(d).overlap(truths.get(g), c)), tensors.doubles("out.mask_iou"), rtol, atol);
        }
    }

    /** [detections, truths] */
    private static double[] all(int detections, int truths, long[] crowd, Overlap overlap) {
        double[] values = new double[detections * truths];
        for (int i = 0; i < values.length; i++) {
            values[i] = overlap.of(i / truths, i % truths, crowd[i % truths] != 0);
        }
        return values;
    }

    private static List<BoundingBox> boxes(double[] xywh) {
        List<BoundingBox> boxes = new ArrayList<>();
        for (int i = 0; i < xywh.length; i += 4) {
            boxes.add(new BoundingBox(xywh[i], xywh[i + 1], xywh[i + 2], xywh[i + 3]));
        }
        return boxes;
    }

    /** The masks of a tensor [H, W, N]. */
    private static List<Rle> masks(SafeTensors tensors, String name) {
        long[] shape = tensors.shape(name);
        long[] values = tensors.longs(name);
        int n = (int) shape[2];
        List<Rle> masks = new ArrayList<>();
        for (int k = 0; k < n; k++) {
            byte[] mask = new byte[values.length / n];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) values[i * n + k];
            }
            masks.add(Rle.encode(mask, (int) shape[0], (int) shape[1]));
        }
        return masks;
    }
}
