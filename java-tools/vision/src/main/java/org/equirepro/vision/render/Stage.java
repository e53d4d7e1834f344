package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Draws;

/**
 * Where a scene plays: a room (a floor and one wall, or two that meet) or a meadow under the sky, with its camera and its lights.
 * Lengths are metres, the ground is z = 0, and the camera looks along y.
 *
 * @param bodies   floor and walls
 * @param stuff    what each of them is
 * @param camera   the view
 * @param distance of the eye from the middle of the ground, along y
 * @param lighting the lights
 * @param sky      what is seen beyond everything
 * @param walls    for every wall a point x, y of it and the direction x, y that points into the room
 */
record Stage(List<Body> bodies, List<Stuff> stuff, Projection camera, double distance, Lighting lighting, Backdrop.Painted sky,
        List<double[]> walls) {

    /** Half of the picture's width at distance 1. */
    static final double HALF_VIEW = 0.4;

    /** Where walls and ground end, before the eye. */
    private static final double NEAREST = 0.8;

    static Stage of(Draws draws) {
        double distance = draws.uniform(3.4, 4.7);
        double eye = draws.uniform(1.1, 2.5);
        double target = draws.uniform(0.65, 0.9);
        Projection camera = Projection.perspective(new double[] {0, -distance, eye}, new double[] {0, 0, target},
                StrictMath.atan(HALF_VIEW));
        if (draws.chance(0.35)) {
            return meadow(draws, camera, distance);
        }
        double down = (eye - target) / distance;
        double highestRay = Math.max(0, (HALF_VIEW - down) / (1 + HALF_VIEW * down)); // its slope
        return room(draws, camera, distance, eye + 0.3 + 10 * highestRay);
    }

    private static Stage room(Draws draws, Projection camera, double distance, double height) {
        List<Body> bodies = new ArrayList<>();
        List<Stuff> stuff = new ArrayList<>(List.of(Stuff.FLOOR));
        List<double[]> walls = new ArrayList<>();
        bodies.add(Body.fixed(ground(distance, 9, 14, 14), StageTextures.floor(draws)));
        Surface paint = StageTextures.wall(draws);
        double back = draws.uniform(2.6, 4.2);
        boolean corner = draws.chance(0.4);
        double turn = StrictMath.toRadians(corner ? draws.uniform(20, 70) : draws.uniform(-22, 22));
        double at = corner ? draws.uniform(-1.5, 1.5) : 0;
        // each wall goes from the corner, or from the middle, sideways and towards the camera
        double[][] along = corner
                ? new double[][] {{StrictMath.cos(turn), -StrictMath.sin(turn)}, {-StrictMath.sin(turn), -StrictMath.cos(turn)}}
                : new double[][] {{StrictMath.cos(turn), -StrictMath.sin(turn)}};
        for (double[] d : along) {
            double length = Math.min(8, (back + distance - NEAREST) / Math.max(0.01, Math.abs(d[1])));
            double start = corner ? 0 : -length;
            double[] into = d[0] >= 0 ? new double[] {d[1], -d[0]} : new double[] {-d[1], d[0]};
            double[] left = {at + start * d[0], back + start * d[1]};
            double[] right = {at + length * d[0], back + length * d[1]};
            bodies.add(Body.fixed(d[0] >= 0 ? wall(left, right, height, into) : wall(right, left, height, into), paint));
            stuff.add(Stuff.WALL);
            walls.add(new double[] {at, back, into[0], into[1]});
        }
        double[] above = Colours.hsv(draws.uniform(0.05, 0.17), draws.uniform(0, 0.15), draws.uniform(0.4, 0.55));
        double[] below = Colours.hsv(draws.uniform(), 0.15, draws.uniform(0.12, 0.25));
        double[] lamp = Colours.hsv(draws.uniform(0.05, 0.17), draws.uniform(0, 0.25), draws.uniform(0.35, 0.65));
        double[] toLamp = Projection.unit(draws.uniform(-0.9, 0.9), draws.uniform(-1, -0.25), draws.uniform(0.7, 1.6));
        Lighting lights = lights(above, below, lamp, toLamp);
        return new Stage(bodies, stuff, camera, distance, lights, (across, down, out) -> Arrays.fill(out, 0.5), walls);
    }

    private static Stage meadow(Draws draws, Projection camera, double distance) {
        Body grass = Body.fixed(ground(distance, 9, 120, 90), StageTextures.grass(draws));
        double[] above = Colours.hsv(draws.uniform(0.52, 0.62), draws.uniform(0.05, 0.3), draws.uniform(0.35, 0.5));
        double[] below = Colours.hsv(draws.uniform(0.2, 0.3), 0.3, draws.uniform(0.1, 0.2));
        double[] sun = Colours.hsv(draws.uniform(0.04, 0.16), draws.uniform(0, 0.3), draws.uniform(0.6, 0.95));
        double[] toSun = Projection.unit(draws.uniform(-1.2, 1.2), draws.uniform(-1.2, 0.1), draws.uniform(0.7, 1.4));
        return new Stage(List.of(grass), List.of(Stuff.GRASS), camera, distance, lights(above, below, sun, toSun),
                StageTextures.sky(draws), List.of());
    }

    private static Lighting lights(double[] above, double[] below, double[] sun, double[] toSun) {
        return new Lighting(above, below, new double[] {0, 0, 1}, sun, toSun, new double[3], new double[] {0, 0, 4}, 4, 1, 0.5);
    }

    /** Whether a disc on the ground is in front of all walls. */
    boolean holds(double x, double y, double radius) {
        return walls.stream().allMatch(w -> (x - w[0]) * w[2] + (y - w[1]) * w[3] > radius);
    }

    /** The ground, from before the eye's foot to {@code far}; half as wide as given at both ends. */
    private static Mesh ground(double distance, double near, double wide, double far) {
        double first = NEAREST - distance;
        return quad(new double[] {0, 0, 1}, -near, first, 0, near, first, 0, wide, far, 0, -wide, far, 0);
    }

    private static Mesh wall(double[] left, double[] right, double height, double[] into) {
        return quad(new double[] {into[0], into[1], 0}, left[0], left[1], 0, right[0], right[1], 0, right[0], right[1], height,
                left[0], left[1], height);
    }

    /** Four points, anticlockwise seen from the side to which {@code normal} points. */
    private static Mesh quad(double[] normal, double... points) {
        double[] normals = new double[18];
        for (int i = 0; i < 18; i++) {
            normals[i] = normal[i % 3];
        }
        return new Mesh(points, new int[] {0, 1, 2, 0, 2, 3}, normals, new double[] {1, 1});
    }
}
