package org.equirepro.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LossScalerTest {

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static LossScaler scaler(double start, int interval) {
        return new LossScaler(torch.ops(), new LossScaler.Options(start, 2, 0.5, interval));
    }

    private static boolean step(LossScaler scaler, float... gradient) {
        try (NDManager scope = torch.scope()) {
            boolean finite = scaler.unscale(List.of(Torch.floats(scope, gradient, gradient.length)));
            scaler.update();
            return finite;
        }
    }

    @Test
    void gradientsAreDividedByWhatTheLossWasMultipliedWith() {
        try (NDManager scope = torch.scope()) {
            LossScaler scaler = new LossScaler(torch.ops(), LossScaler.Options.DEFAULT);
            assertEquals(3 * 65536f, scaler.scale(Torch.floats(scope, new float[] {3})).getFloat());
            NDArray gradient = Torch.floats(scope, new float[] {65536, -32768}, 2);
            assertTrue(scaler.unscale(List.of(gradient)));
            assertArrayEquals(new float[] {1, -0.5f}, gradient.toFloatArray());
        }
    }

    @Test
    void aGradientThatIsNotFiniteSkipsTheStepAndHalvesTheScale() {
        LossScaler scaler = scaler(1024, 2000);
        assertFalse(step(scaler, 1, Float.POSITIVE_INFINITY));
        assertEquals(512, scaler.scale());
        assertFalse(step(scaler, Float.NaN));
        assertEquals(256, scaler.scale());
        assertTrue(step(scaler, 1));
        assertEquals(256, scaler.scale());
    }

    @Test
    void oneBadListSpoilsTheWholeStep() {
        try (NDManager scope = torch.scope()) {
            LossScaler scaler = scaler(8, 2000);
            assertFalse(scaler.unscale(List.of(Torch.floats(scope, new float[] {Float.NEGATIVE_INFINITY}, 1))));
            assertFalse(scaler.unscale(List.of(Torch.floats(scope, new float[] {1}, 1))));
            scaler.update();
            assertEquals(4, scaler.scale());
        }
    }

    @Test
    void onlyAnUnbrokenRowOfGoodStepsRaisesTheScale() {
        LossScaler scaler = scaler(8, 3);
        step(scaler, 1);
        step(scaler, 1);
        step(scaler, Float.NaN);
        step(scaler, 1);
        step(scaler, 1);
        assertEquals(4, scaler.scale());
        step(scaler, 1);
        assertEquals(8, scaler.scale());
    }

    @Test
    void theScaleStaysFinite() {
        LossScaler scaler = scaler(Float.MAX_VALUE, 1);
        step(scaler, 1);
        assertEquals(Float.MAX_VALUE, (float) scaler.scale());
    }

    @Test
    void aRestoredScalerGoesOnWhereItWas(@TempDir Path folder) {
        LossScaler scaler = scaler(8, 3);
        step(scaler, Float.NaN);
        step(scaler, 1);
        step(scaler, 1);
        Path file = folder.resolve("s.safetensors");
        SafeTensors.write(file, scaler.tensors("scaler."), new TreeMap<>());
        LossScaler restored = scaler(8, 3);
        restored.load(SafeTensors.open(file), "scaler.");
        assertEquals(4, restored.scale());
        step(restored, 1);
        assertEquals(8, restored.scale());
    }
}
