package org.equirepro.vision.image;

/**
 * Cuts, rotations and affine maps with the results of Pillow as torchvision calls it. Coordinates are pixels with the origin at
 * the upper left corner, x to the right, y down.
 */
public final class Geometry {

    private Geometry() {}

    /** A copy of the box, which must lie inside. */
    public static Picture crop(Picture source, Box box) {
        return Resampling.BILINEAR.crop(source, box, box.width(), box.height());
    }

    /** torchvision's center_crop: the offset is rounded half to even; a picture that is too small is padded with black first. */
    public static Picture centreCrop(Picture source, int width, int height) {
        Picture from = source;
        if (width > source.width() || height > source.height()) {
            int left = Math.max(width - source.width(), 0) / 2;
            int top = Math.max(height - source.height(), 0) / 2;
            from = Picture.black(Math.max(width, source.width()), Math.max(height, source.height()));
            for (int y = 0; y < source.height(); y++) {
                System.arraycopy(source.rgb(), 3 * y * source.width(), from.rgb(), 3 * ((top + y) * from.width() + left),
                        3 * source.width());
            }
        }
        int top = (int) Math.rint((from.height() - height) / 2.0);
        int left = (int) Math.rint((from.width() - width) / 2.0);
        return crop(from, new Box(top, left, height, width));
    }

    /** The shorter side becomes {@code size}, the longer int(size * long / short). */
    public static Picture resizeShort(Picture source, int size, Resampling filter) {
        int w = source.width();
        int h = source.height();
        if (Math.min(w, h) == size) {
            return source;
        }
        int longer = (int) ((double) ((long) size * Math.max(w, h)) / Math.min(w, h));
        return w <= h ? filter.resize(source, size, longer) : filter.resize(source, longer, size);
    }

    /**
     * Rotates about the centre.
     *
     * @param degrees counter-clockwise
     * @param bilinear else the nearest pixel
     * @param expand true: the result is as large as the rotated picture; false: of the size of the source
     * @param fill 0 .. 255 for what comes from outside
     */
    public static Picture rotate(Picture source, double degrees, boolean bilinear, boolean expand, int fill) {
        int w = source.width();
        int h = source.height();
        double angle = degrees - 360 * Math.floor(degrees / 360);
        if (angle == 0 || angle == 180 || (angle == 90 || angle == 270) && (expand || w == h)) {
            return quarterTurns(source, (int) angle / 90);
        }
        double radians = -Math.toRadians(angle);
        double cos = round15(Math.cos(radians));
        double sin = round15(Math.sin(radians));
        double cx = w / 2.0;
        double cy = h / 2.0;
        double[] m = {cos, sin, cos * -cx + sin * -cy + cx, -sin, cos, -sin * -cx + cos * -cy + cy};
        if (!expand) {
            return affine(source, m, w, h, bilinear, fill);
        }
        double[] xs = {m[2], m[0] * w + m[2], m[0] * w + m[1] * h + m[2], m[1] * h + m[2]};
        double[] ys = {m[5], m[3] * w + m[5], m[3] * w + m[4] * h + m[5], m[4] * h + m[5]};
        int nw = extent(xs);
        int nh = extent(ys);
        double dx = -(nw - w) / 2.0;
        double dy = -(nh - h) / 2.0;
        double[] wide = {m[0], m[1], m[0] * dx + m[1] * dy + m[2], m[3], m[4], m[3] * dx + m[4] * dy + m[5]};
        return affine(source, wide, nw, nh, bilinear, fill);
    }

    private static int extent(double[] values) {
        double least = Math.min(Math.min(values[0], values[1]), Math.min(values[2], values[3]));
        double most = Math.max(Math.max(values[0], values[1]), Math.max(values[2], values[3]));
        return (int) (Math.ceil(most) - Math.floor(least));
    }

    private static double round15(double value) {
        return Math.rint(value * 1e15) / 1e15;
    }

    /** Counter-clockwise. */
    private static Picture quarterTurns(Picture source, int turns) {
        int w = source.width();
        int h = source.height();
        Picture out = turns % 2 == 0 ? Picture.black(w, h) : Picture.black(h, w);
        for (int y = 0, o = 0; y < out.height(); y++) {
            for (int x = 0; x < out.width(); x++, o += 3) {
                int from = switch (turns) {
                    case 0 -> y * w + x;
                    case 1 -> x * w + (w - 1 - y);
                    case 2 -> (h - 1 - y) * w + (w - 1 - x);
                    default -> (h - 1 - x) * w + y;
                };
                System.arraycopy(source.rgb(), 3 * from, out.rgb(), o, 3);
            }
        }
        return out;
    }

    /**
     * torchvision's inverse affine matrix {a, b, c, d, e, f}: output pixel (x, y) comes from (ax + by + c, dx + ey + f).
     *
     * @param degrees clockwise
     * @param tx shift to the right in pixels
     * @param ty shift down in pixels
     * @param shearX degrees
     * @param shearY degrees
     */
    public static double[] inverseAffine(double cx, double cy, double degrees, double tx, double ty, double scale, double shearX,
            double shearY) {
        double rot = Math.toRadians(degrees);
        double sx = Math.toRadians(shearX);
        double sy = Math.toRadians(shearY);
        double a = Math.cos(rot - sy) / Math.cos(sy);
        double b = -Math.cos(rot - sy) * Math.tan(sx) / Math.cos(sy) - Math.sin(rot);
        double c = Math.sin(rot - sy) / Math.cos(sy);
        double d = -Math.sin(rot - sy) * Math.tan(sx) / Math.cos(sy) + Math.cos(rot);
        double[] m = {d / scale, -b / scale, 0, -c / scale, a / scale, 0};
        m[2] = m[0] * (-cx - tx) + m[1] * (-cy - ty) + cx;
        m[5] = m[3] * (-cx - tx) + m[4] * (-cy - ty) + cy;
        return m;
    }

    /** Shifts to the right and down by whole or broken pixels. */
    public static Picture translate(Picture source, double tx, double ty, boolean bilinear, int fill) {
        return affine(source, new double[] {1, 0, -tx, 0, 1, -ty}, source.width(), source.height(), bilinear, fill);
    }

    /**
     * Pillow's transform with an affine matrix from output to input, as {@link #inverseAffine} makes it.
     *
     * @param fill 0 .. 255 for what comes from outside
     */
    public static Picture affine(Picture source, double[] matrix, int width, int height, boolean bilinear, int fill) {
        Picture out = Picture.black(width, height);
        if (fill != 0) {
            java.util.Arrays.fill(out.rgb(), (byte) fill);
        }
        if (bilinear) {
            bilinear(source, matrix, out);
        } else if (matrix[1] == 0 && matrix[3] == 0) {
            nearestScaled(source, matrix, out);
        } else {
            nearest(source, matrix, out);
        }
        return out;
    }

    private static void bilinear(Picture source, double[] m, Picture out) {
        int w = source.width();
        int h = source.height();
        byte[] in = source.rgb();
        for (int y = 0, o = 0; y < out.height(); y++) {
            for (int x = 0; x < out.width(); x++, o += 3) {
                double sx = m[0] * (x + 0.5) + m[1] * (y + 0.5) + m[2];
                double sy = m[3] * (x + 0.5) + m[4] * (y + 0.5) + m[5];
                if (sx < 0 || sx >= w || sy < 0 || sy >= h) {
                    continue;
                }
                int ix = (int) Math.floor(sx - 0.5);
                int iy = (int) Math.floor(sy - 0.5);
                double dx = sx - 0.5 - ix;
                double dy = sy - 0.5 - iy;
                int upper = Math.max(iy, 0) * w;
                int lower = Math.min(iy + 1, h - 1) * w;
                int x0 = Math.max(ix, 0);
                int x1 = Math.min(ix + 1, w - 1);
                for (int c = 0; c < 3; c++) {
                    double v1 = mix(in[3 * (upper + x0) + c] & 0xFF, in[3 * (upper + x1) + c] & 0xFF, dx);
                    double v2 = mix(in[3 * (lower + x0) + c] & 0xFF, in[3 * (lower + x1) + c] & 0xFF, dx);
                    out.rgb()[o + c] = (byte) (int) mix(v1, v2, dy); // cut, not rounded
                }
            }
        }
    }

    private static double mix(double a, double b, double share) {
        return a + (b - a) * share;
    }

    /** Without rotation and shear: positions are summed up in double precision. */
    private static void nearestScaled(Picture source, double[] m, Picture out) {
        int[] xs = positions(m[2] + m[0] * 0.5, m[0], source.width(), out.width());
        int[] ys = positions(m[5] + m[4] * 0.5, m[4], source.height(), out.height());
        for (int y = 0, o = 0; y < ys.length; y++) {
            for (int x = 0; x < xs.length; x++, o += 3) {
                if (xs[x] >= 0 && ys[y] >= 0) {
                    System.arraycopy(source.rgb(), 3 * (ys[y] * source.width() + xs[x]), out.rgb(), o, 3);
                }
            }
        }
    }

    private static int[] positions(double start, double step, int in, int count) {
        int[] at = new int[count];
        double position = start;
        for (int i = 0; i < count; i++, position += step) {
            at[i] = position >= 0 && position < in ? (int) position : -1;
        }
        return at;
    }

    /** With rotation or shear: positions in 16.16 fixed point. */
    private static void nearest(Picture source, double[] m, Picture out) {
        int w = source.width();
        int h = source.height();
        int stepX = fixed(m[0]);
        int stepY = fixed(m[3]);
        int rowX = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5);
        int rowY = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
        for (int y = 0, o = 0; y < out.height(); y++) {
            int atX = rowX;
            int atY = rowY;
            for (int x = 0; x < out.width(); x++, o += 3) {
                int sx = atX >> 16;
                int sy = atY >> 16;
                if (sx >= 0 && sx < w && sy >= 0 && sy < h) {
                    System.arraycopy(source.rgb(), 3 * (sy * w + sx), out.rgb(), o, 3);
                }
                atX += stepX;
                atY += stepY;
            }
            rowX += fixed(m[1]);
            rowY += fixed(m[4]);
        }
    }

    private static int fixed(double value) {
        return (int) Math.floor(value * 65536.0 + 0.5);
    }
}
