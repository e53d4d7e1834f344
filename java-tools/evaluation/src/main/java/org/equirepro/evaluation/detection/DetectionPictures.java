package org.equirepro.evaluation.detection;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.show.Annotated;
import org.equirepro.vision.show.SampleSheet;

/** A sheet of tested pictures, the truth on the left and what was found on the right. */
public final class DetectionPictures {

    private static final int PICTURES = 6;
    private static final int CELL = 360;
    /** What is less sure is not drawn. */
    private static final double SURE = 0.5;
    /** Keypoints of less are not drawn. */
    private static final double SEEN = 0;

    private DetectionPictures() {}

    /**
     * Draws some of the tested pictures, spread evenly.
     *
     * @param objects of a picture of {@code split}
     * @param detections of all pictures
     * @param categories the set's ids of the classes
     */
    public static void write(Path file, FineTuneSession session, Split split, IntFunction<PictureObjects> objects,
            List<Detection> detections, long[] categories) {
        Map<Long, List<Detection>> byPicture = new HashMap<>();
        detections.stream().filter(d -> d.score() >= SURE).forEach(d -> byPicture.computeIfAbsent(d.image(), id -> new ArrayList<>()).add(d));
        List<Annotated> cells = new ArrayList<>();
        for (int i : FineTuneSession.spread(PICTURES, session.tested(split.size()))) {
            PictureObjects truth = objects.apply(i);
            Picture picture = split.picture(i);
            List<Instance> found = byPicture.getOrDefault(truth.imageId(), List.of()).stream()
                    .sorted(Comparator.comparingDouble(Detection::score).reversed()).map(d -> drawn(d, categories)).toList();
            cells.add(new Annotated(split.key(i), "annotated", picture, Optional.empty(), Optional.empty(), truth.objects()));
            cells.add(new Annotated(split.key(i), "found", picture, Optional.empty(), Optional.empty(), found));
        }
        new SampleSheet(2, CELL).write(file, cells, session.data().classes());
    }

    private static Instance drawn(Detection d, long[] categories) {
        int label = 0;
        while (label < categories.length - 1 && categories[label] != d.category()) {
            label++;
        }
        BoundingBox box = d.box().orElseThrow();
        double[] keypoints = d.keypoints().clone();
        for (int k = 2; k < keypoints.length; k += 3) {
            keypoints[k] = keypoints[k] > SEEN ? 2 : 0;
        }
        return new Instance(0, label, d.category(), box, box.area(), false, false, d.mask(), keypoints, Optional.empty());
    }
}
