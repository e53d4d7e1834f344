package org.equirepro.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.equirepro.vision.render.JpegWriter;
import org.equirepro.vision.render.Renderer;
import org.equirepro.vision.render.SolidClass;
import org.equirepro.vision.render.SolidObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast one thread draws: frames a minute of its processor time, with and without the JPEG encoding. */
@Command(name = "render", mixinStandardHelpOptions = true, description = "3-D objects drawn by one thread, in frames a minute.")
final class RenderBench implements java.util.concurrent.Callable<Integer> {

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "For each measurement (${DEFAULT-VALUE}).")
    private double seconds;

    @Override
    public Integer call() throws IOException {
        SolidObject[] objects = new SolidObject[SolidClass.values().length];
        int triangles = 0;
        for (int i = 0; i < objects.length; i++) {
            objects[i] = new SolidObject(0, SolidClass.values()[i], 0);
            triangles += objects[i].mesh().triangles();
        }
        System.err.printf("%d classes, %d triangles in the mean%n", objects.length, triangles / objects.length);
        System.out.println("pixels,samples,frames_per_minute,frames_per_minute_with_jpeg");
        for (int size : new int[] {64, 256}) {
            measure(size, objects, 1, false);
            System.out.printf("%d,4,%.0f,%.0f%n", size, measure(size, objects, seconds, false), measure(size, objects, seconds, true));
        }
        return 0;
    }

    private static double measure(int size, SolidObject[] objects, double seconds, boolean encode) throws IOException {
        Renderer renderer = new Renderer(size, 2);
        JpegWriter writer = new JpegWriter();
        var clock = ManagementFactory.getThreadMXBean();
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
