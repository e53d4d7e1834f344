package org.equirepro.evaluation.keypoints;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.PictureObjects;

/**
 * Where the persons are that are tested: as they are annotated, or as a detector found them, whose result file the recipe's section
 * {@code boxes} names with its SHA-256, so that equal recipes have equal results.
 *
 * @param persons in the order of the pictures
 * @param images ids of the pictures by their numbers
 * @param category the set's id of a person
 * @param annotated whether the boxes are the annotators'
 */
record PersonBoxes(List<Persons.Person> persons, long[] images, long category, boolean annotated) {

    static PersonBoxes of(FineTuneSession session, int points) {
        Split test = session.test();
        int pictures = session.tested(test.size());
        List<PictureObjects> objects = IntStream.range(0, pictures).parallel().mapToObj(i -> Persons.objects(test, i)).toList();
        long[] images = objects.stream().mapToLong(PictureObjects::imageId).toArray();
        long category = objects.stream().flatMap(o -> o.objects().stream()).filter(o -> o.keypoints().length > 0).findFirst()
                .orElseThrow(() -> UserError.badData(session.data().folder(), "has no person with keypoints in the split " + test.name()))
                .category();
        if (session.recipe().has("boxes")) {
            return new PersonBoxes(detected(session.recipe().at("boxes"), objects, category), images, category, false);
        }
        return new PersonBoxes(Persons.annotated(test, pictures, person -> person.labelledKeypoints() > 0
                && person.keypoints().length == 3 * points), images, category, true);
    }

    private static List<Persons.Person> detected(Settings section, List<PictureObjects> objects, long category) {
        Path file = Path.of(section.text("file"));
        requireSame(file, section);
        Map<Long, Integer> numbers = new HashMap<>();
        for (int i = 0; i < objects.size(); i++) {
            numbers.put(objects.get(i).imageId(), i);
        }
        double least = section.real("score", 0);
        List<Persons.Person> persons = new ArrayList<>();
        for (Detection d : CocoResults.read(file, new CocoTruth(List.of(category), objects))) {
            if (d.category() == category && d.score() >= least && d.box().isPresent() && !d.box().get().degenerate()) {
                persons.add(new Persons.Person(numbers.get(d.image()), -1, d.box().get(), d.score()));
            }
        }
        persons.sort(Comparator.comparingInt(Persons.Person::picture)); // stable: a picture's remain in the file's order
        return List.copyOf(persons);
    }

    private static void requireSame(Path file, Settings section) {
        try {
            String found = Hashes.sha256(file);
            if (!found.equals(section.text("sha256"))) {
                throw UserError.badData(file, "has the SHA-256 " + found + ", " + section.source() + " says boxes.sha256: "
                        + section.text("sha256"));
            }
        } catch (IOException e) {
            throw UserError.missing(file, "cannot be read: " + e.getMessage());
        }
    }

    long image(Persons.Person person) {
        return images[person.picture()];
    }

    /** How results name where the boxes come from. */
    String protocol() {
        return annotated ? "annotated_boxes" : "detected_boxes";
    }
}
