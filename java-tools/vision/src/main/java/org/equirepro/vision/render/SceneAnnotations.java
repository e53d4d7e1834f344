package org.equirepro.vision.render;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** What lies beside the pictures of a data set of scenes, in the form in which the readers of COCO, MPII and ADE20K give it. */
public enum SceneAnnotations {
    /** Every object with its box and mask, as COCO's instances. */
    INSTANCES,
    /** Persons with 17 keypoints, boxes and masks, as COCO's person keypoints. */
    PERSON_KEYPOINTS,
    /** Persons with 16 joints and, in the test pictures, a box about the head, as MPII. */
    MPII,
    /** The class of every pixel, as ADE20K. */
    SEGMENTATION;

    /** The value of the key {@code annotations}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean personsOnly() {
        return this == PERSON_KEYPOINTS || this == MPII;
    }

    static SceneAnnotations named(Settings settings) {
        String word = settings.text("annotations");
        return Arrays.stream(values()).filter(a -> a.word().equals(word)).findFirst()
                .orElseThrow(() -> UserError.usage(settings.source() + ": annotations must be one of "
                        + Arrays.stream(values()).map(SceneAnnotations::word).collect(Collectors.joining(", ")) + ", found " + word));
    }
}
