package org.equirepro.vision.render;

import java.util.Arrays;
import org.equirepro.base.Draws;

/** Geometric solids. Each has something that tells its ends and sides apart, so that a rotation can be seen. */
final class Blocks {

    private Blocks() {}

    /** An egg with a darker cap, a stalk to one side and a snout on another. */
    static void egg(MeshBuilder m, Draws d) {
        double rx = d.uniform(0.55, 0.8);
        double ry = d.uniform(0.55, 0.8);
        double rz = d.uniform(0.85, 1.15);
        double lean = d.uniform(0.1, 0.35);
        m.ellipsoid(0, 0, 0, rx, ry, rz);
        m.tone(0.7).ellipsoid(0.85 * rx, 0.2 * ry, -0.15 * rz, 0.25, 0.2, 0.2);
        m.tone(0.55).ellipsoid(0, 0, 0.55 * rz, 0.86 * rx, 0.86 * ry, 0.52 * rz);
        m.tone(0.4).rod(0.1, 0, 0.9 * rz, 0.1 + lean, 0, 1.25 * rz + 0.1, 0.08, 0.05);
    }

    /** A box with one corner taken out. */
    static void notchedBox(MeshBuilder m, Draws d) {
        double x = d.uniform(0.6, 1);
        double y = d.uniform(0.6, 1);
        double z = d.uniform(0.5, 0.9);
        double cut = d.uniform(0.35, 0.6);
        double edge = d.uniform(0.02, 0.06);
        m.box(-x, -y, -z, x, y, z * (1 - 2 * cut), edge);
        m.box(-x, -y, -z, x * (1 - 2 * cut), y, z, edge);
        m.box(-x, -y, -z, x, y * (1 - 2 * cut), z, edge);
        m.tone(0.55).box(-x - 0.05, -0.5 * y, -0.6 * z, -x + 0.05, 0.6 * y, 0.1 * z);
    }

    /** A can with a handle on top and a label on one side. */
    static void can(MeshBuilder m, Draws d) {
        double r = d.uniform(0.45, 0.75);
        double h = d.uniform(0.8, 1.2);
        double rim = d.uniform(0.03, 0.07);
        m.lathe(28, 0, -h, r - rim, -h, r, -h + rim, r, h - rim, r - rim, h, 0, h);
        m.tone(0.5).box(0.3 * r, -0.5 * r, -0.5 * h, 1.04 * r, 0.5 * r, 0.3 * h);
        m.tone(0.65).tube(10, new double[] {-0.6 * r, 0, h - 0.05, -0.5 * r, 0, h + 0.3, 0.5 * r, 0, h + 0.3, 0.6 * r, 0,
                h - 0.05},
                new double[] {0.06, 0.06, 0.06, 0.06}, false);
    }

    /** A cone on an oblong foot, with a band. */
    static void cone(MeshBuilder m, Draws d) {
        double r = d.uniform(0.55, 0.75);
        double h = d.uniform(1.3, 1.9);
        double foot = d.uniform(1.0, 1.4);
        m.lathe(28, 0, 0, r, 0, 0.62 * r, 0.38 * h, 0.62 * r, 0.4 * h);
        m.tone(0.5).lathe(28, 0, 0.4 * h, 0.62 * r, 0.4 * h, 0.4 * r, 0.62 * h, 0, 0.62 * h);
        m.tone(1).lathe(28, 0, 0.6 * h, 0.41 * r, 0.61 * h, 0.06 * r, h, 0, h);
        m.tone(0.7).box(-foot * r, -0.95 * r, -0.16, foot * 1.35 * r, 0.95 * r, 0.01, 0.04);
    }

    /** A ring with a bead on it. */
    static void ring(MeshBuilder m, Draws d) {
        int n = 40;
        double thick = d.uniform(0.16, 0.3);
        double flat = d.uniform(0.7, 1.0);
        double[] path = new double[3 * n];
        double[] radii = new double[n];
        for (int i = 0; i < n; i++) {
            double a = 2 * StrictMath.PI * i / n;
            path[3 * i] = StrictMath.cos(a);
            path[3 * i + 1] = flat * StrictMath.sin(a);
            radii[i] = thick * (1 + 0.25 * StrictMath.cos(a));
        }
        m.tube(16, path, radii, true);
        m.tone(0.45).ellipsoid(0, flat, 0, 1.6 * thick, 1.5 * thick, 1.7 * thick);
    }

    /** A pyramid whose tip is off the middle, on a plinth. */
    static void pyramid(MeshBuilder m, Draws d) {
        double x = d.uniform(0.7, 1.0);
        double y = d.uniform(0.7, 1.0);
        double h = d.uniform(1.1, 1.6);
        double off = d.uniform(0.15, 0.5);
        double tip = d.uniform(0.01, 0.12);
        m.loft(new double[] {-x, -y, 0, x, -y, 0, x, y, 0, -x, y, 0},
                new double[] {off - tip, -tip, h, off + tip, -tip, h, off + tip, tip, h, off - tip, tip, h});
        m.tone(0.6).box(-1.15 * x, -1.15 * y, -0.25, 1.15 * x, 1.15 * y, 0.01, 0.03);
    }

    /** A ramp. */
    static void wedge(MeshBuilder m, Draws d) {
        double length = d.uniform(1.4, 2.2);
        double high = d.uniform(0.8, 1.3);
        double low = d.uniform(0.02, 0.3);
        double width = d.uniform(0.45, 0.8);
        m.in(Affine.turnX(90), w -> w.prism(-width, width, 0, 0, length, 0, length, high, 0, low));
        m.tone(0.55).box(length - 0.01, -0.6 * width, 0, length + d.uniform(0.1, 0.25), 0.6 * width, 0.5 * high);
    }

    static void lBlock(MeshBuilder m, Draws d) {
        double arm = d.uniform(1.1, 1.7);
        double other = d.uniform(0.8, 1.2);
        double t = d.uniform(0.35, 0.55);
        double depth = d.uniform(0.3, 0.6);
        m.in(Affine.turnX(90), w -> w.prism(-depth, depth, 0, 0, other, 0, other, t, t, t, t, arm, 0, arm));
        m.tone(0.6).box(0.1 * t, -0.6 * depth, arm - 0.01, 0.9 * t, 0.2 * depth, arm + 0.12);
    }

    static void tBlock(MeshBuilder m, Draws d) {
        double stem = d.uniform(1.0, 1.6);
        double left = d.uniform(0.6, 0.8);
        double right = d.uniform(0.8, 1.2);
        double t = d.uniform(0.18, 0.3);
        double depth = d.uniform(0.2, 0.5);
        m.in(Affine.turnX(90), w -> w.prism(-depth, depth, -t, 0, t, 0, t, stem, right, stem, right, stem + 2 * t,
                -left, stem + 2 * t, -left, stem, -t, stem));
        m.tone(0.55).box(-1.5 * t, -1.2 * depth, -0.3, 1.5 * t, depth, 0.01);
    }

    /** Three crossing bars of different lengths and shades. */
    static void jack(MeshBuilder m, Draws d) {
        double t = d.uniform(0.16, 0.26);
        double edge = d.uniform(0, 0.05);
        m.box(-d.uniform(0.4, 0.7), -t, -t, d.uniform(0.9, 1.2), t, t, edge);
        m.tone(0.75).box(-t, -d.uniform(0.8, 1.0), -t, t, d.uniform(0.4, 0.6), t, edge);
        m.tone(0.5).box(-t, -t, -d.uniform(0.3, 0.5), t, t, d.uniform(0.7, 1.1), edge);
    }

    /** A star prism with one long ray and a knob in front. */
    static void star(MeshBuilder m, Draws d) {
        int rays = 5 + d.below(3);
        double inner = d.uniform(0.38, 0.55);
        double depth = d.uniform(0.14, 0.28);
        double longRay = d.uniform(1.35, 1.6);
        double[] polygon = new double[4 * rays];
        for (int i = 0; i < 2 * rays; i++) {
            double a = StrictMath.PI * i / rays;
            double r = i == 0 ? longRay : i % 2 == 0 ? 1 : inner;
            polygon[2 * i] = r * StrictMath.cos(a);
            polygon[2 * i + 1] = r * StrictMath.sin(a);
        }
        m.in(Affine.turnX(90), w -> {
            w.prism(-depth, depth, polygon);
            w.tone(0.55).ellipsoid(0, 0, depth, 0.6 * inner, 0.6 * inner, 0.25);
        });
    }

    /** A cog on a shaft with one long end. */
    static void gear(MeshBuilder m, Draws d) {
        int teeth = 8 + d.below(7);
        double root = d.uniform(0.7, 0.82);
        double depth = d.uniform(0.14, 0.26);
        double shaft = d.uniform(0.16, 0.3);
        double end = d.uniform(0.5, 0.9);
        double[] polygon = new double[8 * teeth];
        for (int i = 0; i < 4 * teeth; i++) {
            double a = 2 * StrictMath.PI * (i + (i % 4 == 1 ? 0.15 : i % 4 == 2 ? -0.15 : 0)) / (4 * teeth);
            double r = i % 4 == 1 || i % 4 == 2 ? 1 : root;
            polygon[2 * i] = r * StrictMath.cos(a);
            polygon[2 * i + 1] = r * StrictMath.sin(a);
        }
        m.prism(-depth, depth, polygon);
        m.tone(0.6).lathe(20, 0, -depth - 0.12, shaft, -depth - 0.12, shaft, depth + end, 0, depth + end);
        m.tone(0.45).box(0.5 * root - 0.1, -0.1, depth - 0.02, 0.5 * root + 0.15, 0.1, depth + 0.12);
    }

    /** A wire wound up, with straight ends. */
    static void helix(MeshBuilder m, Draws d) {
        double turns = d.uniform(2.3, 3.8);
        double pitch = d.uniform(0.45, 0.6);
        double wire = d.uniform(0.1, 0.16);
        int n = (int) (turns * 22);
        double[] path = new double[3 * (n + 2)];
        double[] radii = new double[n + 2];
        double wide = d.uniform(0.7, 1.0);
        for (int i = 0; i < n; i++) {
            double a = 2 * StrictMath.PI * turns * i / (n - 1);
            double r = 0.6 * (1 + (wide - 1) * i / n);
            path[3 * i + 3] = r * StrictMath.cos(a);
            path[3 * i + 4] = r * StrictMath.sin(a);
            path[3 * i + 5] = pitch * turns * i / (n - 1);
        }
        path[0] = path[3];
        path[1] = path[4] - 0.5;
        path[2] = path[5] - 0.05;
        path[3 * n + 3] = 0;
        path[3 * n + 4] = 0;
        path[3 * n + 5] = path[3 * n + 2] + 0.35;
        Arrays.fill(radii, wire);
        m.tube(12, path, radii, false);
    }

    static void stairs(MeshBuilder m, Draws d) {
        int steps = 3 + d.below(4);
        double run = d.uniform(1.4, 2.0) / steps;
        double rise = d.uniform(1.0, 1.5) / steps;
        double width = d.uniform(0.4, 0.7);
        double[] side = new double[4 * steps + 4];
        for (int i = 0; i < steps; i++) {
            side[4 * i] = i * run;
            side[4 * i + 1] = i * rise;
            side[4 * i + 2] = i * run;
            side[4 * i + 3] = (i + 1) * rise;
        }
        side[4 * steps] = steps * run;
        side[4 * steps + 1] = steps * rise;
        side[4 * steps + 2] = steps * run;
        m.in(Affine.turnX(90), w -> w.prism(-width, width, side));
        m.tone(0.7);
        for (int i = 0; i < steps; i++) {
            m.box(i * run - 0.04, -width - 0.03, (i + 1) * rise - 0.04, (i + 1) * run, width + 0.03, (i + 1) * rise + 0.03);
        }
        double rail = d.uniform(0.25, 0.4);
        m.tone(0.5).rod(0.1, -width, rise, 0.1, -width, rise + rail, 0.05);
        m.rod(0.1, -width, rise + rail, steps * run - 0.1, -width, steps * rise + rail, 0.05);
        m.rod(steps * run - 0.1, -width, steps * rise, steps * run - 0.1, -width, steps * rise + rail, 0.05);
    }

    /** A half arch: two pillars of unequal width under a curved beam. */
    static void arch(MeshBuilder m, Draws d) {
        double width = d.uniform(0.3, 0.5);
        double inner = d.uniform(0.5, 0.65);
        double leg = d.uniform(0.5, 0.9);
        int n = 16;
        double[] polygon = new double[4 * (n + 1) + 8];
        int at = 0;
        for (int i = 0; i <= n; i++) {
            double a = StrictMath.PI * i / n;
            polygon[at++] = StrictMath.cos(a);
            polygon[at++] = StrictMath.sin(a);
        }
        polygon[at++] = -1;
        polygon[at++] = -leg;
        polygon[at++] = -inner;
        polygon[at++] = -leg;
        for (int i = n; i >= 0; i--) {
            double a = StrictMath.PI * i / n;
            polygon[at++] = inner * StrictMath.cos(a);
            polygon[at++] = inner * StrictMath.sin(a);
        }
        polygon[at++] = inner;
        polygon[at++] = -leg;
        polygon[at++] = 1;
        polygon[at++] = -leg;
        m.in(Affine.turnX(90), w -> w.prism(-width, width, polygon));
        m.tone(0.6).box(0.9 * inner, -1.2 * width, -leg - 0.15, 1.2, 1.2 * width, -leg + 0.01);
        m.tone(0.45).box(-0.15, -width - 0.1, 0.6, 0.15, -width + 0.01, 1.05);
    }
}
