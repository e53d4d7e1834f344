package org.equirepro.vision.data;

import java.nio.file.Path;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/** What lies beside a picture must fit it. */
final class Members {

    private Members() {}

    /**
     * Refuses a label map, a depth map or a list of objects that is damaged or was made for a picture of another size.
     *
     * @param picture null where the size does not matter
     */
    static void check(String key, String name, byte[] bytes, Picture picture) {
        int width;
        int height;
        switch (name) {
            case "png" -> {
                LabelMap map = PictureDecoder.labels(key, bytes);
                width = map.width();
                height = map.height();
            }
            case "depth", "depth256" -> {
                DepthMap map = DepthMap.Unit.of(name).orElseThrow().decode(key, bytes);
                width = map.width();
                height = map.height();
            }
            case "json" -> {
                PictureObjects objects = PictureObjects.parse(key, bytes);
                width = objects.width();
                height = objects.height();
            }
            default -> throw new IllegalStateException("no check for members called " + name);
        }
        if (picture != null && (width != picture.width() || height != picture.height())) {
            String what = name.equals("json") ? "annotation" : name.equals("png") ? "label map" : "depth map";
            throw UserError.badData(Path.of(key), "has " + picture.width() + " x " + picture.height() + " pixels, its " + what + " says "
                    + width + " x " + height);
        }
    }
}
