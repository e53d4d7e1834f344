package org.equirepro.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a task used, measured by itself: a scheduler sees its launcher only. Goes to {@code meter.json}, never into results. */
public final class ProcessMeter {

    private final long start = System.nanoTime();
    private final ObjectNode node = Settings.object();

    private ProcessMeter() {}

    public static ProcessMeter start() {
        return new ProcessMeter();
    }

    /** Adds seconds, CPU seconds of the process, threads and peak memory. */
    public void stop(int threads) {
        node.put("seconds", (System.nanoTime() - start) / 1e9);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            node.put("cpu_seconds", system.getProcessCpuTime() / 1e9);
        }
        node.put("threads", threads);
        long peak = peakMemory();
        if (peak > 0) {
            node.put("peak_memory_bytes", peak);
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
