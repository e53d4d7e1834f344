package org.equirepro.evaluation.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.models.detection.MaskRcnn;
import org.equirepro.models.detection.PastedMask;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.views.DetectionViews;

/** A detector's objects as COCO's results, in pixels of the original picture. */
public final class FoundObjects {

    /** A pixel belongs to an object if that is likelier than not. */
    private static final double LIKELY = 0.5;

    private FoundObjects() {}

    /**
     * @param drawn the view of {@code picture} on which the detector worked, a whole one
     * @param categories the set's ids of the classes
     */
    static List<Detection> detections(MaskRcnn.Found found, DetectionViews.Parameters drawn, PictureObjects picture, long[] categories) {
        List<Detection> detections = new ArrayList<>();
        float across = (float) picture.width() / drawn.width();
        float down = (float) picture.height() / drawn.height();
        for (int i = 0; i < found.objects().labels().length; i++) {
            float[] box = Arrays.copyOfRange(found.objects().boxes(), 4 * i, 4 * i + 4);
            for (int side = 0; side < 4; side++) {
                box[side] *= side % 2 == 0 ? across : down;
            }
            PastedMask mask = new PastedMask(found.masks()[i], found.maskSide(), box, picture.height(), picture.width());
            double[] points = found.points().length == 0 ? new double[0] : points(found.points()[i], across, down);
            detections.add(new Detection(picture.imageId(), categories[found.objects().labels()[i] - 1], found.objects().scores()[i],
                    Optional.of(new BoundingBox(box[0], box[1], box[2] - box[0], box[3] - box[1])), Optional.of(mask.toRle(LIKELY)), points));
        }
        return detections;
    }

    /** Numbers of pixels, half a pixel before their middles. */
    private static double[] points(float[] found, float across, float down) {
        double[] points = new double[found.length];
        for (int k = 0; k < found.length; k += 3) {
            points[k] = found[k] * across - 0.5;
            points[k + 1] = found[k + 1] * down - 0.5;
            points[k + 2] = found[k + 2];
        }
        return points;
    }

    /** The same detections with what is compared and nothing else: of what else there is COCO would take the area. */
    public static List<Detection> only(List<Detection> all, IouType type) {
        return all.stream().map(d -> switch (type) {
            case BBOX -> Detection.ofBox(d.image(), d.category(), d.score(), d.box().orElseThrow());
            case SEGM -> Detection.ofMask(d.image(), d.category(), d.score(), d.mask().orElseThrow());
            case KEYPOINTS -> Detection.ofKeypoints(d.image(), d.category(), d.score(), d.keypoints());
        }).toList();
    }
}
