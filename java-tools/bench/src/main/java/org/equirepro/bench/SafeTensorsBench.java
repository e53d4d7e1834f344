package org.equirepro.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A large file from libtorch's memory to the disk and back: speed, and how little of it the heap sees. */
@Command(name = "safetensors", mixinStandardHelpOptions = true,
        description = "Writes, verifies and reads a large file; one tensor has half of it. Needs as much memory as the file has.")
final class SafeTensorsBench implements Callable<Integer> {

    private static final int SMALL = 20;

    @Option(names = "--gb", paramLabel = "N", defaultValue = "5", description = "Size of the file in 10^9 bytes (${DEFAULT-VALUE}).")
    private double gigabytes;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the file is made and removed (the temporary folder).")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    private interface Work {
        void run() throws IOException;
    }

    @Override
    public Integer call() throws IOException {
        Path file = Files.createTempFile(folder, "bench", ".safetensors");
        try (Torch torch = Torch.start(1)) {
            long half = (long) (gigabytes * 1e9 / 8);
            SortedMap<String, NDArray> arrays = new TreeMap<>();
            SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
            for (int i = 0; i <= SMALL; i++) {
                NDArray array = torch.root().randomUniform(0, 1, new Shape(i == 0 ? half : half / SMALL), DataType.FLOAT32);
                arrays.put("t" + i, array);
                tensors.put("t" + i, SafeTensors.Tensor.of(array));
            }
            SortedMap<String, Float> sums = sums(arrays);
            System.out.println("what,bytes,seconds,mb_per_second,heap_peak_mb,heap_limit_mb");
            measure("write", file, () -> SafeTensors.write(file, tensors, new TreeMap<>()));
            measure("verify", file, () -> {
                if (!SafeTensors.open(file).verify()) {
                    throw UserError.failure(file + " carries no checksum", null);
                }
            });
            torch.ops().updates().zero(List.copyOf(arrays.values()));
            measure("read", file, () -> {
                SafeTensors open = SafeTensors.open(file);
                arrays.forEach((name, array) -> open.readInto(array, name));
            });
            if (!sums.equals(sums(arrays))) {
                throw UserError.failure(file + ": what was read is not what was written", null);
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return 0;
    }

    private static SortedMap<String, Float> sums(SortedMap<String, NDArray> arrays) {
        SortedMap<String, Float> sums = new TreeMap<>();
        arrays.forEach((name, array) -> {
            try (NDArray sum = array.sum()) {
                sums.put(name, sum.getFloat());
            }
        });
        return sums;
    }

    private static void measure(String what, Path file, Work work) throws IOException {
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        long heap = ManagementFactory.getMemoryPoolMXBeans().stream().filter(p -> p.getType() == MemoryType.HEAP)
                .mapToLong(p -> p.getPeakUsage().getUsed()).sum();
        System.out.printf("%s,%d,%.2f,%.0f,%.0f,%.0f%n", what, Files.size(file), seconds, Files.size(file) / 1e6 / seconds, heap / 1e6,
                Runtime.getRuntime().maxMemory() / 1e6);
    }
}
