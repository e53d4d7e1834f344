package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts a {@link Mesh} together from closed parts: boxes, prisms, lathes, tubes. z is up. Every part is turned outside out
 * by its signed volume, so mirrored transforms are allowed. Parts may overlap.
 */
public final class MeshBuilder {

    /** Faces that meet at less than this angle are shaded as one smooth surface. */
    private static final double CREASE = StrictMath.cos(StrictMath.toRadians(38));

    private final List<double[]> points = new ArrayList<>();
    private final List<int[]> triangles = new ArrayList<>();
    private final List<double[]> normals = new ArrayList<>();
    private final List<Double> tones = new ArrayList<>();
    private Affine frame = Affine.IDENTITY;
    private double tone = 1;

    /** The albedo factor of the parts that follow. */
    public MeshBuilder tone(double factor) {
        tone = factor;
        return this;
    }

    /** Adds parts inside a transformed frame; the frame outside is in force again afterwards. */
    MeshBuilder in(Affine map, Consumer<MeshBuilder> parts) {
        Affine outside = frame;
        frame = outside.after(map);
        parts.accept(this);
        frame = outside;
        return this;
    }

    /** A box between two corners, its edges cut off by {@code bevel}. */
    MeshBuilder box(double x0, double y0, double z0, double x1, double y1, double z1, double bevel) {
        double b = Math.min(bevel, 0.45 * Math.min(x1 - x0, Math.min(y1 - y0, z1 - z0)));
        if (b <= 0) {
            return loft(rectangle(x0, y0, x1, y1, z0), rectangle(x0, y0, x1, y1, z1));
        }
        return loft(chamfered(x0 + b, y0 + b, x1 - b, y1 - b, b, z0), chamfered(x0, y0, x1, y1, b, z0 + b),
                chamfered(x0, y0, x1, y1, b, z1 - b), chamfered(x0 + b, y0 + b, x1 - b, y1 - b, b, z1));
    }

    MeshBuilder box(double x0, double y0, double z0, double x1, double y1, double z1) {
        return box(x0, y0, z0, x1, y1, z1, 0);
    }

    /** A surface of revolution about z: {@code profile} is r, z, r, z, ... ; ends off the axis are closed by discs. */
    MeshBuilder lathe(int segments, double... profile) {
        double[][] rings = new double[profile.length / 2][3 * segments];
        for (int i = 0; i < rings.length; i++) {
            for (int k = 0; k < segments; k++) {
                double angle = 2 * StrictMath.PI * k / segments;
                rings[i][3 * k] = profile[2 * i] * StrictMath.cos(angle);
                rings[i][3 * k + 1] = profile[2 * i] * StrictMath.sin(angle);
                rings[i][3 * k + 2] = profile[2 * i + 1];
            }
        }
        return loft(rings);
    }

    /** An ellipsoid with these half axes. */
    MeshBuilder ellipsoid(double cx, double cy, double cz, double rx, double ry, double rz) {
        return ellipsoid(24, cx, cy, cz, rx, ry, rz);
    }

    /** The same of so many segments around; few will do for what is small. */
    MeshBuilder ellipsoid(int segments, double cx, double cy, double cz, double rx, double ry, double rz) {
        int stacks = 7 * segments / 12;
        double[] profile = new double[2 * (stacks + 1)];
        for (int i = 0; i <= stacks; i++) {
            double angle = StrictMath.PI * i / stacks;
            profile[2 * i] = i == 0 || i == stacks ? 0 : StrictMath.sin(angle);
            profile[2 * i + 1] = -StrictMath.cos(angle);
        }
        return in(Affine.move(cx, cy, cz).after(Affine.scale(rx, ry, rz)), m -> m.lathe(segments, profile));
    }

    /** A round rod from a to b, of radius ra there and rb here. */
    MeshBuilder rod(double ax, double ay, double az, double bx, double by, double bz, double ra, double rb) {
        return tube(18, new double[] {ax, ay, az, bx, by, bz}, new double[] {ra, rb}, false);
    }

    MeshBuilder rod(double ax, double ay, double az, double bx, double by, double bz, double radius) {
        return rod(ax, ay, az, bx, by, bz, radius, radius);
    }

    /** A round rod with rounded ends, whose middles are a and b. */
    MeshBuilder capsule(double ax, double ay, double az, double bx, double by, double bz, double ra, double rb) {
        double length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay) + (bz - az) * (bz - az));
        int round = 4; // rings of a rounded end
        double[] path = new double[6 * (round + 1)];
        double[] radii = new double[2 * (round + 1)];
        for (int i = 0; i <= round; i++) {
            double angle = StrictMath.PI / 2 * i / round;
            double along = -ra / length * StrictMath.cos(angle);
            double beyond = 1 + rb / length * StrictMath.cos(angle);
            int last = radii.length - 1 - i;
            radii[i] = i == 0 ? 0 : ra * StrictMath.sin(angle);
            radii[last] = i == 0 ? 0 : rb * StrictMath.sin(angle);
            for (int axis = 0; axis < 3; axis++) {
                double from = axis == 0 ? ax : axis == 1 ? ay : az;
                double to = axis == 0 ? bx : axis == 1 ? by : bz;
                path[3 * i + axis] = from + along * (to - from);
                path[3 * last + axis] = from + beyond * (to - from);
            }
        }
        return tube(14, path, radii, false);
    }

    /** A round tube along a path of points x, y, z, ..., with a radius at each; {@code closed} joins its ends. */
    MeshBuilder tube(int segments, double[] path, double[] radii, boolean closed) {
        return loft(closed, TubeFrames.rings(segments, path, radii, closed));
    }

    /** A prism over a simple polygon x, y, x, y, ..., which need not be convex, between two heights. */
    MeshBuilder prism(double z0, double z1, double... polygon) {
        int n = polygon.length / 2;
        double[] part = new double[6 * n];
        List<int[]> faces = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int level = 0; level < 2; level++) {
                int at = 3 * (i + level * n);
                part[at] = polygon[2 * i];
                part[at + 1] = polygon[2 * i + 1];
                part[at + 2] = level == 0 ? z0 : z1;
            }
            int next = (i + 1) % n;
            faces.add(new int[] {i, next, n + next});
            faces.add(new int[] {i, n + next, n + i});
        }
        boolean anticlockwise = EarClipping.area(polygon) > 0;
        for (int[] ear : EarClipping.triangulate(polygon)) {
            int a = ear[0];
            int b = anticlockwise ? ear[1] : ear[2];
            int c = anticlockwise ? ear[2] : ear[1];
            faces.add(anticlockwise ? new int[] {n + a, n + b, n + c} : new int[] {n + a, n + c, n + b});
            faces.add(anticlockwise ? new int[] {a, c, b} : new int[] {a, b, c});
        }
        return part(part, faces);
    }

    /** Joins rings of equally many points (x, y, z each) by quadrilaterals and closes both ends. */
    MeshBuilder loft(double[]... rings) {
        return loft(false, rings);
    }

    private MeshBuilder loft(boolean closed, double[]... rings) {
        int n = rings[0].length / 3;
        double[] part = new double[3 * n * rings.length + (closed ? 0 : 6)];
        for (int i = 0; i < rings.length; i++) {
            System.arraycopy(rings[i], 0, part, 3 * n * i, 3 * n);
        }
        List<int[]> faces = new ArrayList<>();
        for (int i = 0; i + 1 < rings.length + (closed ? 1 : 0); i++) {
            int low = n * i;
            int high = n * ((i + 1) % rings.length);
            for (int k = 0; k < n; k++) {
                int next = (k + 1) % n;
                faces.add(new int[] {low + k, low + next, high + next});
                faces.add(new int[] {low + k, high + next, high + k});
            }
        }
        if (!closed) {
            cap(part, faces, 0, n, n * rings.length, false);
            cap(part, faces, n * (rings.length - 1), n, n * rings.length + 1, true);
        }
        return part(part, faces);
    }

    /** Closes the ring that starts at vertex {@code first} by a fan about its middle. */
    private static void cap(double[] part, List<int[]> faces, int first, int n, int middle, boolean top) {
        for (int k = 0; k < n; k++) {
            for (int axis = 0; axis < 3; axis++) {
                part[3 * middle + axis] += part[3 * (first + k) + axis] / n;
            }
            int next = first + (k + 1) % n;
            faces.add(top ? new int[] {first + k, next, middle} : new int[] {next, first + k, middle});
        }
    }

    private MeshBuilder part(double[] local, List<int[]> faces) {
        PartSurface surface = PartSurface.of(local, faces, frame, CREASE);
        int offset = points.stream().mapToInt(block -> block.length / 3).sum();
        points.add(surface.points());
        for (int i = 0; i < surface.faces().size(); i++) {
            int[] f = surface.faces().get(i);
            triangles.add(new int[] {f[0] + offset, f[1] + offset, f[2] + offset});
            normals.add(surface.normals().get(i));
            tones.add(tone);
        }
        return this;
    }

    /** The mesh of all parts so far. */
    public Mesh build() {
        return new Mesh(points.stream().flatMapToDouble(Arrays::stream).toArray(),
                triangles.stream().flatMapToInt(Arrays::stream).toArray(),
                normals.stream().flatMapToDouble(Arrays::stream).toArray(),
                tones.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double[] rectangle(double x0, double y0, double x1, double y1, double z) {
        return new double[] {x0, y0, z, x1, y0, z, x1, y1, z, x0, y1, z};
    }

    private static double[] chamfered(double x0, double y0, double x1, double y1, double cut, double z) {
        double b = Math.min(cut, 0.49 * Math.min(x1 - x0, y1 - y0));
        return new double[] {x0 + b, y0, z, x1 - b, y0, z, x1, y0 + b, z, x1, y1 - b, z,
            x1 - b, y1, z, x0 + b, y1, z, x0, y1 - b, z, x0, y0 + b, z};
    }
}
