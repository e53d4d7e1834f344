package org.equirepro.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.equirepro.base.UserError;

/**
 * A started libtorch: the root of all native memory and the operators. One a process; everything that computes is handed it.
 *
 * <p>Memory: a tensor lives until the {@link NDManager} that it belongs to is closed; nothing is freed by garbage collection.
 * Each step of a loop runs in its own {@link #scope()}. A result belongs to the manager of the operator's first operand.
 */
public final class Torch implements AutoCloseable {

    private final NDManager root;
    private final Ops ops;

    private Torch(NDManager root) {
        this.root = root;
        this.ops = new Ops(new ScriptCalls(root, ScriptArchive.operators()));
    }

    /**
     * Loads libtorch from {@code $PYTORCH_LIBRARY_PATH} and starts it with so many threads for each operator, on the device
     * that {@code $EQUIREPRO_DEVICE} names: {@code gpu}, the first one visible, or {@code cpu}, also if it is not set.
     * {@code bin/equirepro} sets both, for they belong together.
     *
     * @throws UserError if the folder is not there, its libraries cannot be loaded, or there is no GPU
     */
    public static Torch start(int threads) {
        return start(threads, 0);
    }

    /**
     * As {@link #start(int)}, for one of several processes of a machine: where more than one GPU is visible, on the GPU of the
     * number {@code local}; where the launcher shows each process its own, on that.
     */
    public static Torch start(int threads, int local) {
        String device = System.getenv().getOrDefault("EQUIREPRO_DEVICE", "cpu");
        if (!device.equals("cpu") && !device.equals("gpu")) {
            throw UserError.usage("EQUIREPRO_DEVICE must be cpu or gpu, found " + device);
        }
        if (device.equals("cpu")) {
            return start(threads, Device.cpu());
        }
        String folder = System.getenv("PYTORCH_LIBRARY_PATH");
        int visible = folder == null ? 0 : Cuda.in(Path.of(folder)).map(Cuda::count).orElse(0);
        return start(threads, Device.gpu(visible > 1 ? local : 0));
    }

    /** As {@link #start(int)}, on the given device. Tensors that are made from Java values lie on it. */
    public static Torch start(int threads, Device device) {
        String folder = System.getenv("PYTORCH_LIBRARY_PATH");
        if (folder == null || !Files.isRegularFile(Path.of(folder, "libtorch_cpu.so"))) {
            throw UserError.failure("libtorch not found" + (folder == null ? "" : " in " + folder)
                    + ": start through bin/equirepro, after bin/reproduce --build-only --device " + device.getDeviceType(), null);
        }
        try {
            Engine.getEngine("PyTorch");
        } catch (EngineException | LinkageError e) {
            throw UserError.failure("libtorch in " + folder + " cannot be loaded: " + e.getMessage(), e);
        }
        if (device.isGpu()) {
            requireGpu(Path.of(folder), device.getDeviceId());
        }
        JniUtils.setNumThreads(threads);
        JniUtils.setGradMode(false);
        return new Torch(NDManager.newBaseManager(device, "PyTorch"));
    }

    private static void requireGpu(Path folder, int wanted) {
        Cuda cuda = Cuda.in(folder).orElseThrow(() -> UserError.failure("libtorch in " + folder + " computes on CPUs only; fetch the"
                + " one for CUDA by bin/reproduce --build-only --device gpu, or set EQUIREPRO_DEVICE=cpu", null));
        if (wanted >= cuda.count()) {
            throw UserError.failure("no GPU " + wanted + ", there are " + cuda.count() + " (" + cuda.message()
                    + "); equirepro doctor tells more, EQUIREPRO_DEVICE=cpu computes without one", null);
        }
    }

    public Ops ops() {
        return ops;
    }

    /** Where tensors lie. */
    public Device device() {
        return root.getDevice();
    }

    /** The manager of what lives as long as the process: parameters, buffers. */
    public NDManager root() {
        return root;
    }

    /** A manager for one step; close it at the step's end. */
    public NDManager scope() {
        return root.newSubManager();
    }

    /** float32 tensor from values in row-major order. */
    public static NDArray floats(NDManager manager, float[] values, long... shape) {
        return owned(manager.create(values, new Shape(shape)));
    }

    /** int32 tensor. */
    public static NDArray ints(NDManager manager, int[] values, long... shape) {
        return owned(manager.create(values, new Shape(shape)));
    }

    /** int64 tensor, as indices and labels are. */
    public static NDArray longs(NDManager manager, long[] values, long... shape) {
        return owned(manager.create(values, new Shape(shape)));
    }

    /** Tensor from little-endian bytes. */
    public static NDArray bytes(NDManager manager, ByteBuffer bytes, DataType type, long... shape) {
        ByteBuffer direct = bytes;
        if (!bytes.isDirect()) {
            direct = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder()).put(bytes.duplicate()).flip();
        }
        return owned(manager.create(direct, new Shape(shape), type));
    }

    /**
     * The same values in memory of libtorch's own, aligned to 64 bytes. DJL's arrays lie on Java's direct memory, whose alignment
     * differs from process to process, and with it the last bits of a matrix product. On a GPU they were copied already.
     */
    private static NDArray owned(NDArray array) {
        if (array.getDevice().isGpu()) {
            return array;
        }
        try (array) {
            return array.duplicate();
        }
    }

    /** Gradients of {@code loss} (one element) into every parameter it depends on, added to what is there. */
    public static void backward(NDArray loss) {
        if (!loss.getDataType().isFloating()) { // bfloat16, whose ones DJL cannot make
            throw new IllegalArgumentException("backward of a loss that is neither float32 nor float64: Ops.toFloat first");
        }
        try (NDArray one = loss.getManager().ones(loss.getShape(), loss.getDataType())) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        }
    }

    /** Gradients for a given upstream gradient of the same shape. */
    public static void backward(NDArray output, NDArray upstream) {
        JniUtils.backward((PtNDArray) output, (PtNDArray) upstream, false, false);
    }

    @Override
    public void close() {
        ops.close();
        root.close();
    }
}
