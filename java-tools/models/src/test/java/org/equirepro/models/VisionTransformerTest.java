package org.equirepro.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.models.VisionTransformer.PositionResampling;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Optimiser;
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

    @Test
    void checkpointingAndDropPathGiveTheGradientsOfAutograd() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            NDArray x = scope.randomNormal(new Shape(3, 3, 16, 16));
            DropPath path = DropPath.linear(1, 0.5, SIZE.depth());
            for (VisionTransformer.Variant variant : List.of(VisionTransformer.Variant.PLAIN,
                    new VisionTransformer.Variant(4, 1e-6, false, 0.5, PositionResampling.SIZE))) {
                for (DropPath.Batch drop : new DropPath.Batch[] {null, path.at(0, new int[] {4, 5, 6}, new int[3])}) {
                    Map<String, float[]> kept = gradients(torch, scope, variant, BlockChain.Mode.KEEP, x, drop);
                    Map<String, float[]> recomputed = gradients(torch, scope, variant, BlockChain.Mode.RECOMPUTE, x, drop);
                    assertEquals(kept.keySet(), recomputed.keySet());
                    kept.forEach((name, values) -> assertArrayEquals(values, recomputed.get(name), name));
                }
            }
        }
    }

    private static Map<String, float[]> gradients(Torch torch, NDManager scope, VisionTransformer.Variant variant, BlockChain.Mode mode,
            NDArray x, DropPath.Batch drop) {
        ParameterStore store = new ParameterStore(scope, 1);
        VisionTransformer vit = new VisionTransformer(store, torch.ops(), SIZE, variant, mode);
        try (GradMode on = GradMode.on()) {
            NDArray loss = vit.intermediate(x, null, 1, Precision.FLOAT32, drop).get(0).square().mean();
            BlockChain.backward(loss, vit.chains(), store.parameters().values(), GradientListener.NONE);
        }
        Map<String, float[]> gradients = new TreeMap<>();
        Optimiser.gradients(store.parameters(), scope).forEach((name, g) -> gradients.put(name, g.toFloatArray()));
        return gradients;
    }

    /** A graph that is kept holds about 20 floats a token, feature and block, so only its absence leaves room for this bound. */
    @Test
    void checkpointingKeepsOnlyTheBlocksInputs() throws Exception {
        long[] grown = new long[2];
        for (BlockChain.Mode mode : List.of(BlockChain.Mode.RECOMPUTE, BlockChain.Mode.KEEP)) {
            try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
                VisionTransformer vit = new VisionTransformer(new ParameterStore(scope, 1), torch.ops(),
                        new VisionTransformer.Size(64, 4, 64, 8, 2), VisionTransformer.Variant.PLAIN, mode);
                NDArray x = scope.randomNormal(new Shape(8, 3, 64, 64));
                long before = resident();
                try (GradMode on = GradMode.on()) {
                    vit.intermediate(x, null, 1, Precision.FLOAT32);
                }
                grown[mode == BlockChain.Mode.KEEP ? 0 : 1] = resident() - before;
                vit.chains().forEach(BlockChain::discard);
            }
        }
        assertTrue(grown[1] < grown[0] / 2, "resident memory grew by " + grown[1] + " bytes with checkpointing, by " + grown[0] + " without");
    }

    private static long resident() throws Exception {
        return 4096 * Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
    }
}
