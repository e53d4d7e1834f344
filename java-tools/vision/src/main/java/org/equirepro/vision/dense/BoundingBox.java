package org.equirepro.vision.dense;

/**
 * A box as COCO writes it.
 *
 * @param x left side, in pixels from the picture's left side
 * @param y upper side, in pixels from the picture's upper side
 * @param width in pixels; 0 or less for a degenerate box
 * @param height in pixels; 0 or less for a degenerate box
 */
public record BoundingBox(double x, double y, double width, double height) {

    public double area() {
        return width * height;
    }

    /** Whether it has no pixels. */
    public boolean degenerate() {
        return !(width > 0 && height > 0);
    }

    /**
     * Intersection over union; for a crowd region, over this box's own area, so that every object inside of the crowd meets it.
     *
     * @param crowd whether {@code truth} is a crowd region
     */
    public double overlap(BoundingBox truth, boolean crowd) {
        double w = Math.min(x + width, truth.x + truth.width) - Math.max(x, truth.x);
        double h = Math.min(y + height, truth.y + truth.height) - Math.max(y, truth.y);
        if (w <= 0 || h <= 0) {
            return 0;
        }
        double common = w * h;
        return common / (crowd ? area() : area() + truth.area() - common);
    }
}
