package org.equirepro.evaluation.coco;

import java.util.List;

/** What detections are compared by, with COCO's rules for it. The names of the JSON cases are these in lower case. */
public enum IouType {
    /** Intersection over union of boxes. */
    BBOX(List.of(Area.ALL, Area.SMALL, Area.MEDIUM, Area.LARGE), List.of(1, 10, 100)),
    /** Intersection over union of masks. */
    SEGM(List.of(Area.ALL, Area.SMALL, Area.MEDIUM, Area.LARGE), List.of(1, 10, 100)),
    /** Object keypoint similarity; small persons have no keypoints. */
    KEYPOINTS(List.of(Area.ALL, Area.MEDIUM, Area.LARGE), List.of(20));

    /**
     * Objects by size.
     *
     * @param suffix of the numbers for this size
     * @param low smallest area in square pixels, which belongs to it
     * @param high largest area, which belongs to it, too
     */
    record Area(String suffix, double low, double high) {
        static final Area ALL = new Area("", 0, 1e10);
        static final Area SMALL = new Area("s", 0, 32 * 32);
        static final Area MEDIUM = new Area("m", 32 * 32, 96 * 96);
        static final Area LARGE = new Area("l", 96 * 96, 1e10);

        boolean outside(double area) {
            return area < low || area > high;
        }
    }

    private final List<Area> areas;
    private final List<Integer> limits;

    IouType(List<Area> areas, List<Integer> limits) {
        this.areas = areas;
        this.limits = limits;
    }

    /** Sizes that are scored apart, all of them first. */
    List<Area> areas() {
        return areas;
    }

    /** How many detections of a category count in a picture, ascending. */
    List<Integer> limits() {
        return limits;
    }
}
