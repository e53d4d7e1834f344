package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/** Things in a house, and the house. z is up. */
final class Furniture {

    private Furniture() {}

    private static void legs(MeshBuilder m, double x, double y, double low, double high, double t, boolean round) {
        for (int i = 0; i < 4; i++) {
            double cx = (i % 2 == 0 ? -1 : 1) * (x - t);
            double cy = (i < 2 ? -1 : 1) * (y - t);
            if (round) {
                m.rod(cx, cy, low, cx, cy, high, 0.7 * t, t);
            } else {
                m.box(cx - t, cy - t, low, cx + t, cy + t, high);
            }
        }
    }

    static void table(MeshBuilder m, Draws d) {
        double x = d.uniform(0.8, 1.2);
        double y = d.uniform(0.55, 0.8);
        double h = d.uniform(0.7, 1.0);
        double top = d.uniform(0.08, 0.16);
        m.box(-x, -y, h, x, y, h + top, 0.03);
        m.tone(0.6);
        legs(m, x, y, 0, h + 0.01, d.uniform(0.05, 0.1), d.chance(0.5));
        m.tone(0.75).box(-0.9 * x, -0.85 * y, h - 0.25, -0.2 * x, 0.5 * y, h + 0.01);
        m.tone(0.45).box(0.25 * x, -0.1 * y, h + 0.5 * top, 0.8 * x, 0.7 * y, h + top + d.uniform(0.08, 0.16), 0.02);
    }

    static void chair(MeshBuilder m, Draws d) {
        double x = d.uniform(0.42, 0.55);
        double seat = d.uniform(0.75, 0.95);
        double back = d.uniform(0.7, 1.1);
        double t = d.uniform(0.05, 0.08);
        m.box(-x, -x, seat, x, x, seat + 0.1, 0.03);
        m.tone(0.6);
        legs(m, x, x, 0, seat + 0.01, t, d.chance(0.5));
        m.rod(-x + t, x - t, seat, -x + t, x - t, seat + back, t).rod(x - t, x - t, seat, x - t, x - t, seat + back, t);
        int slats = 2 + d.below(3);
        m.tone(0.85);
        for (int i = 0; i < slats; i++) {
            double z = seat + back * (i + 1.0) / slats;
            m.box(-x + t, x - 1.5 * t, z - 0.5 * back / slats, x - t, x - 0.5 * t, z);
        }
    }

    static void sofa(MeshBuilder m, Draws d) {
        double x = d.uniform(0.9, 1.3);
        double y = d.uniform(0.45, 0.6);
        double arm = d.uniform(0.15, 0.25);
        double back = d.uniform(0.6, 0.9);
        m.tone(0.75).box(-x, -y, 0, x, y, 0.35, 0.05);
        m.box(-x, 0.5 * y, 0.1, x, y + 0.1, back, 0.08);
        m.box(-x, -y, 0.1, -x + arm, y, 0.65, 0.06).box(x - arm, -y, 0.1, x, y, 0.65, 0.06);
        int cushions = 2 + d.below(2);
        double w = (2 * x - 2 * arm) / cushions;
        for (int i = 0; i < cushions; i++) {
            m.tone(i == 0 ? 1.15 : 1).box(-x + arm + i * w + 0.01, -y - 0.02, 0.3, -x + arm + (i + 1) * w - 0.01, 0.5 * y, 0.5,
                    0.06);
        }
    }

    static void bed(MeshBuilder m, Draws d) {
        double x = d.uniform(0.5, 0.8);
        double y = d.uniform(0.95, 1.15);
        double head = d.uniform(0.6, 0.9);
        double foot = d.uniform(0.3, 0.45);
        m.tone(0.55).box(-x, -y, 0.15, x, y, 0.3).box(-x, y - 0.02, 0, x, y + 0.08, head, 0.03)
                .box(-x, -y - 0.08, 0, x, -y + 0.02, foot, 0.03);
        m.tone(1).box(-x + 0.03, -y, 0.28, x - 0.03, y - 0.03, 0.5, 0.07);
        m.tone(1.2).box(-0.85 * x, y - 0.45, 0.45, 0.85 * x, y - 0.1, 0.62, 0.08);
        m.tone(0.75).box(-x - 0.02, -y + 0.03, 0.2, x + 0.02, d.uniform(-0.3, 0.3), 0.54, 0.05);
    }

    static void shelf(MeshBuilder m, Draws d) {
        double x = d.uniform(0.5, 0.75);
        double h = d.uniform(1.5, 2.0);
        double depth = d.uniform(0.2, 0.3);
        int boards = 3 + d.below(3);
        m.tone(0.4).box(x - 0.02, -0.7 * depth, 0.5 * h, x + 0.08, 0.7 * depth, 0.9 * h, 0.03);
        m.tone(1.1).box(-0.6 * x, -0.6 * depth, h - 0.05, 0.1 * x, 0.6 * depth, h + d.uniform(0.15, 0.3), 0.03);
        m.tone(0.7).box(-x, -depth, 0, -x + 0.06, depth, h).box(x - 0.06, -depth, 0, x, depth, h).box(-x, depth - 0.05, 0, x,
                depth, h);
        for (int i = 0; i <= boards; i++) {
            double z = (h - 0.06) * i / boards;
            m.tone(0.9).box(-x + 0.03, 0.02 - depth, z + 0.005, x - 0.03, depth - 0.02, z + 0.055);
            if (i < boards) {
                double end = x * d.uniform(-0.6, 0.8);
                m.tone(0.45 + 0.12 * i).box(-x + 0.08, -0.7 * depth, z, end, depth, z + (h / boards) * d.uniform(0.5, 0.8));
            }
        }
    }

    static void lamp(MeshBuilder m, Draws d) {
        double reach = d.uniform(0.3, 0.7);
        double shade = d.uniform(0.35, 0.5);
        double h = d.uniform(1.2, 1.6);
        m.tone(0.5).lathe(24, 0, 0, 0.45, 0, 0.42, 0.1, 0.08, 0.16, 0, 0.16);
        m.tube(10, new double[] {0, 0, 0.1, 0, 0, 0.7 * h, 0.25 * reach, 0, 0.95 * h, reach, 0, h},
                new double[] {0.05, 0.05, 0.05, 0.05}, false);
        m.tone(1).in(Affine.move(reach, 0, h - 0.35).after(Affine.turnY(d.uniform(0, 25))), w ->
                w.lathe(28, 0, 0.3, shade - 0.05, 0, shade, 0, 0.45 * shade, 0.45, 0, 0.45));
    }

    static void house(MeshBuilder m, Draws d) {
        double x = d.uniform(0.6, 0.9);
        double y = d.uniform(0.5, 0.7);
        double wall = d.uniform(0.6, 0.9);
        double roof = d.uniform(0.4, 0.7);
        m.box(-x, -y, 0, x, y, wall + 0.01);
        m.tone(0.55).in(Affine.turnX(90).after(Affine.turnY(90)), w ->
                w.prism(-1.1 * x, 1.1 * x, -1.2 * y, wall, 1.2 * y, wall, 0, wall + roof));
        double chimney = d.uniform(0.4, 0.7) * x;
        m.tone(0.75).box(chimney - 0.1, 0.25 * y, wall, chimney + 0.1, 0.25 * y + 0.2, wall + roof + 0.15);
        m.tone(0.4).box(-0.15, -y - 0.03, 0, 0.15, -y + 0.01, 0.55 * wall);
        m.box(0.4 * x, -y - 0.02, 0.4 * wall, 0.75 * x, -y + 0.01, 0.75 * wall);
        m.box(-x - 0.02, -0.4 * y, 0.4 * wall, -x + 0.01, 0.3 * y, 0.75 * wall);
    }

    static void ladder(MeshBuilder m, Draws d) {
        double h = d.uniform(1.8, 2.2);
        double x = d.uniform(0.3, 0.45);
        double top = x * d.uniform(0.6, 0.9);
        double lean = d.uniform(0.4, 0.7);
        int rungs = 4 + d.below(4);
        m.rod(-x, 0, 0, -top, lean, h, 0.06).rod(x, 0, 0, top, lean, h, 0.06);
        m.tone(0.6);
        for (int i = 1; i <= rungs; i++) {
            double s = (i - 0.3) / rungs;
            double half = x + (top - x) * s;
            m.box(-half, lean * s - 0.08, h * s - 0.03, half, lean * s + 0.08, h * s + 0.03);
        }
        m.tone(0.8).rod(-x, 2 * lean, 0, -top, lean, h, 0.04).rod(x, 2 * lean, 0, top, lean, h, 0.04);
    }

    /** A clock with two hands and feet. */
    static void clock(MeshBuilder m, Draws d) {
        double depth = d.uniform(0.2, 0.4);
        m.tone(0.6).in(Affine.turnX(90), w -> {
            w.lathe(32, 0, -depth, 0.95, -depth, 1, -depth + 0.05, 1, depth, 0.9, depth + 0.06, 0, depth + 0.06);
            w.tone(1.2).lathe(32, 0, depth, 0.85, depth, 0.85, depth + 0.08, 0, depth + 0.08);
            w.tone(0.2).in(Affine.turnZ(d.uniform(0, 360)), h -> h.box(-0.07, -0.1, depth, 0.07, 0.5, depth + 0.12));
            w.in(Affine.turnZ(d.uniform(0, 360)), h -> h.box(-0.05, -0.1, depth, 0.05, 0.75, depth + 0.15));
        });
        m.tone(0.45).rod(-0.5, 0, -0.8, -0.65, 0, -1.2, 0.12).rod(0.5, 0, -0.8, 0.65, 0, -1.2, 0.12);
        m.ellipsoid(-0.5, 0, 1.0, 0.25, 0.2, 0.2);
    }
}
