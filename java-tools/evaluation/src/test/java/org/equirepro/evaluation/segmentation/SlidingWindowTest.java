package org.equirepro.evaluation.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.image.Box;
import org.junit.jupiter.api.Test;

final class SlidingWindowTest {

    private static SlidingWindow window(Torch torch, int side, int stride) {
        return new SlidingWindow(torch.ops(), Settings.parseJson("r", "{\"window\":" + side + ",\"stride\":" + stride + "}"), 4);
    }

    @Test
    void windowsCoverThePictureAndTheLastOnesAreMovedBack() {
        try (Torch torch = Torch.start(1)) {
            assertEquals(List.of(new Box(0, 0, 8, 8), new Box(0, 5, 8, 8), new Box(0, 7, 8, 8), new Box(2, 0, 8, 8), new Box(2, 5, 8, 8),
                    new Box(2, 7, 8, 8)), window(torch, 8, 5).windows(15, 10));
            assertEquals(List.of(new Box(0, 0, 6, 8)), window(torch, 8, 5).windows(8, 6));
        }
    }

    @Test
    void whereWindowsOverlapTheirMeanCountsAndPaddingIsCutOff() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            int[] call = new int[1];
            NDArray picture = scope.ones(new Shape(1, 3, 6, 13));
            // each window answers its number, counted from 1, where it shows the picture, and 100 where it was padded
            NDArray logits = window(torch, 8, 5).logits(scope, picture, x -> {
                NDArray numbers = x.getManager().arange(1f + call[0], 1f + call[0] + x.getShape().get(0)).reshape(-1, 1, 1, 1);
                call[0] += (int) x.getShape().get(0);
                assertEquals(new Shape(2, 3, 8, 8), x.getShape());
                NDArray seen = x.get(":, :1");
                return numbers.mul(seen).add(seen.mul(-1).add(1).mul(100));
            });
            assertEquals(new Shape(1, 1, 6, 13), logits.getShape());
            for (int row = 0; row < 6; row++) {
                float[] line = logits.get("0, 0, " + row).toFloatArray();
                for (int column = 0; column < 13; column++) {
                    assertEquals(column < 5 ? 1 : column < 8 ? 1.5 : 2, line[column], 1e-6, row + ", " + column);
                }
            }
        }
    }
}
