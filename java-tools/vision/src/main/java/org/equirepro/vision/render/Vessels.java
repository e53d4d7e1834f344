package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/** Things that hold something, and plants: mostly surfaces of revolution with a handle, a spout or a leaf. */
final class Vessels {

    private Vessels() {}

    private static void handle(MeshBuilder m, double r, double low, double high, double reach, double thick) {
        int n = 9;
        double[] path = new double[3 * n];
        double[] radii = new double[n];
        for (int i = 0; i < n; i++) {
            double a = StrictMath.PI * i / (n - 1);
            path[3 * i] = r + reach * StrictMath.sin(a);
            path[3 * i + 2] = (low + high) / 2 - (high - low) / 2 * StrictMath.cos(a);
            radii[i] = thick;
        }
        m.tube(10, path, radii, false);
    }

    static void mug(MeshBuilder m, Draws d) {
        double r = d.uniform(0.5, 0.7);
        double h = d.uniform(0.9, 1.4);
        double wall = d.uniform(0.06, 0.1);
        double foot = d.uniform(0.75, 1.0) * r;
        m.lathe(30, 0, 0, foot, 0, r, 0.15, r, h, r - wall, h, r - wall, 0.2, 0, 0.15);
        m.tone(0.7);
        handle(m, 0.93 * r, 0.25 * h, 0.8 * h, d.uniform(0.3, 0.5), 0.08);
    }

    static void bottle(MeshBuilder m, Draws d) {
        double r = d.uniform(0.32, 0.5);
        double body = d.uniform(0.9, 1.3);
        double neck = d.uniform(0.1, 0.17);
        double length = d.uniform(0.35, 0.6);
        double top = body + 0.35 + length;
        m.lathe(28, 0, 0, 0.9 * r, 0, r, 0.06, r, body, 0.8 * r, body + 0.14, neck * 1.3, body + 0.3, neck, body + 0.38,
                neck, top, 0, top);
        m.tone(0.45).lathe(20, 0, top - 0.02, 1.25 * neck, top - 0.02, 1.25 * neck, top + 0.14, 0, top + 0.14);
        m.tone(0.6).box(0.2 * r, -0.62 * r, 0.25 * body, 1.03 * r, 0.62 * r, 0.8 * body, 0.02);
    }

    static void bowl(MeshBuilder m, Draws d) {
        double r = d.uniform(0.85, 1.1);
        double h = d.uniform(0.4, 0.65);
        double[] profile = new double[2 * 20];
        for (int i = 0; i < 10; i++) {
            double a = StrictMath.PI / 2 * i / 9;
            profile[2 * i] = 0.3 + (r - 0.3) * StrictMath.sin(a);
            profile[2 * i + 1] = h * (1 - StrictMath.cos(a));
            double inside = StrictMath.PI / 2 * (9 - i) / 9;
            profile[20 + 2 * i] = (r - 0.08) * StrictMath.sin(inside);
            profile[20 + 2 * i + 1] = 0.08 + (h - 0.08) * (1 - StrictMath.cos(inside));
        }
        m.lathe(32, profile);
        m.tone(0.6).lathe(24, 0, -0.12, 0.4, -0.12, 0.33, 0.03, 0, 0.03);
        m.tone(0.45).rod(0.2, 0.1, 0.15, r + 0.35, 0.35, h + 0.35, 0.06).ellipsoid(0.15, 0.1, 0.15, 0.22, 0.15, 0.07);
    }

    static void teapot(MeshBuilder m, Draws d) {
        double flat = d.uniform(0.65, 0.9);
        m.ellipsoid(0, 0, 0, 0.8, 0.8, 0.8 * flat);
        m.tone(0.7).lathe(24, 0, 0.7 * flat, 0.45, 0.7 * flat, 0.4, 0.8 * flat, 0.1, 0.92 * flat, 0, 0.92 * flat);
        m.ellipsoid(0, 0, flat, 0.12, 0.12, 0.12);
        double spout = d.uniform(0.45, 0.7);
        m.tube(14, new double[] {0.55, 0, -0.25, 0.85, 0, -0.05, 1.05, 0, 0.25, 1.2 + 0.2 * spout, 0, spout},
                new double[] {0.2, 0.15, 0.11, 0.08}, false);
        m.in(Affine.turnZ(180), w -> handle(w, 0.65, -0.35 * flat, 0.45 * flat, d.uniform(0.4, 0.6), 0.08));
        m.tone(0.5).lathe(20, 0, -0.85 * flat, 0.45, -0.85 * flat, 0.4, -0.6 * flat, 0, -0.6 * flat);
    }

    static void jug(MeshBuilder m, Draws d) {
        double belly = d.uniform(0.55, 0.75);
        double neck = d.uniform(0.28, 0.4);
        double h = d.uniform(1.4, 1.8);
        m.lathe(28, 0, 0, 0.6 * belly, 0, 0.9 * belly, 0.2 * h, belly, 0.38 * h, 0.85 * belly, 0.55 * h, neck, 0.75 * h,
                1.1 * neck, 0.95 * h, 1.25 * neck, h, 1.1 * neck, h, 0.8 * neck, 0.8 * h, 0, 0.75 * h);
        m.tone(0.65);
        handle(m, 0.85 * neck, 0.35 * h, 0.93 * h, d.uniform(0.5, 0.7), 0.08);
        m.tone(0.85).in(Affine.turnZ(180), w -> w.loft(
                new double[] {0.8 * neck, -0.2, h, 0.8 * neck, 0.2, h, 0.8 * neck, 0, h - 0.3},
                new double[] {1.7 * neck, -0.03, h + 0.1, 1.7 * neck, 0.03, h + 0.1, 1.7 * neck, 0, h + 0.03}));
    }

    static void goblet(MeshBuilder m, Draws d) {
        double r = d.uniform(0.4, 0.6);
        double stem = d.uniform(0.5, 0.9);
        double cup = d.uniform(0.6, 0.9);
        double foot = d.uniform(0.35, 0.5);
        double top = stem + cup;
        m.lathe(28, 0, 0, foot, 0, foot, 0.05, 0.08, 0.14, 0.07, stem, 0.8 * r, stem + 0.25 * cup, r, stem + 0.6 * cup,
                0.92 * r, top, 0.84 * r, top, 0.9 * r, stem + 0.6 * cup, 0.6 * r, stem + 0.25 * cup, 0, stem + 0.12 * cup);
        m.tone(0.45).ellipsoid(0, 0, 0.5 * stem, 0.15, 0.15, 0.12);
        m.tone(0.6).ellipsoid(0.92 * r, 0, stem + 0.55 * cup, 0.12, 0.2, 0.2);
    }

    /** A bucket with its handle to one side. */
    static void bucket(MeshBuilder m, Draws d) {
        double top = d.uniform(0.65, 0.85);
        double foot = top * d.uniform(0.6, 0.8);
        double h = d.uniform(1.0, 1.3);
        double tilt = d.uniform(20, 65);
        m.lathe(30, 0, 0, foot, 0, top, h, 1.08 * top, h, 1.08 * top, h + 0.06, top - 0.07, h + 0.06, foot - 0.07, 0.1, 0, 0.1);
        m.tone(0.4).in(Affine.move(0, 0, h - 0.05).after(Affine.turnX(tilt)), w -> {
            int n = 15;
            double[] path = new double[3 * n];
            double[] radii = new double[n];
            for (int i = 0; i < n; i++) {
                double a = StrictMath.PI * i / (n - 1);
                path[3 * i] = 1.05 * top * StrictMath.cos(a);
                path[3 * i + 2] = 1.05 * top * StrictMath.sin(a);
                radii[i] = 0.045;
            }
            w.tube(8, path, radii, false);
        });
        m.tone(0.6).box(0.55 * top, -0.25, 0.4 * h, 0.97 * top, 0.25, 0.75 * h);
    }

    static void mushroom(MeshBuilder m, Draws d) {
        double cap = d.uniform(0.7, 1.0);
        double h = d.uniform(0.7, 1.0);
        double stem = d.uniform(0.2, 0.32);
        double lean = d.uniform(0.1, 0.3);
        m.tone(1).tube(16, new double[] {0, 0, 0, 0.3 * lean, 0, 0.5 * h, lean, 0, h + 0.1},
                new double[] {1.3 * stem, stem, 0.9 * stem}, false);
        m.tone(0.5).in(Affine.move(lean, 0, h).after(Affine.turnY(d.uniform(5, 20))), w -> {
            w.lathe(30, 0, 0.06, 0.9 * cap, -0.06, cap, 0, 0.92 * cap, 0.25 * cap, 0.7 * cap, 0.48 * cap, 0.4 * cap,
                    0.63 * cap, 0, 0.68 * cap);
            w.tone(1.1);
            for (int i = 0; i < 3; i++) {
                w.in(Affine.turnZ(95 * i).after(Affine.turnY(35 + 12 * i)), s -> s.ellipsoid(0, 0, 0.72 * cap, 0.16, 0.16, 0.08));
            }
        });
    }

    /** A plant in a pot: leaves of unequal length. */
    static void plant(MeshBuilder m, Draws d) {
        double pot = d.uniform(0.35, 0.5);
        m.tone(0.55).lathe(24, 0, 0, 0.75 * pot, 0, pot, 0.6, 1.12 * pot, 0.6, 1.12 * pot, 0.72, 0, 0.72);
        int leaves = 5 + d.below(4);
        for (int i = 0; i < leaves; i++) {
            double length = d.uniform(0.45, 0.9);
            double tilt = d.uniform(15, 65);
            m.tone(0.8 + 0.06 * (i % 4)).in(Affine.move(0, 0, 0.7).after(Affine.turnZ(360.0 * i / leaves + d.uniform(-15, 15)))
                    .after(Affine.turnY(tilt)), w -> w.ellipsoid(0, 0, length, 0.05, 0.2, length));
        }
    }

    /** A cactus with two arms. */
    static void cactus(MeshBuilder m, Draws d) {
        double h = d.uniform(1.5, 2.0);
        double r = d.uniform(0.2, 0.3);
        double left = d.uniform(0.4, 0.8);
        double right = d.uniform(0.9, 1.2);
        m.rod(0, 0, 0, 0, 0, h, r).ellipsoid(0, 0, h, r, r, r);
        m.tone(0.8).tube(14, new double[] {0, 0, left, 0.45, 0, left, 0.6, 0, left + 0.15, 0.6, 0, left + 0.6},
                new double[] {0.6 * r, 0.6 * r, 0.6 * r, 0.6 * r}, false);
        m.tone(0.65).tube(14, new double[] {0, 0, right, -0.1, 0.4, right, -0.1, 0.5, right + 0.1, -0.1, 0.5, right + 0.4},
                new double[] {0.5 * r, 0.5 * r, 0.5 * r, 0.5 * r}, false);
        m.tone(0.45).lathe(24, 0, -0.35, 0.42, -0.35, 0.55, 0.15, 0, 0.15);
    }
}
