package org.equirepro.vision.render;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.KeypointLayout;

/**
 * A person's keypoints in the picture. Whole numbers are the middles of pixels, as in COCO's and MPII's files (from 0), and all
 * are multiples of 1/16, so that adding 1 and taking it away again changes nothing.
 *
 * @param points x, y and visibility by name: 0 outside of the picture, 1 hidden, 2 visible
 * @param whole  around all of the person, hidden or not and inside of the picture or not; empty for solids
 * @param head   the same around the head
 */
record SeenPoints(Map<String, double[]> points, Optional<BoundingBox> whole, Optional<BoundingBox> head) {

    private static final double STEP = 16;

    /**
     * The keypoints of a thing in the picture that the renderer drew last. A point is hidden if anything lies before it by more
     * than the person's own flesh around the point.
     */
    static SeenPoints of(Thing thing, Projection camera, Renderer renderer) {
        if (thing.figure().isEmpty()) {
            return new SeenPoints(Map.of(), Optional.empty(), Optional.empty());
        }
        Map<String, double[]> points = new LinkedHashMap<>();
        double[] place = new double[3];
        int size = renderer.size();
        thing.figure().get().points().forEach((name, point) -> {
            camera.project(point.at()[0], point.at()[1], point.at()[2], size, place, 0);
            boolean inside = place[0] >= 0 && place[1] >= 0 && place[0] < size && place[1] < size;
            if (!inside) {
                points.put(name, new double[3]);
                return;
            }
            double before = 1 / renderer.nearness((int) (place[0] * renderer.samples()), (int) (place[1] * renderer.samples()));
            boolean free = before <= 0 || before >= 1 / place[2] - point.flesh();
            points.put(name, new double[] {pixel(place[0], size), pixel(place[1], size), free ? 2 : 1});
        });
        return new SeenPoints(points, Optional.of(around(thing.bodies(), camera, size)),
                Optional.of(around(thing.figure().get().head(), camera, size)));
    }

    private static double pixel(double place, int size) {
        return Math.min(size - 1, Math.max(0, Math.rint(STEP * (place - 0.5)) / STEP));
    }

    private static BoundingBox around(List<Body> bodies, Projection camera, int size) {
        double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        double[] at = new double[3];
        double[] place = new double[3];
        for (Body body : bodies) {
            for (int i = 0; i < body.mesh().points().length; i += 3) {
                body.place(i, at, 0);
                camera.project(at[0], at[1], at[2], size, place, 0);
                for (int axis = 0; axis < 2; axis++) {
                    low[axis] = Math.min(low[axis], place[axis]);
                    high[axis] = Math.max(high[axis], place[axis]);
                }
            }
        }
        double left = Math.rint(STEP * (low[0] - 0.5)) / STEP;
        double top = Math.rint(STEP * (low[1] - 0.5)) / STEP;
        return new BoundingBox(left, top, Math.rint(STEP * (high[0] - low[0])) / STEP, Math.rint(STEP * (high[1] - low[1])) / STEP);
    }

    /** x, y and visibility of every point of the layout. */
    double[] in(KeypointLayout layout) {
        double[] all = new double[3 * layout.names().size()];
        for (int i = 0; i < layout.names().size(); i++) {
            System.arraycopy(points.get(layout.names().get(i)), 0, all, 3 * i, 3);
        }
        return all;
    }
}
