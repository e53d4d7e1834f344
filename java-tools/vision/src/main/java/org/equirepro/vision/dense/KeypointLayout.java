package org.equirepro.vision.dense;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keypoints of a class: their names, the bones between them and the left-right pairs that trade places in a mirrored picture.
 *
 * @param names of the points in their order
 * @param bones pairs of indices, to draw
 * @param mirrored index of the point that a point becomes in a mirrored picture
 */
public record KeypointLayout(List<String> names, int[][] bones, int[] mirrored) {

    /** The 17 points of a person in COCO. */
    public static final KeypointLayout COCO_PERSON = of(List.of("nose", "left_eye", "right_eye", "left_ear", "right_ear",
            "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
            "left_knee", "right_knee", "left_ankle", "right_ankle"),
            new int[][] {{15, 13}, {13, 11}, {16, 14}, {14, 12}, {11, 12}, {5, 11}, {6, 12}, {5, 6}, {5, 7}, {6, 8}, {7, 9}, {8, 10},
                {1, 2}, {0, 1}, {0, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 6}});

    /** The 16 points of a person in MPII. */
    public static final KeypointLayout MPII_PERSON = of(List.of("right_ankle", "right_knee", "right_hip", "left_hip", "left_knee",
            "left_ankle", "pelvis", "thorax", "upper_neck", "head_top", "right_wrist", "right_elbow", "right_shoulder",
            "left_shoulder", "left_elbow", "left_wrist"),
            new int[][] {{0, 1}, {1, 2}, {2, 6}, {6, 3}, {3, 4}, {4, 5}, {6, 7}, {7, 8}, {8, 9}, {10, 11}, {11, 12}, {12, 7}, {7, 13},
                {13, 14}, {14, 15}});

    /** The layout with this many points, if it is a known one. */
    public static Optional<KeypointLayout> of(int points) {
        return Stream.of(COCO_PERSON, MPII_PERSON).filter(layout -> layout.names().size() == points).findFirst();
    }

    /**
     * {@link #mirrored} of the layout with this many points.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static int[] mirrored(int points) {
        return points == 0 ? new int[0] : of(points).orElseThrow(() -> new IllegalArgumentException("no known layout has " + points
                + " keypoints, so none can be mirrored")).mirrored();
    }

    private static KeypointLayout of(List<String> names, int[][] bones) {
        int[] mirrored = new int[names.size()];
        for (int i = 0; i < mirrored.length; i++) {
            String name = names.get(i);
            int other = names.indexOf(name.startsWith("left_") ? "right_" + name.substring(5)
                    : name.startsWith("right_") ? "left_" + name.substring(6) : name);
            mirrored[i] = other;
        }
        return new KeypointLayout(names, bones, mirrored);
    }
}
