package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/** Things that move or are built to move. Their front is at +x. */
final class Machines {

    private Machines() {}

    private static void wheel(MeshBuilder m, double x, double y, double z, double r, double width) {
        m.in(Affine.move(x, y, z).after(Affine.turnX(90)), w -> w.lathe(20, 0, -width, 0.8 * r, -width, r, -0.7 * width,
                r, 0.7 * width, 0.8 * r, width, 0, width));
    }

    static void aeroplane(MeshBuilder m, Draws d) {
        double length = d.uniform(1.1, 1.4);
        double r = d.uniform(0.14, 0.22);
        double span = d.uniform(0.9, 1.3);
        double sweep = d.uniform(0.1, 0.5);
        double chord = d.uniform(0.35, 0.5);
        m.in(Affine.turnY(90), w -> w.lathe(20, 0, -length, 0.25 * r, -length, r, -0.3 * length, r, 0.6 * length,
                0.7 * r, 0.85 * length, 0, length));
        m.tone(0.75).prism(-0.05, 0.03, chord, 0, chord - sweep, span, chord - sweep - 0.4 * chord, span, -0.2, 0,
                chord - sweep - 0.4 * chord, -span, chord - sweep, -span);
        m.tone(0.6).prism(0, 0.05, -length + 0.3, 0, -length - 0.02, 0.42 * span, -length - 0.15, 0.42 * span, -length, 0,
                -length - 0.15, -0.42 * span, -length - 0.02, -0.42 * span);
        double fin = d.uniform(0.35, 0.55);
        m.tone(0.5).in(Affine.turnX(90), w -> w.prism(-0.03, 0.03, -length + 0.4, 0, -length, 0, -length - 0.12, fin,
                -length + 0.1, fin));
        if (d.chance(0.5)) {
            m.tone(0.4);
            for (double side : new double[] {-0.45 * span, 0.45 * span}) {
                m.rod(chord - 0.5 * sweep - 0.3, side, -0.12, chord - 0.5 * sweep + 0.15, side, -0.12, 0.1);
            }
        }
    }

    static void car(MeshBuilder m, Draws d) {
        double length = d.uniform(1.0, 1.25);
        double width = d.uniform(0.42, 0.55);
        double hood = d.uniform(0.3, 0.6);
        double roof = d.uniform(0.65, 0.85);
        double rear = d.uniform(0.75, 1.0);
        double back = -rear * length;
        m.in(Affine.turnX(90), w -> {
            w.prism(-width, width, -length, 0.15, length, 0.15, length, 0.38, hood, 0.45, -length, 0.47);
            w.tone(0.5).prism(-0.9 * width, 0.9 * width, back, 0.44, hood, 0.44, hood - 0.3, roof, back + 0.12, roof);
        });
        m.tone(0.3);
        for (double side : new double[] {-width, width}) {
            wheel(m, 0.62 * length, side, 0.18, 0.2, 0.08);
            wheel(m, -0.62 * length, side, 0.18, 0.2, 0.08);
        }
        m.tone(1.2).box(length - 0.02, -0.8 * width, 0.25, length + 0.04, 0.8 * width, 0.33);
    }

    static void truck(MeshBuilder m, Draws d) {
        double width = d.uniform(0.38, 0.5);
        double load = d.uniform(1.0, 1.4);
        double high = d.uniform(0.7, 1.0);
        m.tone(0.55).box(-load, -width, 0.18, 0.65, width, 0.3);
        m.tone(1).box(-load, -width, 0.3, 0.1, width, 0.3 + high, 0.03);
        m.tone(0.75).in(Affine.turnX(90), w -> w.prism(-0.92 * width, 0.92 * width, 0.15, 0.2, 0.75, 0.2, 0.75, 0.5, 0.6, 0.85,
                0.15, 0.85));
        m.tone(0.3);
        for (double side : new double[] {-width, width}) {
            wheel(m, 0.45, side, 0.18, 0.2, 0.09);
            wheel(m, -0.4 * load, side, 0.18, 0.2, 0.09);
            wheel(m, -0.4 * load - 0.45, side, 0.18, 0.2, 0.09);
        }
    }

    static void ship(MeshBuilder m, Draws d) {
        double length = d.uniform(1.0, 1.3);
        double beam = d.uniform(0.3, 0.42);
        double deep = d.uniform(0.3, 0.45);
        m.tone(0.7).loft(hull(0.75 * length, 0.5 * beam, -deep), hull(0.95 * length, 0.9 * beam, -0.4 * deep), hull(length, beam,
                0.08));
        m.tone(1.1).box(-0.75 * length, -0.65 * beam, 0.05, 0.1, 0.65 * beam, 0.35, 0.03);
        m.tone(0.9).box(-0.45 * length, -0.5 * beam, 0.3, -0.05, 0.5 * beam, 0.58, 0.02);
        double funnel = d.uniform(0.25, 0.5);
        m.tone(0.4).rod(-0.6 * length, 0, 0.3, -0.65 * length, 0, 0.5 + funnel, 0.11);
        m.rod(0.45 * length, 0, 0, 0.45 * length, 0, d.uniform(0.6, 0.9), 0.04);
    }

    private static double[] hull(double length, double beam, double z) {
        return new double[] {length, 0, z + 0.06, 0.55 * length, 0.8 * beam, z, -0.2 * length, beam, z, -length, 0.8 * beam, z,
            -length, -0.8 * beam, z, -0.2 * length, -beam, z, 0.55 * length, -0.8 * beam, z};
    }

    static void sailingBoat(MeshBuilder m, Draws d) {
        double length = d.uniform(0.8, 1.0);
        double beam = d.uniform(0.25, 0.35);
        double mast = d.uniform(1.4, 1.9);
        double boom = d.uniform(0.6, 0.85);
        m.tone(0.6).loft(hull(0.7 * length, 0.4 * beam, -0.3), hull(length, beam, 0.05));
        m.tone(0.4).rod(0.15, 0, 0, 0.15, 0, mast, 0.04);
        m.tone(1.2).in(Affine.turnX(90), w -> {
            w.prism(-0.03, 0.03, 0.1, 0.25, 0.1, mast - 0.05, -boom, 0.25);
            w.tone(0.85).prism(-0.03, 0.03, 0.22, 0.3, 0.95 * length, 0.15, 0.22, 0.8 * mast);
        });
    }

    static void rocket(MeshBuilder m, Draws d) {
        double r = d.uniform(0.25, 0.38);
        double h = d.uniform(1.3, 1.7);
        double nose = d.uniform(0.4, 0.7);
        int fins = 3 + d.below(2);
        m.lathe(26, 0, 0, 0.8 * r, 0, r, 0.25 * h, r, 0.75 * h, 0.9 * r, h, 0, h);
        m.tone(0.5).lathe(26, 0, h - 0.01, 0.92 * r, h - 0.01, 0.6 * r, h + 0.5 * nose, 0.2 * r, h + 0.9 * nose, 0, h + nose);
        for (int i = 0; i < fins; i++) {
            double reach = i == 0 ? 0.75 : 0.5;
            m.tone(i == 0 ? 0.35 : 0.65).in(Affine.turnZ(360.0 * i / fins).after(Affine.turnX(90)), w ->
                    w.prism(-0.04, 0.04, 0.7 * r, 0.05, r + reach, -0.25, r + reach, 0.05, 0.9 * r, 0.5 * h));
        }
        m.tone(0.4).ellipsoid(0, -r, 0.7 * h, 0.13, 0.06, 0.13);
    }

    static void train(MeshBuilder m, Draws d) {
        double r = d.uniform(0.25, 0.34);
        double boiler = d.uniform(0.8, 1.1);
        double cab = d.uniform(0.9, 1.15);
        m.tone(0.5).box(-0.7, -0.36, 0.2, boiler + 0.1, 0.36, 0.32);
        m.tone(0.9).rod(-0.2, 0, 0.3 + r, boiler, 0, 0.3 + r, r);
        m.tone(0.7).box(-0.7, -0.38, 0.3, -0.1, 0.38, cab, 0.02);
        m.tone(0.4).box(-0.8, -0.45, cab - 0.02, 0, 0.45, cab + 0.08, 0.02);
        m.rod(0.8 * boiler, 0, 0.5, 0.8 * boiler, 0, 0.95 + d.uniform(0.1, 0.35), 0.08, 0.14);
        m.tone(0.3);
        for (double side : new double[] {-0.33, 0.33}) {
            wheel(m, -0.42, side, 0.24, 0.26, 0.06);
            wheel(m, 0.25, side, 0.18, 0.2, 0.06);
            wheel(m, 0.25 + 0.6 * (boiler - 0.1), side, 0.18, 0.2, 0.06);
        }
    }

    /** A bicycle seen as tubes and two rings. */
    static void bicycle(MeshBuilder m, Draws d) {
        double r = d.uniform(0.42, 0.5);
        double base = d.uniform(0.58, 0.7);
        double bar = d.uniform(0.6, 0.8);
        m.tone(0.35);
        for (double x : new double[] {-base, base}) {
            int n = 28;
            double[] path = new double[3 * n];
            double[] radii = new double[n];
            for (int i = 0; i < n; i++) {
                double a = 2 * StrictMath.PI * i / n;
                path[3 * i] = x + r * StrictMath.cos(a);
                path[3 * i + 2] = r * StrictMath.sin(a);
                radii[i] = 0.06;
            }
            m.tube(8, path, radii, true);
        }
        double t = 0.05;
        m.tone(1).rod(-base, 0, 0, -0.2, 0, bar - 0.1, t).rod(-0.2, 0, bar - 0.1, 0.45 * base, 0, bar - 0.1, t)
                .rod(-base, 0, 0, 0, 0, -0.1, t).rod(0, 0, -0.1, -0.25, 0, bar + 0.1, t).rod(0, 0, -0.1, 0.45 * base, 0,
                        bar - 0.1, t)
                .rod(base, 0, 0, 0.4 * base, 0, bar + 0.15, t);
        m.tone(0.55).rod(0.4 * base, -0.32, bar + 0.15, 0.4 * base, 0.32, bar + 0.15, t);
        m.ellipsoid(-0.27, 0, bar + 0.14, 0.2, 0.11, 0.06);
    }

    static void helicopter(MeshBuilder m, Draws d) {
        double tail = d.uniform(1.1, 1.4);
        double blade = d.uniform(0.9, 1.15);
        double turn = d.uniform(0, 90);
        m.ellipsoid(0, 0, 0, d.uniform(0.5, 0.65), 0.36, 0.38);
        m.tone(0.75).rod(-0.3, 0, 0.1, -tail, 0, 0.2, 0.16, 0.06);
        m.tone(0.45).ellipsoid(0.3, 0, 0.06, 0.3, 0.31, 0.26);
        m.box(-tail - 0.1, -0.03, 0, -tail + 0.08, 0.03, 0.5);
        m.tone(0.4).rod(0, 0, 0.3, 0, 0, 0.58, 0.05);
        m.in(Affine.move(0, 0, 0.58).after(Affine.turnZ(turn)), w -> w.box(-blade, -0.06, -0.02, blade, 0.06, 0.02)
                .box(-0.06, -blade, -0.02, 0.06, blade, 0.02));
        for (double side : new double[] {-0.3, 0.3}) {
            m.rod(-0.45, side, -0.55, 0.5, side, -0.55, 0.045).rod(0, 0.5 * side, -0.25, 0, side, -0.55, 0.035);
        }
    }

    static void windmill(MeshBuilder m, Draws d) {
        double h = d.uniform(1.3, 1.6);
        double r = d.uniform(0.38, 0.5);
        double blade = d.uniform(0.7, 0.95);
        int blades = 3 + d.below(2);
        m.lathe(20, 0, 0, r, 0, 0.6 * r, h, 0, h);
        m.tone(0.5).ellipsoid(0, 0, h, 0.65 * r, 0.65 * r, 0.28);
        m.tone(0.75).rod(0.2, 0, h, 0.62 * r + 0.25, 0, h, 0.06);
        double turn = d.uniform(0, 90);
        for (int i = 0; i < blades; i++) {
            m.tone(i == 0 ? 0.4 : 0.95).in(Affine.move(0.62 * r + 0.2, 0, h).after(Affine.turnX(turn + 360.0 * i / blades)), w ->
                    w.box(-0.02, -0.03, 0, 0.02, 0.16, blade));
        }
        m.tone(0.35).box(0.75 * r, -0.12, 0, 1.02 * r, 0.12, 0.4);
    }
}
