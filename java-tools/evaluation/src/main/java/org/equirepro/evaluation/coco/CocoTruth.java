package org.equirepro.evaluation.coco;

import java.io.BufferedInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.CocoFile;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/**
 * What detections are scored against. Of an object's numbers COCO's evaluation uses the id, too: id 0 stands for no match, so an
 * object of that id is never found. pycocotools has that property and other evaluations of these files share it.
 *
 * @param categories ids of the classes, ascending
 * @param pictures by ascending id; their objects in the order of the file
 */
public record CocoTruth(List<Long> categories, List<PictureObjects> pictures) {

    /**
     * In any order.
     *
     * @throws IllegalArgumentException if a category or a picture is there twice
     */
    public CocoTruth {
        categories = categories.stream().sorted().toList();
        pictures = pictures.stream().sorted(Comparator.comparingLong(PictureObjects::imageId)).toList();
        if (categories.stream().distinct().count() < categories.size()) {
            throw new IllegalArgumentException("a category is there twice");
        }
        if (pictures.stream().map(PictureObjects::imageId).distinct().count() < pictures.size()) {
            throw new IllegalArgumentException("a picture is there twice");
        }
    }

    /**
     * Reads an annotation file of COCO.
     *
     * @throws UserError if it is not there or damaged
     */
    public static CocoTruth read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such file of annotations");
        }
        CocoFile coco = CocoFile.open(file, () -> new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        List<List<Instance>> objects = new ArrayList<>();
        coco.images().forEach(image -> objects.add(new ArrayList<>()));
        coco.annotations((image, object) -> objects.get(image).add(object));
        List<PictureObjects> pictures = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            CocoFile.Image image = coco.images().get(i);
            pictures.add(new PictureObjects(image.id(), image.width(), image.height(), objects.get(i)));
        }
        return new CocoTruth(coco.categories().stream().map(CocoFile.Category::id).toList(), pictures);
    }

    /** The same categories with the pictures of these ids only. */
    public CocoTruth only(Set<Long> ids) {
        return new CocoTruth(categories, pictures.stream().filter(picture -> ids.contains(picture.imageId())).toList());
    }

    /** The pictures by id. */
    Map<Long, PictureObjects> byId() {
        Map<Long, PictureObjects> byId = new HashMap<>();
        pictures.forEach(picture -> byId.put(picture.imageId(), picture));
        return byId;
    }
}
