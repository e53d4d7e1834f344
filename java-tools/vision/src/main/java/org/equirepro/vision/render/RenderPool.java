package org.equirepro.vision.render;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Renderers with their JPEG writers, lent to whichever thread asks; there are as many as threads that ever drew at once. */
final class RenderPool {

    /** What is done with a renderer and a writer. */
    @FunctionalInterface
    interface Work<T> {
        T with(Renderer renderer, JpegWriter writer) throws IOException;
    }

    private record Bench(Renderer renderer, JpegWriter writer) {}

    private final Supplier<Renderer> renderers;
    private final ConcurrentLinkedQueue<Bench> idle = new ConcurrentLinkedQueue<>();

    RenderPool(Supplier<Renderer> renderers) {
        this.renderers = renderers;
    }

    <T> T lend(Work<T> work) throws IOException {
        Bench bench = idle.poll();
        if (bench == null) {
            bench = new Bench(renderers.get(), new JpegWriter());
        }
        T result = work.with(bench.renderer(), bench.writer());
        idle.add(bench);
        return result;
    }

    /** The scene as a JPEG file. */
    byte[] jpeg(Scene scene) throws IOException {
        return lend((renderer, writer) -> writer.encode(renderer.render(scene)));
    }
}
