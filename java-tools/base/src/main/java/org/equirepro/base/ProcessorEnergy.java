package org.equirepro.base;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Timer;
import java.util.TimerTask;

/**
 * What the processors of this machine have taken since a start, as they count it themselves (RAPL) and Linux shows it, whoever used
 * them. Many machines show it to the administrator only, and virtual ones not at all.
 */
final class ProcessorEnergy {

    static final Path LINUX = Path.of("/sys/class/powercap");
    /** The counters begin again at 0, at full load in less than an hour. */
    private static final long READ_EVERY_MS = 60_000;

    private final Map<Path, Long> last = new LinkedHashMap<>();
    private final Timer timer = new Timer("energy", true);
    private long microjoules;
    private boolean readable;

    private ProcessorEnergy() {}

    /** Starts to count; {@code root} is {@link #LINUX} or what stands for it. */
    static ProcessorEnergy start(Path root) {
        ProcessorEnergy energy = new ProcessorEnergy();
        try (DirectoryStream<Path> zones = Files.newDirectoryStream(root, "intel-rapl:*")) {
            for (Path zone : zones) {
                if (zone.getFileName().toString().matches("intel-rapl:[0-9]+")) { // intel-rapl:0:0 is a part of intel-rapl:0
                    energy.last.put(zone, number(zone.resolve("energy_uj")));
                }
            }
            energy.readable = !energy.last.isEmpty();
        } catch (IOException | NumberFormatException e) {
            energy.readable = false;
        }
        if (energy.readable) {
            energy.timer.schedule(new TimerTask() {
                @Override
                public void run() {
                    energy.read();
                }
            }, READ_EVERY_MS, READ_EVERY_MS);
        }
        return energy;
    }

    /** Adds what was taken since the last call. */
    synchronized void read() {
        try {
            for (Map.Entry<Path, Long> zone : last.entrySet()) {
                long now = number(zone.getKey().resolve("energy_uj"));
                long passed = now - zone.getValue();
                microjoules += passed >= 0 ? passed : passed + number(zone.getKey().resolve("max_energy_range_uj"));
                zone.setValue(now);
            }
        } catch (IOException | NumberFormatException e) {
            readable = false;
        }
    }

    /** Ends counting; nothing where some counter cannot be read. */
    synchronized OptionalDouble stop() {
        timer.cancel();
        read();
        return readable ? OptionalDouble.of(microjoules / 1e6) : OptionalDouble.empty();
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
