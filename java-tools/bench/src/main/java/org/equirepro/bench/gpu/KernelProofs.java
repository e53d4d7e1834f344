package org.equirepro.bench.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;

/** Proofs about single operators and copies. Each returns what it measured, or throws what went wrong. */
final class KernelProofs {

    private static final int BFLOAT16 = 15;
    private static final List<String> KERNELS = List.of("plain", "flash", "memory-efficient", "cuDNN");

    private KernelProofs() {}

    /** Half precision computes, gives float32 gradients, and differs from float32 as much as its digits say. */
    static String autocast(Work work) {
        int n = work.small() ? 64 : 4096;
        List<String> found = new ArrayList<>();
        try (NDManager scope = work.torch().scope()) {
            NDArray x = work.normal(scope, "x", n, n);
            NDArray w = work.normal(scope, "w", n, n);
            w.setRequiresGradient(true);
            float[] exact = work.torch().ops().linear(x, w, null).toFloatArray();
            double plain = work.milliseconds(() -> work.torch().ops().linear(x, w, null).close());
            for (Precision precision : Precision.values()) {
                if (precision == Precision.FLOAT32 || precision != Precision.BFLOAT16 && work.small()) {
                    continue;
                }
                try (Autocast cast = Autocast.to(work.torch().device(), precision)) {
                    double error = relative(work.torch().ops().toFloat(work.torch().ops().linear(x, w, null)).toFloatArray(), exact);
                    require(error > 1e-6 && error < 2e-2, precision + " differs from float32 by " + error);
                    double half = work.milliseconds(() -> work.torch().ops().linear(x, w, null).close());
                    found.add(String.format(Locale.ROOT, "%s error %.1e, %.2f times as fast", precision, error, plain / half));
                }
                try (GradMode on = GradMode.on(); Autocast cast = Autocast.to(work.torch().device(), precision)) {
                    Torch.backward(work.torch().ops().toFloat(work.torch().ops().linear(x, w, null)).sum());
                }
                try (NDArray gradient = w.getGradient()) {
                    require(gradient.getDataType() == DataType.FLOAT32, "gradient is " + gradient.getDataType());
                }
            }
        }
        return String.join("; ", found);
    }

    /** Which fused kernel libtorch takes, and its speed against plain products, forward and backward. */
    static String attention(Work work) {
        List<String> found = new ArrayList<>();
        int batch = work.small() ? 2 : 64;
        for (int tokens : work.small() ? new int[] {17} : new int[] {197, 785}) {
            for (boolean half : new boolean[] {false, true}) {
                if (half && work.small()) {
                    continue;
                }
                try (NDManager scope = work.torch().scope(); GradMode on = GradMode.on()) {
                    NDArray[] qkv = new NDArray[3];
                    for (int i = 0; i < 3; i++) {
                        NDArray values = work.normal(scope, "qkv" + i, batch, 6, tokens, 64);
                        try (GradMode off = GradMode.off()) {
                            qkv[i] = half ? work.script().tensor(scope, "as_type", values, BFLOAT16) : values;
                        }
                        qkv[i].setRequiresGradient(true);
                    }
                    int choice = (int) work.script().tensor(scope, "attention_choice", qkv[0], qkv[1], qkv[2]).getFloat();
                    double fused = work.milliseconds(() -> there(work, scope, "attention_fused", qkv[0], qkv[1], qkv[2]));
                    double plain = work.milliseconds(() -> there(work, scope, "attention_plain", qkv[0], qkv[1], qkv[2], 0.125));
                    found.add(String.format(Locale.ROOT, "%d tokens %s: %s, %.2f ms, plain %.2f ms", tokens, half ? "bfloat16" : "float32",
                            choice < KERNELS.size() ? KERNELS.get(choice) : "kernel " + choice, fused, plain));
                }
            }
        }
        return String.join("; ", found);
    }

    private static void there(Work work, NDManager scope, String method, Object... arguments) {
        try (NDManager step = scope.newSubManager()) {
            NDArray result = work.script().tensor(step, method, arguments);
            NDArray sum = work.torch().ops().toFloat(result).sum();
            Torch.backward(sum);
        }
    }

    /** Three fused AdamW steps with their counters on the device, against the formula in Java. */
    static String adamW(Work work) {
        int n = 1000;
        double lr = 0.01;
        double decay = 0.1;
        try (NDManager scope = work.torch().scope()) {
            NDArray p = work.normal(scope, "p", n);
            NDArray g = work.normal(scope, "g", n);
            NDArray m = scope.zeros(new Shape(n));
            NDArray v = scope.zeros(new Shape(n));
            NDArray step = Torch.floats(scope, new float[] {0});
            float[] gradients = g.toFloatArray();
            double[] expected = new double[n];
            float[] start = p.toFloatArray();
            for (int i = 0; i < n; i++) {
                double x = start[i];
                double first = 0;
                double second = 0;
                for (int t = 1; t <= 3; t++) {
                    first = 0.9 * first + 0.1 * gradients[i];
                    second = 0.999 * second + 0.001 * gradients[i] * gradients[i];
                    x -= lr * decay * x;
                    x -= lr * (first / (1 - Math.pow(0.9, t))) / (Math.sqrt(second / (1 - Math.pow(0.999, t))) + 1e-8);
                }
                expected[i] = x;
            }
            for (int t = 0; t < 3; t++) {
                work.torch().ops().updates().adamW(List.of(p), List.of(g), List.of(m), List.of(v), List.of(step), lr, decay, 0.9, 0.999,
                        1e-8);
            }
            double worst = 0;
            float[] got = p.toFloatArray();
            for (int i = 0; i < n; i++) {
                worst = Math.max(worst, Math.abs(got[i] - expected[i]));
            }
            require(worst < 1e-5, "differs from the formula by " + worst);
            return String.format(Locale.ROOT, "3 steps, counter on %s, differ from the formula by %.1e", step.getDevice(), worst);
        }
    }

    /** Copies to the GPU from ordinary and from pinned memory, and how soon a call that does not wait returns. */
    static String copies(Work work) {
        work.cuda();
        long bytes = 256L << 20;
        try (NDManager scope = work.torch().scope(); NDManager host = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray to = scope.zeros(new Shape(bytes / 4));
            NDArray ordinary = host.ones(new Shape(bytes / 4));
            NDArray pinned = work.script().tensor(host, "pin", ordinary);
            double slow = work.milliseconds(() -> work.script().run("copy", to, ordinary, false));
            double fast = work.milliseconds(() -> work.script().run("copy", to, pinned, true));
            long start = System.nanoTime();
            work.script().run("copy", to, pinned, true);
            double returned = (System.nanoTime() - start) / 1e6;
            work.cuda().synchronise();
            require(to.get("-1:").toFloatArray()[0] == 1, "the copy has not arrived");
            require(returned < fast / 2, "the call waits: " + returned + " of " + fast + " ms");
            return String.format(Locale.ROOT, "ordinary %.1f GB/s, pinned %.1f GB/s, the call returns after %.2f of %.2f ms",
                    bytes / slow / 1e6, bytes / fast / 1e6, returned, fast);
        }
    }

    /** The graph executor that fuses pointwise operators, against the plain one. */
    static String fuser(Work work) {
        try (NDManager scope = work.torch().scope()) {
            NDArray x = work.normal(scope, "x", work.small() ? 1000 : 1 << 24);
            float[] expected = work.script().tensor(scope, "chain", x).toFloatArray();
            double off = work.milliseconds(() -> work.script().tensor(scope, "chain", x).close());
            JniUtils.setGraphExecutorOptimize(true);
            try {
                double on = work.milliseconds(() -> work.script().tensor(scope, "chain", x).close());
                double error = relative(work.script().tensor(scope, "chain", x).toFloatArray(), expected);
                require(error < 1e-5, "the fused result differs by " + error);
                return String.format(Locale.ROOT, "on %.3f ms, off %.3f ms", on, off);
            } finally {
                JniUtils.setGraphExecutorOptimize(false);
            }
        }
    }

    private static double relative(float[] values, float[] exact) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow(values[i] - exact[i], 2);
            size += Math.pow(exact[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
