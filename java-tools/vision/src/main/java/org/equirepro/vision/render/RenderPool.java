package org.equirepro.vision.render;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Renderers with their JPEG writers, lent to whichever thread asks; there are as many as threads that ever drew at once. */
final class RenderPool {

    private record Bench(Renderer renderer, JpegWriter writer) {}

    private final int size;
    private final int samples;
    private final ConcurrentLinkedQueue<Bench> idle = new ConcurrentLinkedQueue<>();

    RenderPool(int size, int samples) {
        this.size = size;
        this.samples = samples;
    }

    /** The scene as a JPEG file. */
    byte[] jpeg(Scene scene) throws IOException {
        Bench bench = idle.poll();
        if (bench == null) {
            bench = new Bench(new Renderer(size, samples), new JpegWriter());
        }
        byte[] bytes = bench.writer().encode(bench.renderer().render(scene));
        idle.add(bench);
        return bytes;
    }
}
