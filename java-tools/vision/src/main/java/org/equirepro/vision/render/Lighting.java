package org.equirepro.vision.render;

/**
 * The lights of a scene: ambient light from above and below, a sun and a spot light with a soft cone. Colours are linear RGB;
 * a white surface that faces a light of colour 1 reflects 1.
 *
 * @param above     ambient light on a surface that faces {@code zenith}
 * @param below     ambient light on a surface that faces the other way, such as the floor's reflection
 * @param zenith    unit vector to where the sky is brightest; a little off the vertical, so that sides in shadow differ
 * @param sun       colour of the sun
 * @param toSun     unit vector towards the sun
 * @param spot      colour of the spot light in the middle of its cone at distance {@code reach}
 * @param spotAt    place of the spot light; it looks at the origin
 * @param reach     the distance at which {@code spot} holds; the light falls with the square of the distance
 * @param outer     half angle of the cone in radians, where the light has faded to nothing
 * @param inner     half angle up to which it has its full strength
 */
public record Lighting(double[] above, double[] below, double[] zenith, double[] sun, double[] toSun, double[] spot,
        double[] spotAt, double reach, double outer, double inner) {

    /**
     * The lights of 3DIEBench (SIE, data generator): a spot light at distance 4, polar angle theta and azimuth phi, coloured
     * HSV(hue, 1, .8), cone pi/8, and a neutral sun. Strengths are chosen so that pictures have the published mean of about .5.
     */
    static Lighting benchmark(Latents latents, double[] floor) {
        double[] spot = Colours.hsv(latents.lightHue(), 1, 0.8);
        double[] below = new double[3];
        for (int c = 0; c < 3; c++) {
            spot[c] *= 0.8;
            below[c] = 0.16 * floor[c];
        }
        double sine = StrictMath.sin(latents.lightTheta());
        double[] at = {4 * sine * StrictMath.cos(latents.lightPhi()), 4 * sine * StrictMath.sin(latents.lightPhi()),
            4 * StrictMath.cos(latents.lightTheta())};
        double[] above = {0.17, 0.17, 0.17};
        double[] sun = {0.35, 0.35, 0.35};
        return new Lighting(above, below, Projection.unit(-0.45, 0.35, 0.8), sun,
                Projection.unit(0.25, 0.35, 1), spot, at, 4, StrictMath.PI / 8, StrictMath.PI / 16);
    }
}
