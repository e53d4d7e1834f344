package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/**
 * The seven numbers behind a picture of 3DIEBench, in the order of its latent files (SIE, data generator).
 *
 * @param rotX       extrinsic Tait-Bryan angle about x, U[-pi/2, pi/2]
 * @param rotY       about y, U[-pi/2, pi/2]
 * @param rotZ       about z, U[-pi/2, pi/2]
 * @param floorHue   U[0, 1]
 * @param lightTheta polar angle of the spot light, U[0, pi/4]
 * @param lightPhi   azimuth of the spot light, U[0, 2 pi]
 * @param lightHue   U[0, 1]
 */
public record Latents(double rotX, double rotY, double rotZ, double floorHue, double lightTheta, double lightPhi,
        double lightHue) {

    /** How many numbers there are. */
    public static final int COUNT = 7;

    public static Latents draw(Draws draws) {
        double right = StrictMath.PI / 2;
        return new Latents(draws.uniform(-right, right), draws.uniform(-right, right), draws.uniform(-right, right),
                draws.uniform(), draws.uniform(0, StrictMath.PI / 4), draws.uniform(0, 2 * StrictMath.PI), draws.uniform());
    }

    public double[] values() {
        return new double[] {rotX, rotY, rotZ, floorHue, lightTheta, lightPhi, lightHue};
    }

    /** The object's rotation matrix, {@code Rz Ry Rx}. */
    public double[] rotation() {
        return Rotations.extrinsicXyz(rotX, rotY, rotZ);
    }
}
