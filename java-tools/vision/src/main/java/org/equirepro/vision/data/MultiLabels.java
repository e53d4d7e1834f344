package org.equirepro.vision.data;

import org.equirepro.base.UserError;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/** Which classes pictures with objects show, for classification with several labels a picture. */
public final class MultiLabels {

    /** The class is in the picture. */
    public static final byte PRESENT = 1;
    /** The class is not in the picture. */
    public static final byte ABSENT = 0;
    /** All objects of the class are marked difficult: the picture is not scored for it. */
    public static final byte DIFFICULT = -1;

    private MultiLabels() {}

    /** [pictures of the split, classes]; each {@link #PRESENT}, {@link #ABSENT} or {@link #DIFFICULT}. */
    public static byte[][] of(Split split, int classes) {
        byte[][] labels = new byte[split.size()][classes];
        for (int i = 0; i < labels.length; i++) {
            String key = split.key(i);
            byte[] json = split.member(i, "json").orElseThrow(() -> UserError.usage(key + " has no list of objects"));
            for (Instance object : PictureObjects.parse(key, json).objects()) {
                if (!object.ignore()) {
                    labels[i][object.label()] = PRESENT;
                } else if (labels[i][object.label()] == ABSENT) {
                    labels[i][object.label()] = DIFFICULT;
                }
            }
        }
        return labels;
    }
}
