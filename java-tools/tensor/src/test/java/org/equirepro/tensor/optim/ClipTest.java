package org.equirepro.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClipTest {

    @ParameterizedTest
    @CsvSource({"TENSOR, 5, 5, 2", "MODULE, 3, 4, 2", "ALL, 2.9417, 3.9223, .9806"})
    void theLengthIsLimitedWhereTheScopeSays(Clip.Scope scope, float a, float b, float c) {
        try (Torch torch = Torch.start(1); NDManager manager = torch.scope()) {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            gradients.put("backbone.w", Torch.floats(manager, new float[] {6}, 1));
            gradients.put("backbone.v", Torch.floats(manager, new float[] {8}, 1));
            gradients.put("head.w", Torch.floats(manager, new float[] {2}, 1));
            assertEquals(Math.sqrt(104), new Clip(scope, 5).apply(torch.ops(), gradients), 1e-5);
            float[] left = new float[3];
            int i = 0;
            for (NDArray gradient : gradients.values()) {
                left[i++] = gradient.getFloat(0);
            }
            assertArrayEquals(new float[] {a, b, c}, left, 1e-4f);
        }
    }
}
