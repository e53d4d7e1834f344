package org.equirepro.vision.views;

/**
 * What changes from one render of an object to another, from their latents in the order of 3DIEBench's files: the pose's
 * extrinsic angles x, y, z; hue of the floor; two angles of the light; hue of the light (Garrido et al., ICML 2023).
 */
public final class RenderChange {

    /** Latents of a render. */
    public static final int LATENTS = 7;

    private static final int FLOOR_HUE = 3;
    private static final int LIGHT_HUE = 6;

    private RenderChange() {}

    /** The rotation from one pose to the other as a quaternion (x, y, z, w), {@link Quaternions#relativeSie}. */
    public static double[] rotation(double[] from, double[] to) {
        return Quaternions.relativeSie(pose(from), pose(to));
    }

    private static double[] pose(double[] latents) {
        return Quaternions.fromEuler(latents[0], latents[1], latents[2]);
    }

    /** How much greater the hues of floor and light became, not taken modulo a turn. */
    public static double[] hues(double[] from, double[] to) {
        return new double[] {to[FLOOR_HUE] - from[FLOOR_HUE], to[LIGHT_HUE] - from[LIGHT_HUE]};
    }
}
