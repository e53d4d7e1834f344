package org.equirepro.tensor.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the machine offers, by /proc and nvidia-smi. */
final class Machine {

    private static final double GIGABYTE = 1e9;
    private static final int LEAST_JAVA = 17;
    private static final double LITTLE_DISK = 5;
    private static final double LITTLE_MEMORY = 2;

    private Machine() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        int java = Runtime.version().feature();
        String name = System.getProperty("java.vm.name") + " " + Runtime.version();
        rows.add(java >= LEAST_JAVA ? Row.ok("Java", name) : Row.defect("Java", name, "install a JDK 17 or newer"));
        rows.add(processor());
        rows.add(memory());
        rows.add(allocator());
        rows.add(driver());
        rows.add(disk());
        return rows;
    }

    private static Row processor() {
        String cpu = read("/proc/cpuinfo");
        Set<String> flags = new java.util.HashSet<>(List.of(field(cpu, "flags").split(" ")));
        String found = field(cpu, "model name") + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                + (flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "neither AVX-512 nor AVX2");
        if (!flags.contains("avx2")) {
            return Row.note("processor", found, "libtorch is several times slower without AVX2");
        }
        return flags.contains("avx512_bf16") || flags.contains("amx_bf16") ? Row.ok("processor", found + ", bfloat16 in hardware")
                : Row.note("processor", found + ", bfloat16 emulated", "train in float32 on it");
    }

    private static Row memory() {
        String text = read("/proc/meminfo");
        double free = kilobytes(text, "MemAvailable") / 1e6;
        String found = String.format("%.1f of %.1f GB free", free, kilobytes(text, "MemTotal") / 1e6);
        return free >= LITTLE_MEMORY ? Row.ok("memory", found) : Row.note("memory", found, "a training needs 2 GB and more");
    }

    private static Row allocator() {
        boolean loaded = read("/proc/self/maps").contains("libjemalloc");
        return loaded ? Row.ok("allocator", "jemalloc")
                : Row.note("allocator", "the C library's", "install jemalloc (Debian: libjemalloc2): large batches train 25 to 30 % faster");
    }

    private static Row driver() {
        try {
            Process smi = new ProcessBuilder("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
                    .redirectErrorStream(true).start();
            String said = new String(smi.getInputStream().readAllBytes()).strip();
            boolean ended = smi.waitFor(20, TimeUnit.SECONDS);
            return ended && smi.exitValue() == 0 ? Row.ok("GPU", said.lines().count() + ": " + said.replace("\n", "; "))
                    : Row.note("GPU", "nvidia-smi: " + said.lines().findFirst().orElse("no answer"), "repair NVIDIA's driver");
        } catch (IOException e) {
            return Files.exists(Path.of("/proc/driver/nvidia/version")) ? Row.note("GPU", "a driver without nvidia-smi", "install it")
                    : Row.ok("GPU", "no NVIDIA driver: computes on the CPU");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Row.note("GPU", "interrupted", "");
        }
    }

    private static Row disk() {
        Path here = Path.of("").toAbsolutePath();
        try {
            double free = Files.getFileStore(here).getUsableSpace() / GIGABYTE;
            String found = String.format("%.1f GB free in %s", free, here);
            return free >= LITTLE_DISK ? Row.ok("disk", found) : Row.note("disk", found, "a run keeps its work folder here");
        } catch (IOException e) {
            return Row.defect("disk", here + ": " + e, "go to a folder that can be used");
        }
    }

    private static String field(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name)).findFirst().map(line -> line.replaceFirst("[^:]*:\\s*", "")).orElse("");
    }

    private static double kilobytes(String text, String name) {
        String digits = field(text, name).replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Double.parseDouble(digits);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
