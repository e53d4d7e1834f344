package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Rle;

/**
 * The objects of a drawn scene as the readers of COCO and MPII give them. Annotation ids are {@link #OBJECTS} times the picture's
 * id plus the thing's number.
 *
 * @param plan what the data set holds
 */
record SceneObjects(ScenePlan plan) {

    /** More than any scene has. */
    static final int OBJECTS = 100;

    /** Behind those of the training pictures, and so low that annotation ids are below 2^31. */
    private static final int TEST_IDS = ScenePlan.MOST_PICTURES + 1;
    /** MPII's scale is a person's height over 200 pixels. */
    private static final double MPII_UNIT = 200;
    private static final double SCALE_STEP = 64;

    /** The picture's id; unique in both splits together. */
    static int imageId(String split, int index) {
        return index + (split.equals("train") ? 1 : TEST_IDS);
    }

    /** The member {@code json} of a picture, for all annotations but {@link SceneAnnotations#SEGMENTATION}. */
    PictureObjects of(DrawnScene scene, SceneAnnotations annotations, String split, int index) {
        int image = imageId(split, index);
        List<Instance> objects = new ArrayList<>();
        boolean crowd = false;
        for (int t = 0; t < scene.staged().things().size(); t++) {
            Thing thing = scene.staged().things().get(t);
            boolean asked = thing.figure().isPresent() || !annotations.personsOnly();
            if (asked && !(thing.crowd() && crowd)) {
                crowd |= thing.crowd();
                long id = (long) OBJECTS * image + t;
                objects.add(annotations == SceneAnnotations.MPII ? mpii(id, scene.points().get(t), split.equals("test"))
                        : coco(id, scene, t, annotations));
            }
        }
        long shown = annotations == SceneAnnotations.MPII ? objects.get(0).id() : image;
        return new PictureObjects(shown, scene.size(), scene.size(), objects);
    }

    private Instance coco(long id, DrawnScene scene, int number, SceneAnnotations annotations) {
        Thing thing = scene.staged().things().get(number);
        Rle mask = scene.mask(number);
        boolean keypoints = annotations == SceneAnnotations.PERSON_KEYPOINTS;
        double[] points = !keypoints ? new double[0]
                : thing.crowd() ? new double[3 * KeypointLayout.COCO_PERSON.names().size()]
                : scene.points().get(number).in(KeypointLayout.COCO_PERSON);
        int label = keypoints ? 0 : plan.categories().indexOf(thing.category());
        return new Instance(id, label, thing.category().id(), mask.bounds(), mask.area(), thing.crowd(), false, Optional.of(mask),
                points, Optional.empty());
    }

    /** A joint is given wherever it is inside of the picture, hidden or not, as annotators of MPII do. */
    private static Instance mpii(long id, SeenPoints points, boolean withHead) {
        double[] joints = points.in(KeypointLayout.MPII_PERSON);
        IntStream.range(0, joints.length / 3).filter(i -> joints[3 * i + 2] > 0).forEach(i -> joints[3 * i + 2] = 2);
        BoundingBox box = mpiiBox(points.whole().orElseThrow());
        return new Instance(id, 0, 1, box, box.area(), false, false, Optional.empty(), joints,
                withHead ? points.head() : Optional.empty());
    }

    /** The square that the person's centre and scale stand for. */
    private static BoundingBox mpiiBox(BoundingBox whole) {
        double side = MPII_UNIT * Math.ceil(Math.max(whole.width(), whole.height()) / MPII_UNIT * SCALE_STEP) / SCALE_STEP;
        return new BoundingBox(whole.x() + whole.width() / 2 - side / 2, whole.y() + whole.height() / 2 - side / 2, side, side);
    }
}
