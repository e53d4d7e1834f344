package org.equirepro.vision.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;

final class SampleSheetTest {

    private static final Picture GREY = grey();

    private static Picture grey() {
        Picture picture = Picture.black(100, 80);
        Arrays.fill(picture.rgb(), (byte) 128);
        return picture;
    }

    private static Instance object(boolean crowd, double... keypoints) {
        return new Instance(1, 0, 1, new BoundingBox(20, 30, 40, 30), 1200, crowd, false,
                Optional.of(new Polygons(List.of(new double[] {20, 30, 60, 30, 60, 60, 20, 60}))), keypoints, Optional.empty());
    }

    private static BufferedImage draw(Optional<LabelMap> labels, Instance... objects) {
        return new SampleSheet(1, 200).draw(List.of(new Annotated("key", "caption", GREY, labels, Optional.empty(), List.of(objects))),
                List.of("cat"));
    }

    /** Colour at a place of the picture, which is drawn at twice its size. */
    private static Color at(BufferedImage sheet, double x, double y) {
        return new Color(sheet.getRGB((int) (10 + 2 * x), (int) (10 + 2 * y)));
    }

    private static int colourfulness(Color c) {
        return Math.max(c.getRed(), Math.max(c.getGreen(), c.getBlue())) - Math.min(c.getRed(), Math.min(c.getGreen(), c.getBlue()));
    }

    @Test
    void masksTintWhatTheyCover() {
        BufferedImage sheet = draw(Optional.empty(), object(false));
        assertTrue(colourfulness(at(sheet, 50, 50)) > 40);
        assertEquals(new Color(128, 128, 128), at(sheet, 90, 70));
        assertTrue(colourfulness(at(sheet, 20, 45)) > colourfulness(at(sheet, 50, 50)), "the box is stronger than the mask");
    }

    @Test
    void labelMapsLeaveIgnoredPixelsAlone() {
        byte[] labels = new byte[100 * 80];
        Arrays.fill(labels, 0, 40 * 100, (byte) 0);
        Arrays.fill(labels, 40 * 100, labels.length, (byte) LabelMap.IGNORE);
        BufferedImage sheet = draw(Optional.of(new LabelMap(100, 80, labels)));
        assertTrue(colourfulness(at(sheet, 5, 5)) > 40);
        assertEquals(new Color(128, 128, 128), at(sheet, 50, 70));
    }

    @Test
    void keypointsOfAPersonAreJoinedAndHiddenOnesHollow() {
        double[] keypoints = new double[51];
        keypoints[3 * 5] = 70;
        keypoints[3 * 5 + 1] = 10;
        keypoints[3 * 5 + 2] = 2;
        keypoints[3 * 7] = 90;
        keypoints[3 * 7 + 1] = 10;
        keypoints[3 * 7 + 2] = 1;
        BufferedImage sheet = draw(Optional.empty(), object(true, keypoints));
        assertTrue(colourfulness(at(sheet, 80, 10)) > 100, "left shoulder to left elbow");
        assertNotEquals(at(sheet, 95, 10), at(sheet, 70, 10));
    }

    @Test
    void equalSamplesGiveEqualSheets() {
        int[] one = draw(Optional.empty(), object(false)).getRGB(0, 0, 220, 180, null, 0, 220);
        int[] two = draw(Optional.empty(), object(false)).getRGB(0, 0, 220, 180, null, 0, 220);
        assertTrue(Arrays.equals(one, two));
        assertTrue(!Arrays.equals(one, draw(Optional.empty(), object(true)).getRGB(0, 0, 220, 180, null, 0, 220)));
    }
}
