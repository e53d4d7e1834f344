package org.equirepro.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReducedIdctTest {

    /** The transform's definition: n x n samples of the first n x n coefficients. */
    private static double sample(int[] c, int n, int x, int y) {
        double sum = 0;
        for (int v = 0; v < n; v++) {
            for (int u = 0; u < n; u++) {
                sum += (u == 0 ? 1 : Math.sqrt(2)) * (v == 0 ? 1 : Math.sqrt(2)) * c[8 * v + u]
                        * Math.cos((2 * x + 1) * u * Math.PI / (2 * n)) * Math.cos((2 * y + 1) * v * Math.PI / (2 * n));
            }
        }
        return Math.max(0, Math.min(sum / 8 + 128, 255));
    }

    @Test
    void everySizeIsTheTransformOfTheLowFrequencies() {
        Random random = new Random(4);
        for (int n = 1; n < 8; n++) {
            ReducedIdct idct = new ReducedIdct(n);
            for (int trial = 0; trial < 200; trial++) {
                int[] block = new int[64];
                block[0] = random.nextInt(1600) - 800;
                for (int k = 1; k < 64; k++) {
                    block[k] = (int) (random.nextGaussian() * 160 / (1 + k / 8 + k % 8));
                }
                int[] given = block.clone();
                byte[] out = new byte[3 + 20 * n];
                idct.apply(block, 63, out, 3, 20);
                for (int y = 0; y < n; y++) {
                    for (int x = 0; x < n; x++) {
                        assertEquals(sample(given, n, x, y), out[3 + 20 * y + x] & 0xFF, 0.75, n + " points");
                    }
                }
                assertArrayEquals(new int[64], block, "the block is cleared for the next");
            }
        }
    }

    @Test
    void aBlockOfOneCoefficientIsFlatAndTouchesNoNeighbour() {
        for (int n = 1; n < 8; n++) {
            for (int dc : new int[] {-5000, -1024, -4, 0, 3, 4, 1016, 5000}) {
                byte[] out = new byte[10 * 10];
                int[] block = new int[64];
                block[0] = dc;
                new ReducedIdct(n).apply(block, 0, out, 11, 10);
                for (int i = 0; i < 100; i++) {
                    boolean inside = i / 10 >= 1 && i / 10 <= n && i % 10 >= 1 && i % 10 <= n;
                    double expected = inside ? Math.max(0, Math.min(Math.floor(dc / 8.0 + 0.5) + 128, 255)) : 0;
                    assertEquals(expected, out[i] & 0xFF, n + " points of " + dc);
                }
                assertEquals(0, block[0]);
            }
        }
    }
}
