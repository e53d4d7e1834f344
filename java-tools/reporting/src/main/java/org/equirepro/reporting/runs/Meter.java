package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;

/**
 * What one task took: by its own {@code meter.json} where it wrote one, else by the trace. A training that was saved and gone on
 * with metered its last call only; its seconds are scaled to all steps.
 *
 * @param devices GPUs, or CPU threads where there is no GPU
 * @param seconds wall time
 * @param epochs of a training
 * @param peakGibibytes peak memory of the process
 * @param kilowattHours where the machine tells it
 */
record Meter(double devices, OptionalDouble seconds, OptionalDouble epochs, OptionalDouble secondsPerStep,
        OptionalDouble peakGibibytes, OptionalDouble kilowattHours) {

    private static final double GIBIBYTE = 1 << 30;
    private static final Pattern TIME = Pattern.compile("([0-9.]+) ?(d|h|ms|m|s)(?![a-z])");
    private static final Pattern SIZE = Pattern.compile("([0-9.]+) ?([KMGT]?B)");

    /** Of a result folder and its line of the trace; empty if neither says anything. */
    static Optional<Meter> of(Path folder, Map<String, String> trace) {
        Path file = folder.resolve("meter.json");
        if (Files.exists(file)) {
            return Optional.of(of(Settings.read(file).node()));
        }
        if (trace.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Meter(1, seconds(trace.getOrDefault("realtime", "")), OptionalDouble.empty(), OptionalDouble.empty(),
                gibibytes(trace.getOrDefault("peak_rss", "")), OptionalDouble.empty()));
    }

    private static Meter of(JsonNode node) {
        double ranks = node.path("ranks").asDouble(1);
        double devices = node.has("gpus") ? node.path("gpus").asDouble() : ranks * node.path("threads").asDouble(1);
        double steps = node.path("steps").asDouble(0);
        double here = node.path("steps_in_this_call").asDouble(steps);
        double scale = here > 0 && steps > 0 ? steps / here : 1;
        OptionalDouble seconds = number(node, "seconds", scale);
        double perEpoch = node.path("steps_per_epoch").asDouble(0);
        return new Meter(devices, seconds, perEpoch > 0 && steps > 0 ? OptionalDouble.of(steps / perEpoch) : OptionalDouble.empty(),
                steps > 0 && seconds.isPresent() ? OptionalDouble.of(seconds.getAsDouble() / steps) : OptionalDouble.empty(),
                number(node, "peak_memory_bytes", 1 / GIBIBYTE), number(node, "energy_joules", scale / 3.6e6));
    }

    private static OptionalDouble number(JsonNode node, String key, double scale) {
        return node.path(key).isNumber() ? OptionalDouble.of(node.path(key).asDouble() * scale) : OptionalDouble.empty();
    }

    OptionalDouble deviceHours() {
        return seconds.isPresent() ? OptionalDouble.of(devices * seconds.getAsDouble() / 3600) : seconds;
    }

    OptionalDouble secondsPerEpoch() {
        return seconds.isPresent() && epochs.isPresent() ? OptionalDouble.of(seconds.getAsDouble() / epochs.getAsDouble())
                : OptionalDouble.empty();
    }

    /** A duration as the trace writes it: {@code 7m 6s}, {@code 749ms}. */
    static OptionalDouble seconds(String text) {
        Matcher part = TIME.matcher(text);
        double sum = 0;
        boolean any = false;
        while (part.find()) {
            double unit = switch (part.group(2)) {
                case "d" -> 86400;
                case "h" -> 3600;
                case "m" -> 60;
                case "s" -> 1;
                default -> 0.001;
            };
            sum += Double.parseDouble(part.group(1)) * unit;
            any = true;
        }
        return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    private static OptionalDouble gibibytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return OptionalDouble.empty();
        }
        double unit = Math.pow(1024, "BKMGT".indexOf(size.group(2).charAt(0)));
        return OptionalDouble.of(Double.parseDouble(size.group(1)) * unit / GIBIBYTE);
    }
}
