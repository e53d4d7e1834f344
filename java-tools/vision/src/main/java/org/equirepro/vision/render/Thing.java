package org.equirepro.vision.render;

import java.util.List;
import java.util.Optional;
import org.equirepro.base.Draws;

/**
 * An object of a scene: a solid or a person.
 *
 * @param category its class
 * @param bodies   what it is made of
 * @param figure   a person's keypoints
 * @param crowd    whether it belongs to the scene's crowd
 * @param x        of its place on the ground
 * @param y        of its place on the ground
 * @param reach    radius of the disc on the ground that it needs
 */
record Thing(ScenePlan.Category category, List<Body> bodies, Optional<Figure> figure, boolean crowd, double x, double y,
        double reach) {

    private static final double PERSON_REACH = 0.34;

    /** A thing of the class at a place. */
    static Thing at(ScenePlan.Category category, double x, double y, double size, boolean crowd, Draws draws) {
        return category.solid() == null ? person(category, x, y, crowd, draws) : solid(category, x, y, size, crowd, draws);
    }

    /** How much room on the ground a thing of a class takes; {@code size} is the radius of a solid. */
    static double reach(ScenePlan.Category category, double size) {
        return category.solid() == null ? PERSON_REACH : 0.85 * size;
    }

    /** The same thing elsewhere on the ground; its keypoints are left behind. */
    Thing moved(double dx, double dy) {
        List<Body> there = bodies.stream().map(body -> body.moved(dx, dy)).toList();
        return new Thing(category, there, Optional.empty(), crowd, x + dx, y + dy, reach);
    }

    private static Thing person(ScenePlan.Category category, double x, double y, boolean crowd, Draws draws) {
        double facing = draws.chance(0.7) ? draws.uniform(-1.1, 1.1) : draws.uniform(-StrictMath.PI, StrictMath.PI);
        Figure figure = Figure.at(x, y, facing, draws);
        return new Thing(category, figure.bodies(), Optional.of(figure), crowd, x, y, PERSON_REACH);
    }

    private static Thing solid(ScenePlan.Category category, double x, double y, double size, boolean crowd, Draws draws) {
        Mesh mesh = category.solid().build(draws).fitted(size);
        Surface own = PictureScenes.surface(category.solid(), 0.9, draws);
        double toOwn = Scene.OBJECT_RADIUS / size;
        double lowest = 0;
        for (int i = 2; i < mesh.points().length; i += 3) {
            lowest = Math.min(lowest, mesh.points()[i]);
        }
        Body body = new Body(mesh, Rotations.z(draws.uniform(-1.2, 1.2)), new double[] {x, y, -lowest},
                (px, py, pz, out) -> own.albedo(toOwn * px, toOwn * py, toOwn * pz, out), true);
        return new Thing(category, List.of(body), Optional.empty(), crowd, x, y, reach(category, size));
    }
}
