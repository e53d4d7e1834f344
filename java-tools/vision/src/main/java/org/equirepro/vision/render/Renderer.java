package org.equirepro.vision.render;

import java.util.List;
import org.equirepro.vision.image.Picture;

/**
 * Draws scenes: z-buffer with several samples a pixel, then every visible surface is lit once a pixel, or once a sample where
 * a pixel holds an edge. A picture depends on its scene only, not on what was drawn before. Holds buffers, so each thread
 * needs its own.
 */
public final class Renderer {

    private final int size;
    private final int samples;
    private final DepthRaster raster;
    private final ShadowMap sunShadow;
    private final ShadowMap spotShadow;
    private final byte[] encoding = Colours.encoding();
    private final double[] light = new double[3];
    private final double[] colour = new double[3];
    private final double[] direction = new double[3];
    private double[] projected = new double[0];
    private Geometry geometry;

    /** Pictures of {@code size} x {@code size} pixels with {@code samples} x {@code samples} samples in each. */
    public Renderer(int size, int samples) {
        this(size, samples, Math.max(96, size));
    }

    /** {@code cells}: how fine shadows are; the shadow of everything is drawn on so many cells in each direction. */
    Renderer(int size, int samples, int cells) {
        if (size < 8 || size > 4096 || samples < 1 || samples > 8) {
            throw new IllegalArgumentException("size " + size + " is not in 8 .. 4096 or samples " + samples + " not in 1 .. 8");
        }
        this.size = size;
        this.samples = samples;
        this.raster = new DepthRaster(size * samples);
        this.sunShadow = new ShadowMap(cells);
        this.spotShadow = new ShadowMap(cells);
    }

    /** The picture of a scene. */
    public Picture render(Scene scene) {
        draw(scene);
        return light(scene);
    }

    /** Finds what every sample shows. */
    void draw(Scene scene) {
        geometry = Geometry.of(scene.bodies());
        double[] p = geometry.points();
        int[] corners = geometry.corners();
        if (projected.length < p.length) {
            projected = new double[p.length];
        }
        raster.clear();
        for (int i = 0; i < p.length; i += 3) {
            scene.camera().project(p[i], p[i + 1], p[i + 2], raster.size(), projected, i);
            if (projected[i + 2] <= 0) {
                throw new IllegalArgumentException("a part of the object is behind the camera");
            }
        }
        for (int t = 0; t < corners.length; t += 3) {
            raster.draw(t / 3, projected, 3 * corners[t], 3 * corners[t + 1], 3 * corners[t + 2]);
        }
    }

    /** The picture of the scene that was drawn last. */
    Picture light(Scene scene) {
        Shader shader = shader(scene);
        byte[] rgb = new byte[3 * size * size];
        double[] sum = new double[3];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                pixel(scene, shader, column, row, sum);
                int at = 3 * (row * size + column);
                for (int c = 0; c < 3; c++) {
                    rgb[at + c] = encoding[Colours.index(sum[c])];
                }
            }
        }
        return new Picture(size, size, rgb);
    }

    /** The lights with the shadows of what casts any. */
    private Shader shader(Scene scene) {
        double[] centre = new double[3];
        List<Body> casting = scene.bodies().stream().filter(Body::casts).toList();
        for (Body body : casting) {
            for (int axis = 0; axis < 3; axis++) {
                centre[axis] += body.offset()[axis] / casting.size();
            }
        }
        double radius = 0;
        for (Body body : casting) {
            double[] o = body.offset();
            double distance = Math.sqrt((o[0] - centre[0]) * (o[0] - centre[0]) + (o[1] - centre[1]) * (o[1] - centre[1])
                    + (o[2] - centre[2]) * (o[2] - centre[2]));
            radius = Math.max(radius, distance + body.radius());
        }
        return new Shader(scene.lighting(), centre, casting.isEmpty() ? 1 : radius, geometry.points(),
                geometry.casting(scene.bodies()), sunShadow, spotShadow);
    }

    /** Pixels in each direction. */
    int size() {
        return size;
    }

    /** Samples of a pixel in each direction. */
    int samples() {
        return samples;
    }

    /** The body that a sample of the last picture shows, or {@link DepthRaster#NOTHING}. */
    int body(int column, int row) {
        int t = raster.front(column, row);
        return t == DepthRaster.NOTHING ? t : geometry.bodyOf()[t];
    }

    /** One over the distance, along the camera's axis, of what a sample of the last picture shows; minus infinity for nothing. */
    float nearness(int column, int row) {
        return raster.nearness(column, row);
    }

    /** How many samples of the last picture show the object, in a rectangle of samples whose right and bottom are outside. */
    int coveredIn(int left, int top, int right, int bottom) {
        int count = 0;
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                count += raster.front(column, row) == DepthRaster.NOTHING ? 0 : 1;
            }
        }
        return count;
    }

    /** Mean light of the pixel's samples. Samples of one surface are lit once, in the pixel's middle. */
    private void pixel(Scene scene, Shader shader, int column, int row, double[] sum) {
        int left = column * samples;
        int top = row * samples;
        int first = raster.front(left, top);
        boolean uniform = true;
        for (int j = 0; j < samples && uniform; j++) {
            for (int i = 0; i < samples && uniform; i++) {
                uniform = raster.front(left + i, top + j) == first;
            }
        }
        sum[0] = 0;
        sum[1] = 0;
        sum[2] = 0;
        if (uniform) {
            surface(scene, shader, first, left + 0.5 * samples, top + 0.5 * samples, sum);
            return;
        }
        for (int j = 0; j < samples; j++) {
            for (int i = 0; i < samples; i++) {
                surface(scene, shader, raster.front(left + i, top + j), left + i + 0.5, top + j + 0.5, sum);
            }
        }
        double share = 1.0 / (samples * samples);
        sum[0] *= share;
        sum[1] *= share;
        sum[2] *= share;
    }

    /** Adds the light of triangle {@code t}, or of the backdrop, at a place on the raster. */
    private void surface(Scene scene, Shader shader, int t, double x, double y, double[] sum) {
        if (t != DepthRaster.NOTHING) {
            object(scene, shader, t, x, y);
        } else if (scene.backdrop() instanceof Backdrop.Floor floor) {
            floor(scene, shader, floor, x, y);
        } else {
            ((Backdrop.Painted) scene.backdrop()).light(x / raster.size(), y / raster.size(), light);
        }
        sum[0] += light[0];
        sum[1] += light[1];
        sum[2] += light[2];
    }

    private void floor(Scene scene, Shader shader, Backdrop.Floor floor, double x, double y) {
        Projection camera = scene.camera();
        camera.ray(x, y, raster.size(), direction);
        double s = (floor.z() - camera.eye(2)) / direction[2];
        if (!(s > 0) || Double.isInfinite(s)) {
            System.arraycopy(floor.horizon(), 0, light, 0, 3);
            return;
        }
        shader.light(camera.eye(0) + s * direction[0], camera.eye(1) + s * direction[1], floor.z(), 0, 0, 1, light);
        for (int c = 0; c < 3; c++) {
            light[c] *= floor.albedo()[c];
        }
    }

    private void object(Scene scene, Shader shader, int t, double x, double y) {
        int number = geometry.bodyOf()[t];
        Body body = scene.bodies().get(number);
        int own = t - geometry.firstOf()[number];
        int a = 3 * geometry.corners()[3 * t];
        int b = 3 * geometry.corners()[3 * t + 1];
        int c = 3 * geometry.corners()[3 * t + 2];
        double[] p = projected;
        // barycentric weights on the raster, then corrected for perspective by the nearness of each corner
        double wb = ((x - p[a]) * (p[c + 1] - p[a + 1]) - (y - p[a + 1]) * (p[c] - p[a]));
        double wc = ((p[b] - p[a]) * (y - p[a + 1]) - (p[b + 1] - p[a + 1]) * (x - p[a]));
        double area = (p[b] - p[a]) * (p[c + 1] - p[a + 1]) - (p[b + 1] - p[a + 1]) * (p[c] - p[a]);
        double wa = (area - wb - wc) * p[a + 2];
        wb *= p[b + 2];
        wc *= p[c + 2];
        double whole = wa + wb + wc;
        wa /= whole;
        wb /= whole;
        wc /= whole;
        double[] n = body.mesh().normals();
        int at = 9 * own;
        double nx = wa * n[at] + wb * n[at + 3] + wc * n[at + 6];
        double ny = wa * n[at + 1] + wb * n[at + 4] + wc * n[at + 7];
        double nz = wa * n[at + 2] + wb * n[at + 5] + wc * n[at + 8];
        double scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
        double[] r = body.rotation();
        double[] posed = geometry.points();
        shader.light(wa * posed[a] + wb * posed[b] + wc * posed[c], wa * posed[a + 1] + wb * posed[b + 1] + wc * posed[c + 1],
                wa * posed[a + 2] + wb * posed[b + 2] + wc * posed[c + 2],
                scale * (r[0] * nx + r[1] * ny + r[2] * nz), scale * (r[3] * nx + r[4] * ny + r[5] * nz),
                scale * (r[6] * nx + r[7] * ny + r[8] * nz), light);
        double[] q = geometry.own();
        body.surface().albedo(wa * q[a] + wb * q[b] + wc * q[c], wa * q[a + 1] + wb * q[b + 1] + wc * q[c + 1],
                wa * q[a + 2] + wb * q[b + 2] + wc * q[c + 2], colour);
        double tone = body.mesh().tones()[own];
        for (int k = 0; k < 3; k++) {
            light[k] *= tone * colour[k];
        }
    }
}
