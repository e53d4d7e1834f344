package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;

/**
 * A person: trunk, head and four limbs, posed by chance, standing on the ground and facing where it was told. The person's left
 * arm and leg wear warm colours, the right ones cold colours, so that a picture shows which is which.
 *
 * @param bodies in the scene
 * @param points the places of COCO's and MPII's keypoints in the scene, by name
 * @param head   the bodies that make up the head, without the neck
 */
record Figure(List<Body> bodies, Map<String, Point> points, List<Body> head) {

    /**
     * A keypoint.
     *
     * @param at    x, y, z in the scene
     * @param flesh how deep it lies under the person's own surface at most
     */
    record Point(double[] at, double flesh) {}

    private static final String[] SIDES = {"left_", "right_"};

    /** Builds a figure in its own frame: the pelvis is the origin, x its left, y its back, z up. */
    private static final class Builder {

        private final double height;
        private final MeshBuilder trunk = new MeshBuilder();
        private final MeshBuilder head = new MeshBuilder();
        private final MeshBuilder hair = new MeshBuilder();
        private final MeshBuilder[] limbs = {new MeshBuilder(), new MeshBuilder()};
        private final MeshBuilder skin = new MeshBuilder();
        private final Map<String, double[]> points = new LinkedHashMap<>();
        private final Map<String, Double> flesh = new LinkedHashMap<>();

        Builder(double height) {
            this.height = height;
        }

        /** Lengths below are parts of the height. */
        private Affine step(Affine frame, double x, double y, double z) {
            return frame.after(Affine.move(height * x, height * y, height * z));
        }

        private void point(String name, Affine frame, double deep) {
            points.put(name, new double[] {frame.m()[3], frame.m()[7], frame.m()[11]});
            flesh.put(name, height * deep);
        }

        private void capsule(MeshBuilder mesh, Affine frame, double length, double top, double bottom) {
            mesh.in(frame, m -> m.capsule(0, 0, 0, 0, 0, -height * length, height * top, height * bottom));
        }

        private void ball(MeshBuilder mesh, Affine frame, double x, double y, double z, double rx, double ry, double rz) {
            int segments = Math.max(rx, ry) > 0.05 ? 18 : 10;
            mesh.in(frame.after(Affine.scale(height, height, height)), m -> m.ellipsoid(segments, x, y, z, rx, ry, rz));
        }

        void build(Pose pose) {
            Affine body = Affine.turnY(pose.side()).after(Affine.turnX(pose.lean()));
            Affine scaled = body.after(Affine.scale(height, 0.62 * height, height));
            trunk.in(scaled, m -> m.lathe(20, 0, -0.075, 0.06, -0.06, 0.088, -0.01, 0.082, 0.06, 0.098, 0.16, 0.106, 0.24, 0.085, 0.29,
                    0.035, 0.315, 0, 0.318));
            point("pelvis", body, 0.09);
            point("thorax", step(body, 0, 0, 0.285), 0.09);
            head(step(body, 0, 0, 0.3), pose);
            for (int i = 0; i < 2; i++) {
                arm(i, body, pose.arms()[i]);
                leg(i, body, pose.legs()[i]);
            }
        }

        private void head(Affine base, Pose pose) {
            capsule(skin, step(base, 0, 0, 0.06), 0.06, 0.036, 0.042);
            point("upper_neck", step(base, 0, 0, 0.045), 0.06);
            Affine skull = step(base, 0, 0, 0.055).after(Affine.turnZ(pose.turn())).after(Affine.turnX(pose.nod()));
            ball(head, skull, 0, 0, 0.075, 0.056, 0.068, 0.08);
            ball(head, skull, 0, -0.07, 0.062, 0.011, 0.018, 0.015);
            ball(hair, skull, 0, 0.012, 0.1, 0.061, 0.066, 0.064);
            point("nose", step(skull, 0, -0.084, 0.062), 0.015);
            point("head_top", step(skull, 0, 0.005, 0.16), 0.03);
            for (int i = 0; i < 2; i++) {
                double sign = i == 0 ? 1 : -1;
                head.tone(0.12);
                ball(head, skull, sign * 0.024, -0.06, 0.085, 0.0115, 0.0115, 0.0115);
                head.tone(0.85);
                ball(head, skull, sign * 0.057, 0.004, 0.068, 0.01, 0.018, 0.024);
                head.tone(1);
                point(SIDES[i] + "eye", step(skull, sign * 0.024, -0.068, 0.085), 0.012);
                point(SIDES[i] + "ear", step(skull, sign * 0.062, 0.004, 0.068), 0.016);
            }
        }

        private void arm(int i, Affine body, double[] angles) {
            double sign = i == 0 ? 1 : -1;
            Affine shoulder = step(body, sign * 0.112, 0, 0.268).after(Affine.turnY(-sign * angles[1]))
                    .after(Affine.turnX(-angles[0]));
            Affine elbow = step(shoulder, 0, 0, -0.165).after(Affine.turnX(-angles[2]));
            Affine wrist = step(elbow, 0, 0, -0.145);
            limbs[i].tone(1);
            capsule(limbs[i], shoulder, 0.165, 0.043, 0.035);
            limbs[i].tone(1.15);
            capsule(limbs[i], elbow, 0.145, 0.034, 0.026);
            ball(skin, wrist, 0, 0, -0.035, 0.026, 0.026, 0.038);
            point(SIDES[i] + "shoulder", shoulder, 0.06);
            point(SIDES[i] + "elbow", elbow, 0.045);
            point(SIDES[i] + "wrist", wrist, 0.036);
        }

        private void leg(int i, Affine body, double[] angles) {
            double sign = i == 0 ? 1 : -1;
            // legs do not lean with the trunk
            Affine hip = step(Affine.IDENTITY, sign * 0.056, 0, -0.02).after(Affine.turnY(-sign * angles[1]))
                    .after(Affine.turnX(-angles[0]));
            Affine knee = step(hip, 0, 0, -0.235).after(Affine.turnX(angles[2]));
            Affine ankle = step(knee, 0, 0, -0.225);
            limbs[i].tone(0.72);
            capsule(limbs[i], hip, 0.235, 0.062, 0.047);
            limbs[i].tone(0.62);
            capsule(limbs[i], knee, 0.225, 0.046, 0.033);
            limbs[i].tone(0.22);
            ball(limbs[i], ankle, 0, -0.035, -0.022, 0.035, 0.075, 0.026);
            point(SIDES[i] + "hip", hip, 0.09);
            point(SIDES[i] + "knee", knee, 0.06);
            point(SIDES[i] + "ankle", ankle, 0.045);
        }
    }

    /** A figure at a place on the ground; {@code facing} 0 looks against y, to the camera of a {@link Stage}; in radians. */
    static Figure at(double x, double y, double facing, Draws draws) {
        double height = draws.uniform(1.5, 1.85);
        Builder b = new Builder(height);
        b.build(Pose.draw(draws));
        double warm = draws.uniform(-0.02, 0.11);
        double cold = draws.uniform(0.5, 0.66);
        double[] skin = Colours.hsv(draws.uniform(0.04, 0.09), draws.uniform(0.3, 0.6), draws.uniform(0.35, 0.9));
        double[] shirt = Colours.hsv(draws.uniform(0.2, 0.45), draws.uniform(0, 0.55), draws.uniform(0.15, 0.85));
        double[] hair = Colours.hsv(draws.uniform(0.03, 0.12), draws.uniform(0.2, 0.7), draws.uniform(0.04, 0.5));
        double[][] colours = {skin, hair, shirt, Colours.hsv(warm, draws.uniform(0.7, 0.95), draws.uniform(0.65, 0.95)),
            Colours.hsv(cold, draws.uniform(0.6, 0.95), draws.uniform(0.55, 0.9)), skin};
        List<Mesh> meshes = new ArrayList<>();
        for (MeshBuilder part : List.of(b.head, b.hair, b.trunk, b.limbs[0], b.limbs[1], b.skin)) {
            meshes.add(part.build());
        }
        double lowest = 0;
        for (Mesh mesh : meshes) {
            for (int i = 2; i < mesh.points().length; i += 3) {
                lowest = Math.min(lowest, mesh.points()[i]);
            }
        }
        double[] turn = Rotations.z(facing);
        double[] place = {x, y, -lowest};
        List<Body> bodies = new ArrayList<>();
        for (int i = 0; i < colours.length; i++) {
            bodies.add(new Body(meshes.get(i), turn, place, Surface.plain(colours[i]), true));
        }
        Map<String, Point> points = new LinkedHashMap<>();
        b.points.forEach((name, p) -> points.put(name, new Point(new double[] {turn[0] * p[0] + turn[1] * p[1] + x,
            turn[3] * p[0] + turn[4] * p[1] + y, p[2] + place[2]}, b.flesh.get(name))));
        return new Figure(bodies, points, bodies.subList(0, 2));
    }
}
