package org.equirepro.vision.render;

/**
 * Value noise: random numbers on a lattice, blended smoothly between, and sums of octaves of it (Perlin, "An image synthesizer",
 * SIGGRAPH 1985). The lattice is hashed, so a noise is fixed by its seed and has no period.
 */
final class Noise {

    private final int seed;

    Noise(int seed) {
        this.seed = seed;
    }

    /** In [0, 1], features of about one unit. */
    double at(double x, double y, double z) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        int iz = (int) Math.floor(z);
        double fx = fade(x - ix);
        double fy = fade(y - iy);
        double fz = fade(z - iz);
        double near = mix(mix(lattice(ix, iy, iz), lattice(ix + 1, iy, iz), fx),
                mix(lattice(ix, iy + 1, iz), lattice(ix + 1, iy + 1, iz), fx), fy);
        double far = mix(mix(lattice(ix, iy, iz + 1), lattice(ix + 1, iy, iz + 1), fx),
                mix(lattice(ix, iy + 1, iz + 1), lattice(ix + 1, iy + 1, iz + 1), fx), fy);
        return mix(near, far, fz);
    }

    /** A weighted mean of octaves, each half as large and half as strong as the one before; in [0, 1]. */
    double octaves(int count, double x, double y, double z) {
        double sum = 0;
        double weight = 1;
        double total = 0;
        double scale = 1;
        for (int i = 0; i < count; i++) {
            sum += weight * at(x * scale + 17.3 * i, y * scale - 9.1 * i, z * scale + 5.7 * i);
            total += weight;
            weight *= 0.5;
            scale *= 2;
        }
        return sum / total;
    }

    private double lattice(int x, int y, int z) {
        int h = seed + x * 0x8DA6B343 + y * 0xD8163841 + z * 0xCB1AB31F;
        h = (h ^ (h >>> 16)) * 0x7FEB352D;
        h = (h ^ (h >>> 15)) * 0x846CA68B;
        return ((h ^ (h >>> 16)) >>> 8) * 0x1.0p-24;
    }

    private static double fade(double t) {
        return t * t * t * (t * (6 * t - 15) + 10);
    }

    private static double mix(double a, double b, double t) {
        return a + (b - a) * t;
    }
}
