package org.equirepro.evaluation.keypoints;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/** The persons of a split, each a sample of its own, in the order of the pictures and of their objects. */
final class Persons {

    private static final String OBJECTS = "json";

    /**
     * A person whose keypoints are sought.
     *
     * @param picture number in the split
     * @param place among the picture's objects; -1 for a box that a detector gave
     * @param box around the person, in pixels
     * @param score of the box; 1 for an annotated one
     */
    record Person(int picture, int place, BoundingBox box, double score) {}

    private Persons() {}

    /** What is known about a picture. */
    static PictureObjects objects(Split split, int i) {
        return PictureObjects.parse(split.key(i), split.member(i, OBJECTS).orElseThrow(() ->
                UserError.badData(Path.of(split.key(i)), "has no objects beside it; prepare a set in COCO's or MPII's layout")));
    }

    /** The annotated persons of the first pictures that are told apart, have a box and satisfy {@code wanted}. */
    static List<Person> annotated(Split split, int pictures, Predicate<Instance> wanted) {
        return IntStream.range(0, pictures).parallel().mapToObj(i -> {
            List<Instance> objects = objects(split, i).objects();
            List<Person> persons = new ArrayList<>();
            for (int place = 0; place < objects.size(); place++) {
                Instance object = objects.get(place);
                if (!object.crowd() && !object.ignore() && !object.box().degenerate() && wanted.test(object)) {
                    persons.add(new Person(i, place, object.box(), 1));
                }
            }
            return persons;
        }).flatMap(List::stream).toList();
    }
}
