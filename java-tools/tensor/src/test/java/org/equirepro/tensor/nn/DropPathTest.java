package org.equirepro.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;

final class DropPathTest {

    @Test
    void aSamplesFateDoesNotDependOnItsBatch() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            DropPath path = DropPath.uniform(1, 0.5, 4);
            int[] samples = IntStream.range(0, 64).toArray();
            float[] all = factors(path, scope, 7, samples, new int[64], 2);
            for (int i = 0; i < samples.length; i++) {
                assertEquals(all[i], factors(path, scope, 7, new int[] {i}, new int[1], 2)[0]);
            }
            int[] ones = new int[64];
            Arrays.fill(ones, 1);
            assertFalse(Arrays.equals(all, factors(path, scope, 8, samples, new int[64], 2)), "another epoch");
            assertFalse(Arrays.equals(all, factors(path, scope, 7, samples, ones, 2)), "another view");
            assertFalse(Arrays.equals(all, factors(path, scope, 7, samples, new int[64], 3)), "another block");
            assertFalse(Arrays.equals(all, path.at(7, samples, new int[64]).factors(scope, 2, DropPath.Branch.MLP).toFloatArray()));
        }
    }

    @Test
    void theMeanFactorIsOneAndTheRateGrowsWithDepth() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            DropPath path = DropPath.linear(1, 0.2, 3);
            int[] samples = IntStream.range(0, 20000).toArray();
            assertFalse(path.at(0, samples, samples).drops(0));
            for (int block : new int[] {1, 2}) {
                float[] factors = factors(path, scope, 0, samples, samples, block);
                double mean = 0;
                for (float f : factors) {
                    assertTrue(f == 0 || f == (float) (1 / (1 - 0.1 * block)));
                    mean += f / factors.length;
                }
                assertEquals(1, mean, 0.02);
            }
        }
    }

    @Test
    void aRateOfOneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> DropPath.uniform(0, 1, 2));
        assertFalse(DropPath.linear(0, 0.9, 1).at(0, new int[1], new int[1]).drops(0));
    }

    private static float[] factors(DropPath path, NDManager scope, int epoch, int[] samples, int[] views, int block) {
        return path.at(epoch, samples, views).factors(scope, block, DropPath.Branch.ATTENTION).toFloatArray();
    }
}
