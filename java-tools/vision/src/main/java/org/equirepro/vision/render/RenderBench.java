package org.equirepro.vision.render;

import java.io.IOException;

/**
 * Measures how fast one thread draws: prints frames a minute of its processor time at 64 and 256 pixels, with and without the
 * JPEG encoding.
 */
public final class RenderBench {

    private RenderBench() {}

    /** Optional argument: seconds for each measurement, 5 if absent. */
    public static void main(String[] arguments) throws IOException {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 5;
        SolidObject[] objects = new SolidObject[SolidClass.values().length];
        int triangles = 0;
        for (int i = 0; i < objects.length; i++) {
            objects[i] = new SolidObject(0, SolidClass.values()[i], 0);
            triangles += objects[i].mesh().triangles();
        }
        System.out.printf("%d classes, %d triangles in the mean%n", objects.length, triangles / objects.length);
        for (int size : new int[] {64, 256}) {
            measure(size, objects, 1, false);
            double drawn = measure(size, objects, seconds, false);
            double encoded = measure(size, objects, seconds, true);
            System.out.printf("%d px, 2 x 2 samples: %.0f frames a minute, %.0f with JPEG%n", size, drawn, encoded);
        }
    }

    private static double measure(int size, SolidObject[] objects, double seconds, boolean encode) throws IOException {
        Renderer renderer = new Renderer(size, 2);
        JpegWriter writer = new JpegWriter();
        var clock = java.lang.management.ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        int frames = 0;
        while (clock.getCurrentThreadCpuTime() - start < seconds * 1e9) {
            var picture = renderer.render(objects[frames % objects.length].scene(frames / objects.length));
            if (encode) {
                writer.encode(picture);
            }
            frames++;
        }
        return frames * 60e9 / (clock.getCurrentThreadCpuTime() - start);
    }
}
