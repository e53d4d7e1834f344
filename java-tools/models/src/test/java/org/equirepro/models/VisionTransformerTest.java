package org.equirepro.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.equirepro.models.VisionTransformer.PositionResampling;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;
import org.junit.jupiter.api.Test;

final class VisionTransformerTest {

    private static final VisionTransformer.Size SIZE = new VisionTransformer.Size(16, 4, 12, 2, 3);

    @Test
    void layerScaleOfZeroLeavesOnlyTheShortcut() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            NDArray x = scope.randomNormal(new Shape(2, 17, 12));
            for (double scale : new double[] {0, 0.5}) {
                VisionTransformer vit = new VisionTransformer(new ParameterStore(scope, 1), torch.ops(), SIZE,
                        new VisionTransformer.Variant(4, 1e-6, false, scale, PositionResampling.SIZE));
                float[] y = vit.block(0, x, Precision.FLOAT32).toFloatArray();
                if (scale == 0) {
                    assertArrayEquals(x.toFloatArray(), y);
                } else {
                    assertFalse(Arrays.equals(x.toFloatArray(), y));
                }
            }
        }
    }

    @Test
    void positionsOfTheLearntSizeAreTheLearntOnes() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            NDArray learnt = scope.randomNormal(new Shape(1, 17, 12));
            for (PositionResampling how : PositionResampling.values()) {
                assertArrayEquals(learnt.toFloatArray(), VisionTransformer.positions(torch.ops(), learnt, 4, 4, how).toFloatArray());
            }
        }
    }
}
