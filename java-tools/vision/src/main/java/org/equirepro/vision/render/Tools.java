package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/** Hand tools, instruments and animals made of few parts. */
final class Tools {

    private Tools() {}

    static void arrow(MeshBuilder m, Draws d) {
        double shaft = d.uniform(0.14, 0.26);
        double head = d.uniform(0.5, 0.7);
        double length = d.uniform(0.8, 1.2);
        double tip = d.uniform(0.6, 0.9);
        double depth = d.uniform(0.15, 0.3);
        m.prism(-depth, depth, -length, -shaft, 0, -shaft, 0, -head, tip, 0, 0, head, 0, shaft, -length, shaft);
        m.tone(0.5).box(-length + 0.1, -0.7 * shaft, depth - 0.01, -0.1, 0.2 * shaft, depth + 0.1);
    }

    static void hammer(MeshBuilder m, Draws d) {
        double length = d.uniform(1.4, 1.9);
        double face = d.uniform(0.35, 0.5);
        double claw = d.uniform(0.4, 0.6);
        double t = d.uniform(0.16, 0.22);
        m.tone(0.7).rod(0, 0, 0, 0, 0, length, 0.11, 0.08);
        m.tone(0.5).box(-0.12, -t, length - 0.2, 0.2, t, length + 0.2, 0.03);
        m.rod(0.15, 0, length, 0.15 + face, 0, length, 1.1 * t);
        m.in(Affine.turnX(90), w -> w.prism(-t, t, -0.1, length - 0.18, -0.1, length + 0.18, -claw, length - 0.08, -claw - 0.12,
                length - 0.2));
    }

    static void key(MeshBuilder m, Draws d) {
        double length = d.uniform(1.2, 1.6);
        double bow = d.uniform(0.35, 0.48);
        int n = 24;
        double[] path = new double[3 * n];
        double[] radii = new double[n];
        for (int i = 0; i < n; i++) {
            double a = 2 * StrictMath.PI * i / n;
            path[3 * i] = bow * StrictMath.cos(a) - bow;
            path[3 * i + 1] = 0.8 * bow * StrictMath.sin(a);
            radii[i] = 0.11;
        }
        m.tube(12, path, radii, true);
        m.tone(0.8).rod(0, 0, 0, length, 0, 0, 0.1);
        int teeth = 2 + d.below(2);
        m.tone(0.55);
        for (int i = 0; i < teeth; i++) {
            double x = length - 0.12 - 0.24 * i;
            m.box(x - 0.08, 0, -0.08, x + 0.06, d.uniform(0.25, 0.5), 0.08);
        }
    }

    static void sword(MeshBuilder m, Draws d) {
        double blade = d.uniform(1.3, 1.7);
        double width = d.uniform(0.1, 0.18);
        double guard = d.uniform(0.3, 0.5);
        m.tone(1.15).loft(new double[] {-width, 0, 0, 0, -0.06, 0, width, 0, 0, 0, 0.06, 0},
                new double[] {-0.8 * width, 0, 0.85 * blade, 0, -0.05, 0.85 * blade, 0.8 * width, 0, 0.85 * blade, 0, 0.05,
                        0.85 * blade},
                new double[] {-0.01, 0, blade, 0, -0.01, blade, 0.01, 0, blade, 0, 0.01, blade});
        m.tone(0.5).box(-guard, -0.1, -0.1, 1.4 * guard, 0.1, 0.03, 0.03);
        m.tone(0.4).rod(0, 0, -0.5, 0, 0, -0.05, 0.09).ellipsoid(0, 0, -0.55, 0.14, 0.14, 0.14);
    }

    static void umbrella(MeshBuilder m, Draws d) {
        double r = d.uniform(0.85, 1.1);
        double h = d.uniform(1.2, 1.5);
        double dome = d.uniform(0.35, 0.5);
        int sides = 8;
        m.in(Affine.move(0, 0, h), w -> w.lathe(sides, 0, 0.8 * dome, 0.6 * r, 0.5 * dome, r, 0, 0.65 * r, 0.62 * dome, 0.3 * r,
                0.93 * dome, 0, dome));
        m.tone(0.45).tube(10, new double[] {0, 0, h + dome + 0.12, 0, 0, 0.15, 0.05, 0, 0.02, 0.2, 0, -0.02, 0.32, 0, 0.1},
                new double[] {0.045, 0.045, 0.06, 0.06, 0.06}, false);
        m.tone(0.6).in(Affine.turnZ(22.5), w -> w.ellipsoid(0.75 * r, 0, h + 0.33 * dome, 0.18, 0.22, 0.1));
    }

    static void guitar(MeshBuilder m, Draws d) {
        double lower = d.uniform(0.45, 0.55);
        double upper = d.uniform(0.32, 0.42);
        double neck = d.uniform(0.8, 1.1);
        double depth = d.uniform(0.1, 0.16);
        int n = 26;
        double[] polygon = new double[2 * n];
        for (int i = 0; i < n; i++) {
            double a = 2 * StrictMath.PI * i / n;
            double along = -StrictMath.cos(a);
            double wide = along < 0 ? lower : upper;
            double waist = 1 - 0.28 * StrictMath.exp(-12 * (along - 0.15) * (along - 0.15));
            polygon[2 * i] = wide * waist * StrictMath.sin(a) * (1.25 - 0.25 * StrictMath.abs(StrictMath.sin(a)));
            polygon[2 * i + 1] = 0.7 * along;
        }
        m.in(Affine.turnX(90), w -> {
            w.prism(-depth, depth, polygon);
            w.tone(0.3).lathe(20, 0, depth - 0.02, 0.15, depth - 0.02, 0.15, depth + 0.02, 0, depth + 0.02);
            w.box(-0.2, -0.45, depth - 0.01, 0.2, -0.38, depth + 0.05);
            w.tone(0.5).box(-0.07, 0.3, depth - 0.08, 0.07, 0.7 + neck, depth + 0.04);
            w.box(-0.13, 0.68 + neck, depth - 0.1, 0.13, 0.95 + neck, depth + 0.02);
        });
    }

    static void trumpet(MeshBuilder m, Draws d) {
        double length = d.uniform(1.0, 1.3);
        double bell = d.uniform(0.35, 0.5);
        m.in(Affine.turnY(90), w -> w.lathe(26, 0, -length, 0.07, -length, 0.08, 0.3 * length, 0.16, 0.7 * length, bell, length,
                0.9 * bell, length, 0.1, 0.72 * length, 0, 0.6 * length));
        m.tone(0.75).tube(10, new double[] {-0.6 * length, 0, 0, -0.5 * length, 0, -0.35, 0.1 * length, 0, -0.38, 0.25 * length,
                0, 0},
                new double[] {0.06, 0.06, 0.06, 0.06}, false);
        m.tone(0.5);
        for (int i = 0; i < 3; i++) {
            m.rod(-0.15 + 0.16 * i, 0, -0.45, -0.15 + 0.16 * i, 0, 0.22 + d.uniform(0, 0.12), 0.07);
        }
    }

    static void fish(MeshBuilder m, Draws d) {
        double length = d.uniform(0.8, 1.1);
        double high = d.uniform(0.35, 0.55);
        double thick = d.uniform(0.18, 0.28);
        double tail = d.uniform(0.3, 0.5);
        m.ellipsoid(0, 0, 0, length, thick, high);
        m.tone(0.65).in(Affine.turnX(90), w -> {
            w.prism(-0.05, 0.05, -0.85 * length, 0, -length - 0.4, tail, -length - 0.25, 0, -length - 0.35, -1.1 * tail);
            w.prism(-0.04, 0.04, 0.3 * length, 0.85 * high, -0.5 * length, 0.7 * high, -0.45 * length, high + 0.25);
        });
        m.tone(0.2).ellipsoid(0.7 * length, 0, 0.18 * high, 0.08, 0.85 * thick, 0.08);
        m.tone(0.8).in(Affine.move(0.1, thick, -0.1).after(Affine.turnX(-50)), w -> w.ellipsoid(0, 0, 0.2, 0.14, 0.03, 0.28));
    }

    /** A four-legged animal. */
    static void dog(MeshBuilder m, Draws d) {
        double length = d.uniform(0.55, 0.8);
        double leg = d.uniform(0.5, 0.75);
        double body = d.uniform(0.2, 0.3);
        m.in(Affine.move(0, 0, leg + body), w -> w.ellipsoid(0, 0, 0, length + 0.1, body, 1.05 * body));
        m.tone(0.75);
        for (int i = 0; i < 4; i++) {
            double x = (i % 2 == 0 ? -0.75 : 0.75) * length;
            double y = (i < 2 ? -0.6 : 0.6) * body;
            m.rod(x, y, 0, x, y, leg + 0.7 * body, 0.08, 0.11);
        }
        double neck = d.uniform(0.25, 0.45);
        m.tone(1).rod(0.8 * length, 0, leg + body, length + 0.15, 0, leg + body + neck, 0.14);
        m.ellipsoid(length + 0.25, 0, leg + body + neck + 0.08, 0.26, 0.17, 0.18);
        m.tone(0.4).ellipsoid(length + 0.5, 0, leg + body + neck + 0.02, 0.12, 0.09, 0.09);
        m.ellipsoid(length + 0.15, -0.17, leg + body + neck + 0.15, 0.08, 0.05, 0.18);
        m.ellipsoid(length + 0.15, 0.17, leg + body + neck + 0.15, 0.08, 0.05, 0.18);
        m.tone(0.7).rod(-length, 0, leg + 1.3 * body, -length - d.uniform(0.2, 0.45), 0, leg + 1.3 * body + d.uniform(0.1, 0.4),
                0.07, 0.04);
    }

    static void figure(MeshBuilder m, Draws d) {
        double h = d.uniform(0.7, 0.9);
        double wide = d.uniform(0.25, 0.35);
        double raise = d.uniform(20, 70);
        double hang = d.uniform(-70, -30);
        m.box(-wide, -0.16, h, wide, 0.16, h + 0.75, 0.07);
        m.tone(1.1).ellipsoid(0, 0, h + 1.0, 0.22, 0.24, 0.27);
        m.tone(0.3).ellipsoid(0, -0.22, h + 1.0, 0.14, 0.06, 0.05);
        m.tone(0.55).rod(-0.55 * wide, 0, 0, -0.5 * wide, 0, h + 0.05, 0.12).rod(0.55 * wide, 0, 0, 0.5 * wide, 0, h + 0.05,
                0.12);
        m.box(-0.55 * wide - 0.12, -0.3, -0.08, -0.55 * wide + 0.12, 0.12, 0.06).box(0.55 * wide - 0.12, -0.3, -0.08,
                0.55 * wide + 0.12, 0.12, 0.06);
        m.tone(0.8).in(Affine.move(wide, 0, h + 0.65).after(Affine.turnY(-raise)), w -> w.rod(0, 0, 0, 0.7, 0, 0, 0.1, 0.08));
        m.in(Affine.move(-wide, 0, h + 0.65).after(Affine.turnY(hang)), w -> w.rod(0, 0, 0, -0.7, 0, 0, 0.1, 0.08));
    }

    /** A tap: body, spout and lever. */
    static void tap(MeshBuilder m, Draws d) {
        double h = d.uniform(0.8, 1.1);
        double reach = d.uniform(0.7, 1.0);
        m.tone(0.7).lathe(24, 0, 0, 0.4, 0, 0.38, 0.12, 0.2, 0.18, 0, 0.18);
        m.tone(1).tube(16, new double[] {0, 0, 0.1, 0, 0, h, 0.25 * reach, 0, h + 0.25, 0.75 * reach, 0, h + 0.2, reach, 0,
                h - 0.1},
                new double[] {0.18, 0.17, 0.15, 0.14, 0.14}, false);
        m.tone(0.5).rod(0, 0, 0.5 * h, 0, -0.45, 0.5 * h, 0.09).rod(0, -0.42, 0.5 * h, 0, -0.5, 0.5 * h + d.uniform(0.25, 0.45),
                0.07);
    }

    static void camera(MeshBuilder m, Draws d) {
        double x = d.uniform(0.8, 1.05);
        double z = d.uniform(0.5, 0.65);
        double lens = d.uniform(0.35, 0.7);
        double r = d.uniform(0.32, 0.42);
        double off = d.uniform(-0.05, 0.25);
        m.tone(0.75).box(-x, -0.28, -z, x, 0.28, z, 0.06);
        m.tone(0.4).rod(off, -0.2, 0, off, -0.28 - lens, 0, r, 0.9 * r);
        m.tone(1.2).rod(off, -0.2, 0, off, -0.3 - lens, 0, 0.6 * r);
        m.tone(0.5).box(off - 0.3, -0.25, z - 0.02, off + 0.3, 0.2, z + 0.25, 0.05);
        m.tone(0.3).rod(-0.72 * x, 0, z, -0.72 * x, 0, z + 0.12, 0.13);
        m.tone(1.1).box(0.6 * x, -0.3, 0.4 * z, 0.9 * x, -0.2, 0.8 * z);
    }
}
