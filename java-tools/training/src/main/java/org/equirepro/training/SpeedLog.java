package org.equirepro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.ProcessMeter;

/**
 * How fast a training runs and what memory it has, point by point beside the curves: {@code samples_per_second} and
 * {@code wait_share}, the part of the time spent waiting for data, both since the point before; {@code memory_bytes} of the process;
 * {@code gpu_memory_bytes} taken on its GPU, if it has one. They tell of the machine and differ from run to run, so they have files
 * of their own.
 */
public final class SpeedLog {

    /** Name of the table. */
    public static final String FILE = "speed.csv";

    /** The folder of the event file: TensorBoard shows it as a run of its own. */
    private static final String EVENTS = "speed";

    private static final String SERIES = "speed";

    private final LongSupplier gpuMemory;
    private Curves points = new Curves();
    private long lastStep;
    private long lastTime;
    private double lastWait;

    /** @param gpuMemory bytes taken on the GPU; null without one */
    SpeedLog(LongSupplier gpuMemory) {
        this.gpuMemory = gpuMemory;
    }

    /** The log of a run that goes on after a step. */
    void restore(Path folder, long step) {
        Path file = folder.resolve(FILE);
        points = Files.exists(file) ? Curves.read(file, step) : new Curves();
    }

    /** The clock starts: a training begins, or goes on, after a step. */
    void start(long step, double waitSeconds) {
        lastStep = step;
        lastTime = System.nanoTime();
        lastWait = waitSeconds;
    }

    /**
     * Adds a point.
     *
     * @param samples of a step, all ranks together
     * @param waitSeconds of this rank since it began
     */
    void point(long step, double epoch, int samples, double waitSeconds) {
        long now = System.nanoTime();
        double seconds = Math.max(1, now - lastTime) / 1e9;
        points.add(SERIES, step, epoch, "samples_per_second", (step - lastStep) * samples / seconds);
        points.add(SERIES, step, epoch, "wait_share", Math.min(1, (waitSeconds - lastWait) / seconds));
        points.add(SERIES, step, epoch, "memory_bytes", ProcessMeter.memory());
        if (gpuMemory != null) {
            points.add(SERIES, step, epoch, "gpu_memory_bytes", gpuMemory.getAsLong());
        }
        lastStep = step;
        lastTime = now;
        lastWait = waitSeconds;
    }

    /** Writes {@value #FILE} and the same for TensorBoard. */
    public void write(Path folder) {
        points.write(folder.resolve(FILE));
        points.writeEvents(folder.resolve(EVENTS).resolve(EventFile.NAME));
    }
}
