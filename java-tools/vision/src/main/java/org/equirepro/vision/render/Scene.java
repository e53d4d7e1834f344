package org.equirepro.vision.render;

import java.util.List;

/**
 * Everything in one picture.
 *
 * @param bodies   what is in it
 * @param camera   a perspective view; all of the bodies must be in front of it
 * @param lighting the lights
 * @param backdrop the floor or a painted background
 */
public record Scene(List<Body> bodies, Projection camera, Lighting lighting, Backdrop backdrop) {

    /** Radius of the sphere around the origin that holds the whole object of a benchmark scene. */
    public static final double OBJECT_RADIUS = 0.75;

    /** Half of the camera's field of view in radians: 36 mm film behind a 50 mm lens. */
    private static final double HALF_FIELD = StrictMath.atan(18.0 / 50.0);

    public Scene {
        bodies = List.copyOf(bodies);
    }

    /**
     * The scene of 3DIEBench (SIE, data generator): camera at distance 2.5, polar angle pi/4, azimuth pi/2, looking at the
     * origin; floor z = -1 coloured HSV(hue, .6, .6).
     */
    public static Scene benchmark(Mesh mesh, double[] albedo, Latents latents) {
        double diagonal = 2.5 * Math.sqrt(0.5);
        Projection camera = Projection.perspective(new double[] {0, diagonal, diagonal}, new double[3], HALF_FIELD);
        double[] floor = Colours.hsv(latents.floorHue(), 0.6, 0.6);
        Body body = new Body(mesh, latents.rotation(), new double[3], Surface.plain(albedo), true);
        return new Scene(List.of(body), camera,
                Lighting.benchmark(latents, floor),
                new Backdrop.Floor(-1, floor, new double[] {0.05, 0.05, 0.05}));
    }
}
