package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class OpsTest {

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    @Test
    void aWrongShapeNamesOperatorAndShapes() {
        try (NDManager scope = torch.scope()) {
            NDArray x = scope.zeros(new ai.djl.ndarray.types.Shape(2, 3));
            NDArray w = scope.zeros(new ai.djl.ndarray.types.Shape(5, 4));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> torch.ops().linear(x, w, null));
            assertTrue(e.getMessage().contains("linear_without_bias") && e.getMessage().contains("(2, 3)")
                    && e.getMessage().contains("(5, 4)"), e.getMessage());
        }
    }

    @Test
    void gradientsFlowThroughACast() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            NDArray x = Torch.floats(scope, new float[] {1, 2}, 2);
            x.setRequiresGradient(true);
            Torch.backward(torch.ops().toFloat(x).mul(3f).sum());
            assertArrayEquals(new float[] {3, 3}, x.getGradient().toFloatArray());
        }
    }

    @Test
    void theModeOfBeforeHoldsAfterwards() {
        assertFalse(JniUtils.isGradMode());
        try (GradMode on = GradMode.on()) {
            try (GradMode off = GradMode.off()) {
                assertFalse(JniUtils.isGradMode());
            }
            assertTrue(JniUtils.isGradMode());
        }
        assertFalse(JniUtils.isGradMode());
    }

    @Test
    void batchNormUpdatesRunningStatisticsOnlyInTraining() {
        try (NDManager scope = torch.scope()) {
            NDArray x = Torch.floats(scope, new float[] {1, 3}, 2, 1);
            NDArray one = Torch.floats(scope, new float[] {1}, 1);
            NDArray zero = Torch.floats(scope, new float[] {0}, 1);
            NDArray mean = Torch.floats(scope, new float[] {0}, 1);
            NDArray var = Torch.floats(scope, new float[] {1}, 1);
            NDArray y = torch.ops().batchNorm(x, one, zero, mean, var, true, 0.1);
            assertArrayEquals(new float[] {-1, 1}, y.toFloatArray(), 1e-4f);
            assertArrayEquals(new float[] {0.2f}, mean.toFloatArray(), 1e-6f); // momentum .1 of the mean 2
            assertArrayEquals(new float[] {1.1f}, var.toFloatArray(), 1e-6f); // .9 + .1 times the unbiased variance 2
            torch.ops().batchNorm(x, one, zero, mean, var, false, 0.1);
            assertArrayEquals(new float[] {0.2f}, mean.toFloatArray(), 1e-6f);
        }
    }

    @Test
    void fusedAndPlainAttentionAgree() {
        try (NDManager scope = torch.scope()) {
            // long sequences take the fused kernel in float32 and the plain products in bfloat16
            int d = 16;
            NDArray x = scope.randomNormal(new ai.djl.ndarray.types.Shape(2, 300, d));
            List<NDArray> w = new ArrayList<>();
            int[][] shapes = {{d}, {d}, {3 * d, d}, {3 * d}, {d, d}, {d}, {d}, {d}, {4 * d, d}, {4 * d}, {d, 4 * d}, {d}};
            for (int[] s : shapes) {
                w.add(scope.randomNormal(0, 0.2f, s.length == 1 ? new ai.djl.ndarray.types.Shape(s[0])
                        : new ai.djl.ndarray.types.Shape(s[0], s[1]), ai.djl.ndarray.types.DataType.FLOAT32));
            }
            NDArray fused = torch.ops().transformerBlock(x, w, 4, 1e-6, Precision.FLOAT32);
            NDArray plain = torch.ops().transformerBlock(x, w, 4, 1e-6, Precision.BFLOAT16); // plain kernel, no autocast: float32
            assertEquals(0, fused.sub(plain).abs().max().getFloat(), 1e-4);
        }
    }

    @Test
    void theKernelOfAttentionIsTheFasterOne() {
        Device gpu = Device.gpu();
        assertEquals(AttentionKernel.PLAIN, AttentionKernel.fastest(Device.cpu(), Precision.FLOAT32, 50));
        assertEquals(AttentionKernel.FUSED, AttentionKernel.fastest(Device.cpu(), Precision.FLOAT32, 785));
        assertEquals(AttentionKernel.PLAIN, AttentionKernel.fastest(Device.cpu(), Precision.BFLOAT16, 785));
        assertEquals(AttentionKernel.FUSED, AttentionKernel.fastest(gpu, Precision.BFLOAT16, 50));
    }

    @Test
    void aRefusalNamesBfloat16() {
        try (NDManager scope = torch.scope()) {
            NDArray x = scope.zeros(new ai.djl.ndarray.types.Shape(2, 3));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> torch.ops().linear(torch.ops().toBfloat16(x), x, null));
            assertTrue(e.getMessage().startsWith("linear_without_bias(bfloat16 (2, 3), float32 (2, 3)): "), e.getMessage());
        }
    }

    @Test
    void backwardOfABfloat16LossIsRefused() {
        try (NDManager scope = torch.scope()) {
            NDArray loss = torch.ops().toBfloat16(scope.zeros(new ai.djl.ndarray.types.Shape(1)));
            assertThrows(IllegalArgumentException.class, () -> Torch.backward(loss));
        }
    }

    @Test
    void everyThreadThatCallsGetsThePlainGraphExecutor() throws Exception {
        Function optimises = NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so").toString())
                .getFunction("_ZN5torch3jit24getGraphExecutorOptimizeEv");
        List<Boolean> seen = new ArrayList<>();
        Thread worker = new Thread(() -> {
            seen.add((optimises.invokeInt(new Object[0]) & 1) == 1);
            try (NDManager scope = torch.scope()) {
                torch.ops().relu(scope.zeros(new ai.djl.ndarray.types.Shape(1)));
            }
            seen.add((optimises.invokeInt(new Object[0]) & 1) == 1);
        });
        worker.start();
        worker.join();
        assertEquals(List.of(true, false), seen);
    }

    @Test
    void aStepLeavesNothingBehind() {
        int before = torch.root().getManagedArrays().size();
        for (int i = 0; i < 50; i++) {
            try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
                NDArray x = scope.randomNormal(new ai.djl.ndarray.types.Shape(4, 3, 8, 8));
                NDArray w = scope.randomNormal(new ai.djl.ndarray.types.Shape(5, 3, 3, 3));
                w.setRequiresGradient(true);
                Torch.backward(torch.ops().relu(torch.ops().conv2d(x, w, null, 1, 1)).mean());
            }
        }
        assertEquals(before, torch.root().getManagedArrays().size());
    }
}
