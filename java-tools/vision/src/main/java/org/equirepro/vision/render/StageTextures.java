package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/** What floors, walls, grass and the sky of scenes look like, in the scene's coordinates, in metres. */
final class StageTextures {

    private StageTextures() {}

    /** Tiles, planks or a carpet. */
    static Surface floor(Draws draws) {
        double hue = draws.uniform(0.02, 0.14);
        double[] first = Colours.hsv(hue, draws.uniform(0.15, 0.55), draws.uniform(0.3, 0.65));
        double[] second = Colours.hsv(hue + draws.uniform(-0.05, 0.05), draws.uniform(0.1, 0.5), draws.uniform(0.15, 0.5));
        Noise noise = new Noise(draws.bits());
        int style = draws.below(3);
        double turn = draws.uniform(-0.8, 0.8);
        double c = StrictMath.cos(turn);
        double s = StrictMath.sin(turn);
        double edge = draws.uniform(0.35, 0.7);
        return (x, y, z, out) -> {
            double u = (c * x + s * y) / edge;
            double v = (c * y - s * x) / edge;
            double rough = noise.octaves(3, 3 * x, 3 * y, 0.5);
            double share = switch (style) {
                case 0 -> Math.floorMod((int) Math.floor(u) + (int) Math.floor(v), 2) == 0 ? 0 : 1;
                case 1 -> noise.at(7.3 * Math.floor(2 * u), 0.5 + Math.floor(0.4 * v + 0.37 * Math.floor(2 * u)), 4.5);
                default -> noise.octaves(3, 9 * x, 9 * y, 2.5);
            };
            mix(first, second, share, 0.8 + 0.4 * rough, out);
        };
    }

    /** Plaster, stripes or bricks. */
    static Surface wall(Draws draws) {
        double hue = draws.uniform();
        double[] first = Colours.hsv(hue, draws.uniform(0.03, 0.3), draws.uniform(0.5, 0.85));
        double[] second = Colours.hsv(hue + draws.uniform(-0.08, 0.08), draws.uniform(0.05, 0.35), draws.uniform(0.45, 0.8));
        Noise noise = new Noise(draws.bits());
        int style = draws.below(3);
        double step = draws.uniform(0.25, 0.5);
        return (x, y, z, out) -> {
            double rough = noise.octaves(3, 1.3 * x, 1.3 * y, 1.3 * z);
            double row = Math.floor(2 * z / step);
            double share = switch (style) {
                case 0 -> rough;
                case 1 -> Math.floorMod((int) Math.floor((x + 0.5 * y) / step), 2);
                default -> noise.at(5.1 * Math.floor((x - y) / (2 * step) + 0.5 * Math.floorMod((int) row, 2)), 3.7 * row, 0.5);
            };
            mix(first, second, share, 0.85 + 0.3 * rough, out);
        };
    }

    static Surface grass(Draws draws) {
        double hue = draws.uniform(0.2, 0.33);
        double[] first = Colours.hsv(hue, draws.uniform(0.5, 0.8), draws.uniform(0.25, 0.5));
        double[] second = Colours.hsv(hue + draws.uniform(-0.08, 0.02), draws.uniform(0.4, 0.7), draws.uniform(0.2, 0.45));
        Noise noise = new Noise(draws.bits());
        return (x, y, z, out) -> {
            double patches = noise.octaves(2, 0.6 * x, 0.6 * y, 0.5);
            double blades = noise.octaves(3, 11 * x, 6 * y, 3.5);
            mix(first, second, patches, 0.55 + 0.9 * blades, out);
        };
    }

    /** Clouds over a blue that pales towards the horizon. */
    static Backdrop.Painted sky(Draws draws) {
        double[] high = Colours.hsv(draws.uniform(0.54, 0.62), draws.uniform(0.4, 0.75), draws.uniform(0.55, 0.9));
        double[] low = Colours.hsv(draws.uniform(0.5, 0.62), draws.uniform(0.05, 0.3), draws.uniform(0.8, 1));
        Noise noise = new Noise(draws.bits());
        double cover = draws.uniform(0.4, 0.75);
        return (across, down, out) -> {
            double cloud = noise.octaves(4, 3 * across, 7 * down, 0.5);
            double white = Math.min(1, Math.max(0, 6 * (cloud - cover)));
            double pale = Math.min(1, 2 * down);
            for (int c = 0; c < 3; c++) {
                double blue = high[c] + (low[c] - high[c]) * pale;
                out[c] = blue + (0.95 - blue) * white;
            }
        };
    }

    private static void mix(double[] first, double[] second, double share, double tone, double[] out) {
        for (int c = 0; c < 3; c++) {
            out[c] = (first[c] + (second[c] - first[c]) * share) * tone;
        }
    }
}
