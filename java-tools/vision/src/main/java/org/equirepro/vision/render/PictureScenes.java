package org.equirepro.vision.render;

import java.util.List;
import org.equirepro.base.Draws;

/**
 * Scenes for pictures that are to look natural: a coloured, textured object seen from somewhere in front of a textured ground and
 * sky. Everything is drawn anew for every picture, but for two habits that real classes have as well: a class has a
 * colour and a texture that half of its pictures are near to.
 */
final class PictureScenes {

    private PictureScenes() {}

    /** The scene of one picture of the object's class; view 0 of the object. */
    static Scene of(SolidObject object) {
        Draws draws = object.draws(0, "render-picture");
        double[] rotation = Rotations.extrinsicXyz(draws.uniform(-0.35, 0.35), draws.uniform(-0.35, 0.35), 
                draws.uniform(-1.2, 1.2));
        double distance = draws.uniform(2.3, 3.6);
        double elevation = draws.uniform(0.1, 0.75);
        double[] eye = {0, distance * StrictMath.cos(elevation), distance * StrictMath.sin(elevation)};
        double room = Math.max(0, 0.36 * distance - 0.55);
        double[] offset = {draws.uniform(-room, room), 0, draws.uniform(-room, room)};
        Projection camera = Projection.perspective(eye, new double[3], StrictMath.atan(0.36));
        Body body = new Body(object.mesh(), rotation, offset, surface(object.solid(), 0.5, draws), true);
        return new Scene(List.of(body), camera, lighting(draws), backdrop(draws));
    }

    private static Lighting lighting(Draws draws) {
        double[] sun = Colours.hsv(draws.uniform(0.02, 0.16), draws.uniform(0, 0.35), draws.uniform(0.6, 1.1));
        double[] sky = Colours.hsv(draws.uniform(0.5, 0.65), draws.uniform(0, 0.3), draws.uniform(0.3, 0.5));
        double[] ground = Colours.hsv(draws.uniform(), 0.2, draws.uniform(0.08, 0.22));
        double[] toSun = Projection.unit(draws.uniform(-1, 1), draws.uniform(0, 1.2), draws.uniform(0.4, 1.2));
        return new Lighting(sky, ground, new double[] {0, 0, 1}, sun, toSun, new double[3], new double[] {0, 0, 4}, 4, 1, 0.5);
    }

    /** {@code habit}: the chance that colour and texture are near to the class's own. */
    static Surface surface(SolidClass solid, double habit, Draws draws) {
        boolean typical = draws.chance(habit);
        double own = 0.381966 * solid.ordinal();
        double hue = typical ? own + draws.uniform(-0.06, 0.06) : draws.uniform();
        int drawn = draws.below(4);
        int style = typical ? solid.ordinal() % 4 : drawn;
        double[] first = Colours.hsv(hue, draws.uniform(0.3, 0.9), draws.uniform(0.35, 0.95));
        double[] second = Colours.hsv(hue + draws.uniform(-0.2, 0.2), draws.uniform(0.1, 0.8), draws.uniform(0.1, 0.95));
        Noise noise = new Noise(draws.bits());
        double fine = draws.uniform(3, 9);
        double ax = draws.uniform(-1, 1);
        double ay = draws.uniform(-1, 1);
        double az = draws.uniform(-1, 1);
        return (x, y, z, out) -> {
            double rough = noise.octaves(3, fine * x, fine * y, fine * z);
            double share = switch (style) {
                case 0 -> 0.25 * rough;
                case 1 -> step(0.48, 0.56, rough);
                case 2 -> step(-0.3, 0.3, StrictMath.sin(2.2 * fine * (ax * x + ay * y + az * z) + 3 * rough));
                default -> step(0.62, 0.7, noise.at(1.6 * fine * x, 1.6 * fine * y, 1.6 * fine * z));
            };
            for (int c = 0; c < 3; c++) {
                out[c] = (first[c] + (second[c] - first[c]) * share) * (0.8 + 0.4 * rough);
            }
        };
    }

    /**
     * Ground and sky of two colours each, mixed by octaves of noise, with a ragged horizon and soft patches of a fifth colour.
     */
    private static Backdrop.Painted backdrop(Draws draws) {
        Noise noise = new Noise(draws.bits());
        double horizon = draws.chance(0.3) ? -1 : draws.uniform(0.2, 0.8);
        double ragged = draws.uniform(0.02, 0.3);
        double tilt = draws.uniform(-0.2, 0.2);
        double scale = draws.uniform(2, 7);
        double stretch = draws.uniform(0.4, 1);
        double warp = draws.uniform(0, 1.2);
        double[][] colours = new double[5][];
        double hue = draws.uniform();
        for (int i = 0; i < 5; i++) {
            colours[i] = Colours.hsv(hue + draws.uniform(-0.22, 0.22), draws.uniform(0.05, 0.6), draws.uniform(0.06, 0.75));
        }
        double patches = draws.uniform(0.55, 0.85);
        return (across, down, out) -> {
            double u = scale * across;
            double v = scale * stretch * down;
            double bend = warp * (noise.octaves(2, u + 40, v - 7, 0.5) - 0.5);
            double texture = noise.octaves(5, u + bend, v - bend, 3.5);
            double grain = noise.at(34 * across, 34 * down, 9.5);
            double edge = horizon + tilt * (across - 0.5) + ragged * (noise.octaves(4, 2.5 * u, 8, 1.5) - 0.5);
            double below = step(-0.02, 0.02, down - edge);
            double mixing = step(0.3, 0.7, texture);
            double patch = below * step(patches, patches + 0.12, noise.octaves(2, 1.7 * u, 2.3 * v, 7.5));
            for (int c = 0; c < 3; c++) {
                double sky = colours[0][c] + (colours[1][c] - colours[0][c]) * mixing;
                double ground = colours[2][c] + (colours[3][c] - colours[2][c]) * mixing;
                double seen = sky + (ground - sky) * below;
                seen += (colours[4][c] - seen) * patch;
                out[c] = seen * (0.75 + 0.35 * texture + 0.2 * (grain - 0.5) * below);
            }
        };
    }

    private static double step(double low, double high, double value) {
        double t = Math.min(1, Math.max(0, (value - low) / (high - low)));
        return t * t * (3 - 2 * t);
    }
}
