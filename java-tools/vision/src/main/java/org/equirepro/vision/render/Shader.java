package org.equirepro.vision.render;

/** The light on a surface point: Lambert's law for sun and spot with their shadows, and ambient light by the normal's slope. */
final class Shader {

    private final ShadowMap sunShadow;
    private final ShadowMap spotShadow;
    private final boolean hasSpot;
    private final Lighting lights;
    private final double[] axis;
    private final double cosOuter;
    private final double perCosine;

    /** {@code centre}, {@code radius}: a sphere around the mesh, whose vertices {@code points} are in the scene's place. */
    Shader(Lighting lights, double[] centre, double radius, double[] points, int[] corners, ShadowMap sunShadow,
            ShadowMap spotShadow) {
        this.lights = lights;
        this.sunShadow = sunShadow;
        this.spotShadow = spotShadow;
        double[] at = lights.spotAt();
        this.axis = Projection.unit(-at[0], -at[1], -at[2]);
        this.cosOuter = StrictMath.cos(lights.outer());
        this.perCosine = 1 / (StrictMath.cos(lights.inner()) - cosOuter);
        double[] s = lights.toSun();
        double[] sunAt = {centre[0] + 4 * s[0], centre[1] + 4 * s[1], centre[2] + 4 * s[2]};
        sunShadow.draw(Projection.parallel(sunAt, centre, 1.02 * radius), 4, points, corners);
        double dx = at[0] - centre[0];
        double dy = at[1] - centre[1];
        double dz = at[2] - centre[2];
        double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
        this.hasSpot = lights.spot()[0] + lights.spot()[1] + lights.spot()[2] > 0;
        if (hasSpot) {
            spotShadow.draw(Projection.perspective(at, centre, 1.02 * StrictMath.asin(radius / distance)), distance, points,
                    corners);
        }
    }

    /** Puts the light that falls on a point with unit normal n in {@code out}. */
    void light(double x, double y, double z, double nx, double ny, double nz, double[] out) {
        double[] zenith = lights.zenith();
        double up = 0.5 + 0.5 * (nx * zenith[0] + ny * zenith[1] + nz * zenith[2]);
        double[] toSun = lights.toSun();
        double sun = nx * toSun[0] + ny * toSun[1] + nz * toSun[2];
        if (sun > 0) {
            sun *= sunShadow.reaching(x, y, z, nx, ny, nz);
        } else {
            sun = 0;
        }
        double spot = hasSpot ? spot(x, y, z, nx, ny, nz) : 0;
        for (int c = 0; c < 3; c++) {
            double ambient = lights.below()[c] + up * (lights.above()[c] - lights.below()[c]);
            out[c] = ambient + sun * lights.sun()[c] + spot * lights.spot()[c];
        }
    }

    private double spot(double x, double y, double z, double nx, double ny, double nz) {
        double dx = lights.spotAt()[0] - x;
        double dy = lights.spotAt()[1] - y;
        double dz = lights.spotAt()[2] - z;
        double facing = dx * nx + dy * ny + dz * nz;
        if (facing <= 0) {
            return 0;
        }
        double square = dx * dx + dy * dy + dz * dz;
        double distance = Math.sqrt(square);
        double inCone = (-(dx * axis[0] + dy * axis[1] + dz * axis[2]) / distance - cosOuter) * perCosine;
        if (inCone <= 0) {
            return 0;
        }
        double t = Math.min(1, inCone);
        double strength = t * t * (3 - 2 * t) * (facing / distance) * (lights.reach() * lights.reach() / square);
        return strength * spotShadow.reaching(x, y, z, nx, ny, nz);
    }
}
