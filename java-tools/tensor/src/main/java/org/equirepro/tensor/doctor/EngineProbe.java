package org.equirepro.tensor.doctor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.equirepro.tensor.Cuda;
import org.equirepro.tensor.NativeSymbol;
import org.equirepro.tensor.Torch;

/**
 * Loads libtorch and whatever else is foreign, and tells each finding as soon as it is known. A library that does not fit ends
 * the whole process, so {@link Doctor} runs this in a child.
 */
public final class EngineProbe {

    /** What libdjl_torch.so needs, in the order of loading. */
    private static final List<String> DEPENDENCIES = List.of("libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so",
            "libtorch.so");
    private static final int LAZY_GLOBAL = 0x101; // dlopen's RTLD_LAZY | RTLD_GLOBAL
    private static final int NOW = 2; // RTLD_NOW

    private final Path folder;
    private final Consumer<Row> tell;

    EngineProbe(Path folder, Consumer<Row> tell) {
        this.folder = folder;
        this.tell = tell;
    }

    /** Argument: the folder. */
    public static void main(String[] arguments) {
        new EngineProbe(Path.of(arguments[0]), ChildRows::tell).run();
    }

    void run() {
        version();
        if (!jniFits()) {
            return;
        }
        try (Torch torch = Torch.start(1, Device.cpu())) {
            tell.accept(Row.ok("engine", "DJL starts libtorch; every operator of ops.py is compiled"));
            arithmetic(torch);
            symbols();
            tell.accept(Row.ok("threads", JniUtils.getNumThreads() + " an operator here, --threads in a training; "
                    + "OMP_NUM_THREADS=" + System.getenv("OMP_NUM_THREADS")));
        } catch (LinkageError | RuntimeException e) {
            tell.accept(Row.defect("engine", reason(e), "libtorch, libdjl_torch.so and the jars must fit each other: run"
                    + " bin/reproduce --build-only, or name a libtorch that fits by --libtorch"));
        }
        gpu();
        nccl();
        mpi();
    }

    /** libtorch's own word, which DJL does not ask for. Absent before 2.6. */
    private void version() {
        try {
            long version = NativeLibrary.getInstance(folder.resolve("libtorch_cpu.so").toString())
                    .getFunction("aoti_torch_abi_version").invokeLong(new Object[0]);
            tell.accept(Row.ok("libtorch says", (version >>> 56) + "." + (version >>> 48 & 0xff) + "." + (version >>> 40 & 0xff)));
        } catch (UnsatisfiedLinkError e) {
            if (e.getMessage() != null && e.getMessage().contains("aoti_torch_abi_version")) {
                tell.accept(Row.ok("libtorch says", "nothing (older than 2.6): its files tell"));
            } else {
                tell.accept(Row.defect("libtorch says", reason(e), "libtorch_cpu.so cannot be loaded: see docs/gpu.md for what it needs"));
            }
        }
    }

    /**
     * Whether libtorch has all that the JNI library calls. DJL binds lazily: what is missing would end the process at its first
     * call, maybe hours into a training. Bound at once, it is an error that names the symbol.
     */
    private boolean jniFits() {
        try {
            for (String name : DEPENDENCIES) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, LAZY_GLOBAL));
                }
            }
            NativeLibrary.getInstance(folder.resolve("libdjl_torch.so").toString(), Map.of(Library.OPTION_OPEN_FLAGS, NOW));
            return true;
        } catch (UnsatisfiedLinkError e) {
            tell.accept(Row.defect("engine", reason(e), "libdjl_torch.so was built for another libtorch: put the one for this"
                    + " version beside it (pytorch-jni of Maven Central), or use the sets of bin/reproduce"));
            return false;
        }
    }

    private void arithmetic(Torch torch) {
        try (NDManager scope = torch.scope()) {
            NDArray product = torch.ops().linear(Torch.floats(scope, new float[] {1, 2, 3, 4}, 2, 2),
                    Torch.floats(scope, new float[] {1, 0, 1, 1}, 2, 2), Torch.floats(scope, new float[] {0.5f, 0}, 2));
            boolean right = Arrays.equals(product.toFloatArray(), new float[] {1.5f, 3, 3.5f, 7});
            tell.accept(right ? Row.ok("arithmetic", "a product is right")
                    : Row.defect("arithmetic", "a product is " + Arrays.toString(product.toFloatArray()),
                            "libdjl_torch.so was built for another libtorch"));
        }
    }

    private void symbols() {
        List<String> absent = new ArrayList<>();
        for (NativeSymbol symbol : NativeSymbol.values()) {
            try {
                symbol.function();
            } catch (UnsatisfiedLinkError e) {
                absent.add(symbol.name());
            }
        }
        tell.accept(absent.isEmpty() ? Row.ok("symbols", NativeSymbol.values().length + " functions past DJL found")
                : Row.defect("symbols", "this libtorch lacks " + String.join(", ", absent), "use libtorch 2.5.1 or 2.7.1"));
    }

    private void gpu() {
        boolean wanted = "gpu".equals(System.getenv("EQUIREPRO_DEVICE"));
        Cuda cuda = Cuda.in(folder).orElse(null);
        if (cuda == null) {
            tell.accept(wanted ? Row.defect("CUDA", "this libtorch computes on CPUs only",
                    "run bin/reproduce --build-only --device gpu, or set EQUIREPRO_DEVICE=cpu") : Row.ok("CUDA", "not in this set"));
        } else if (cuda.count() > 0) {
            tell.accept(Row.ok("CUDA", "libraries load, " + cuda.count() + " GPUs visible"));
        } else {
            String found = "libraries load, no GPU: " + cuda.message();
            tell.accept(wanted ? Row.defect("CUDA", found, "install NVIDIA's driver (550 or newer), or set EQUIREPRO_DEVICE=cpu")
                    : Row.note("CUDA", found, "computes on the CPU"));
        }
    }

    private void nccl() {
        Path inside = folder.resolve("libtorch_cuda.so");
        try {
            IntByReference version = new IntByReference();
            NativeLibrary.getInstance(Files.exists(inside) ? inside.toString() : "libnccl.so.2").getFunction("ncclGetVersion")
                    .invokeInt(new Object[] {version});
            int v = version.getValue();
            tell.accept(Row.ok("NCCL", v / 10000 + "." + v / 100 % 100 + "." + v % 100 + (Files.exists(inside) ? " in libtorch" : "")));
        } catch (UnsatisfiedLinkError e) {
            tell.accept(Row.ok("NCCL", "not there; needed by several GPUs only"));
        }
    }

    private void mpi() {
        for (String name : List.of("libmpi.so.40", "libmpi.so")) {
            try {
                Memory text = new Memory(1 << 14);
                NativeLibrary.getInstance(name).getFunction("MPI_Get_library_version")
                        .invokeInt(new Object[] {text, new IntByReference()});
                tell.accept(Row.ok("MPI", text.getString(0).lines().findFirst().orElse("").replaceAll(",.*", "")));
                return;
            } catch (UnsatisfiedLinkError e) {
                // the next name
            }
        }
        tell.accept(Row.note("MPI", "not there", "several ranks on CPUs need Open MPI 4 or 5 (Debian: openmpi-bin)"));
    }

    /** The loader's own line where there is one: JNA puts a line of its own before it. */
    private static String reason(Throwable e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        return lines.stream().filter(line -> line.startsWith("/")).findFirst().orElse(lines.isEmpty() ? e.toString() : lines.get(0));
    }
}
