package org.equirepro.tensor.boxes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.equirepro.base.Draws;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RoiAlignTest {

    private static final int CHANNELS = 2;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 9;

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
    void equalsSampleBySampleReadingWhereverTheRegionLies() {
        Draws draws = Draws.at(3, "roi");
        float[] map = floats(draws, 2 * CHANNELS * HEIGHT * WIDTH, -1, 1);
        float[] regions = floats(draws, 5 * 60, -8, 28); // the picture is 12 x 18; many lie outside or are reversed
        for (int r = 0; r < 60; r++) {
            regions[5 * r] = r % 2;
        }
        try (NDManager scope = torch.scope()) {
            NDArray x = Torch.floats(scope, map, 2, CHANNELS, HEIGHT, WIDTH);
            for (int ratio : new int[] {-1, 0, 1, 2, 3}) {
                for (boolean aligned : new boolean[] {false, true}) {
                    NDArray y = new RoiAlign(torch.ops(), 3, 2, ratio, aligned).apply(x, regions, 0.5);
                    assertEquals(new Shape(60, CHANNELS, 3, 2), y.getShape());
                    assertArrayEquals(naive(map, regions, 0.5f, 3, 2, ratio, aligned), y.toFloatArray(), 1e-5f, ratio + " " + aligned);
                }
            }
        }
    }

    @Test
    void noRegionsGiveAnEmptyResultWithAGradientOfZeros() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            NDArray x = Torch.floats(scope, new float[CHANNELS * 4], 1, CHANNELS, 2, 2);
            x.setRequiresGradient(true);
            NDArray y = new RoiAlign(torch.ops(), 7, 7, 2, false).apply(x, new float[0], 1);
            assertEquals(new Shape(0, CHANNELS, 7, 7), y.getShape());
            Torch.backward(y.sum());
            assertArrayEquals(new float[CHANNELS * 4], x.getGradient().toFloatArray());
        }
    }

    @Test
    void aPyramidReadsEachRegionFromItsLevel() {
        try (NDManager scope = torch.scope()) {
            List<NDArray> maps = List.of(constant(scope, 64, 1), constant(scope, 32, 2), constant(scope, 16, 3));
            RoiPyramid pyramid = new RoiPyramid(new RoiAlign(torch.ops(), 1, 1, 2, false), new double[] {1 / 4.0, 1 / 8.0, 1 / 16.0}, 224, 4);
            // sides 10, 112 exactly, 224, 2000 and nothing
            float[] regions = {1, 2, 2, 12, 12, 0, 0, 0, 112, 112, 0, 0, 0, 224, 224, 1, 0, 0, 2000, 2000, 0, 3, 3, 3, 3};
            assertArrayEquals(new int[] {0, 1, 2, 2, 0}, pyramid.levels(regions));
            float[] read = pyramid.apply(maps, regions).toFloatArray();
            assertArrayEquals(new float[] {1, 2, 3}, new float[] {read[0], read[1], read[2]}, 1e-6f);
            assertEquals(1, read[4], 1e-6f);
        }
    }

    @Test
    void badRegionsAreRefused() {
        try (NDManager scope = torch.scope()) {
            NDArray x = Torch.floats(scope, new float[8], 1, 2, 2, 2);
            RoiAlign align = new RoiAlign(torch.ops(), 2, 2, 0, false);
            assertThrows(IllegalArgumentException.class, () -> align.apply(x, new float[] {1, 0, 0, 1, 1}, 1));
            assertThrows(IllegalArgumentException.class, () -> align.apply(x, new float[] {-1, 0, 0, 1, 1}, 1));
            assertThrows(IllegalArgumentException.class, () -> align.apply(x, new float[] {0, 0, 0, Float.NaN, 1}, 1));
            assertThrows(IllegalArgumentException.class, () -> align.apply(x, new float[] {0, 0, 0, 1}, 1));
            assertThrows(IllegalArgumentException.class, () -> align.apply(x.flatten(), new float[] {0, 0, 0, 1, 1}, 1));
            assertThrows(IllegalArgumentException.class, () -> new RoiAlign(torch.ops(), 0, 2, 0, false));
        }
    }

    private static NDArray constant(NDManager manager, int side, float value) {
        return manager.full(new Shape(2, 1, side, side), value);
    }

    private static float[] floats(Draws draws, int n, double low, double high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) draws.uniform(low, high);
        }
        return values;
    }

    /** The definition, a sample at a time. */
    private static float[] naive(float[] map, float[] regions, float scale, int height, int width, int ratio, boolean aligned) {
        float[] out = new float[regions.length / 5 * CHANNELS * height * width];
        int at = 0;
        float offset = aligned ? 0.5f : 0;
        for (int r = 0; r < regions.length / 5; r++) {
            float x1 = regions[5 * r + 1] * scale - offset;
            float y1 = regions[5 * r + 2] * scale - offset;
            float w = regions[5 * r + 3] * scale - offset - x1;
            float h = regions[5 * r + 4] * scale - offset - y1;
            w = aligned ? w : Math.max(w, 1);
            h = aligned ? h : Math.max(h, 1);
            int nx = ratio > 0 ? ratio : (int) Math.ceil(w / width);
            int ny = ratio > 0 ? ratio : (int) Math.ceil(h / height);
            for (int c = 0; c < CHANNELS; c++) {
                int plane = ((int) regions[5 * r] * CHANNELS + c) * HEIGHT * WIDTH;
                for (int i = 0; i < height; i++) {
                    for (int j = 0; j < width; j++) {
                        double sum = 0;
                        for (int sy = 0; sy < ny; sy++) {
                            for (int sx = 0; sx < nx; sx++) {
                                sum += read(map, plane, y1 + (i + (sy + 0.5f) / ny) * h / height, x1 + (j + (sx + 0.5f) / nx) * w / width);
                            }
                        }
                        out[at++] = (float) (sum / Math.max(nx * ny, 1));
                    }
                }
            }
        }
        return out;
    }

    private static double read(float[] map, int plane, float y, float x) {
        if (y < -1 || y > HEIGHT || x < -1 || x > WIDTH) {
            return 0;
        }
        double row = Math.min(Math.max(y, 0), HEIGHT - 1);
        double column = Math.min(Math.max(x, 0), WIDTH - 1);
        int top = Math.min((int) row, HEIGHT - 2);
        int left = Math.min((int) column, WIDTH - 2);
        double down = row - top;
        double right = column - left;
        return (1 - down) * ((1 - right) * map[plane + top * WIDTH + left] + right * map[plane + top * WIDTH + left + 1])
                + down * ((1 - right) * map[plane + (top + 1) * WIDTH + left] + right * map[plane + (top + 1) * WIDTH + left + 1]);
    }
}
