package org.equirepro.tensor.boxes;

import java.util.Arrays;

/**
 * Boxes in Java arrays: four numbers each, x1, y1, x2, y2 in pixels, x1 to x2 being the width (no pixel is added). Arithmetic is
 * in float32 and in torchvision's order, so that what is compared with a threshold falls on the same side.
 */
public final class Boxes {

    private Boxes() {}

    /** Number of boxes. */
    public static int count(float[] boxes) {
        if (boxes.length % 4 != 0) {
            throw new IllegalArgumentException("boxes are 4 numbers each, found " + boxes.length);
        }
        return boxes.length / 4;
    }

    /** Area of box {@code i}; negative if only one side is reversed. */
    public static float area(float[] boxes, int i) {
        return (boxes[4 * i + 2] - boxes[4 * i]) * (boxes[4 * i + 3] - boxes[4 * i + 1]);
    }

    /** Intersection over union of box {@code i} of {@code a} with box {@code j} of {@code b}; not a number if both are empty. */
    public static float iou(float[] a, int i, float[] b, int j) {
        float width = Math.max(0, Math.min(a[4 * i + 2], b[4 * j + 2]) - Math.max(a[4 * i], b[4 * j]));
        float height = Math.max(0, Math.min(a[4 * i + 3], b[4 * j + 3]) - Math.max(a[4 * i + 1], b[4 * j + 1]));
        float shared = width * height;
        return shared / (area(a, i) + area(b, j) - shared);
    }

    /** {@link #iou} of every pair, a row for each box of {@code a}. */
    public static float[] iou(float[] a, float[] b) {
        int rows = count(a);
        int columns = count(b);
        float[] all = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                all[i * columns + j] = iou(a, i, b, j);
            }
        }
        return all;
    }

    /** A copy with every coordinate inside of a picture. */
    public static float[] clip(float[] boxes, float width, float height) {
        float[] clipped = boxes.clone();
        for (int i = 0; i < 4 * count(boxes); i++) {
            clipped[i] = Math.min(Math.max(boxes[i], 0), i % 2 == 0 ? width : height);
        }
        return clipped;
    }

    /** Indices of the boxes with both sides at least {@code side}, ascending. */
    public static int[] atLeast(float[] boxes, double side) {
        int[] kept = new int[count(boxes)];
        int n = 0;
        for (int i = 0; i < kept.length; i++) {
            if (boxes[4 * i + 2] - boxes[4 * i] >= side && boxes[4 * i + 3] - boxes[4 * i + 1] >= side) {
                kept[n++] = i;
            }
        }
        return Arrays.copyOf(kept, n);
    }

    /** The boxes at these indices. */
    public static float[] select(float[] boxes, int[] indices) {
        float[] selected = new float[4 * indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(boxes, 4 * indices[i], selected, 4 * i, 4);
        }
        return selected;
    }
}
