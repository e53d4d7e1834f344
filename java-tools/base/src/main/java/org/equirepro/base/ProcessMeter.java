package org.equirepro.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a task used, measured by itself: a scheduler sees its launcher only. Goes to {@code meter.json}, never into results. */
public final class ProcessMeter {

    private final long start = System.nanoTime();
    private final ProcessorEnergy energy = ProcessorEnergy.start(ProcessorEnergy.LINUX);
    private final ObjectNode node = Settings.object();

    private ProcessMeter() {}

    public static ProcessMeter start() {
        return new ProcessMeter();
    }

    /**
     * Adds host, seconds, CPU seconds of the process, threads, peak memory and, where the machine tells it, energy; writes all to
     * {@code meter.json}.
     */
    public void write(Path folder, int threads) {
        stop(threads);
        AtomicFiles.write(folder.resolve("meter.json"), stream -> stream.write(Settings.pretty(node)));
    }

    /** Adds the same. */
    public void stop(int threads) {
        node.put("host", host());
        node.put("seconds", (System.nanoTime() - start) / 1e9);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            node.put("cpu_seconds", system.getProcessCpuTime() / 1e9);
        }
        node.put("threads", threads);
        long peak = peakMemory();
        if (peak > 0) {
            node.put("peak_memory_bytes", peak);
        }
        // the processors' energy would be a small part of what a GPU takes, and of what several machines take
        if (!node.has("gpus") && node.path("ranks").asInt(1) == 1) {
            energy.stop().ifPresent(joules -> node.put("energy_joules", joules));
        }
    }

    /** This machine's name. */
    public static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "unknown host";
        }
    }

    /** Peak resident memory in bytes as Linux counts it; 0 where it does not say. */
    public static long peakMemory() {
        return status("VmHWM:");
    }

    /** Resident memory in bytes at present; 0 where Linux does not say. */
    public static long memory() {
        return status("VmRSS:");
    }

    private static long status(String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(key)) {
                    return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // not Linux
        }
        return 0;
    }

    /** Where other counts may be added. */
    public ObjectNode node() {
        return node;
    }
}
