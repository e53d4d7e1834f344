package org.equirepro.vision.render;

/**
 * Everything in one picture.
 *
 * @param mesh     the object, centred on the origin
 * @param rotation 9 numbers, row order
 * @param offset   where the object's centre is
 * @param surface  its albedo, which the mesh's tones multiply
 * @param camera   a perspective view; all of the object must be in front of it
 * @param lighting the lights
 * @param backdrop the floor or a painted background
 */
public record Scene(Mesh mesh, double[] rotation, double[] offset, Surface surface, Projection camera, Lighting lighting,
        Backdrop backdrop) {

    /** Radius of the sphere around the origin that holds the whole object of a benchmark scene. */
    public static final double OBJECT_RADIUS = 0.75;

    /** Half of the camera's field of view in radians: 36 mm film behind a 50 mm lens. */
    private static final double HALF_FIELD = StrictMath.atan(18.0 / 50.0);

    /**
     * The scene of 3DIEBench (SIE, data generator): camera at distance 2.5, polar angle pi/4, azimuth pi/2, looking at the
     * origin; floor z = -1 coloured HSV(hue, .6, .6).
     */
    public static Scene benchmark(Mesh mesh, double[] albedo, Latents latents) {
        double diagonal = 2.5 * Math.sqrt(0.5);
        Projection camera = Projection.perspective(new double[] {0, diagonal, diagonal}, new double[3], HALF_FIELD);
        double[] floor = Colours.hsv(latents.floorHue(), 0.6, 0.6);
        return new Scene(mesh, latents.rotation(), new double[3], Surface.plain(albedo), camera,
                Lighting.benchmark(latents, floor),
                new Backdrop.Floor(-1, floor, new double[] {0.05, 0.05, 0.05}));
    }
}
