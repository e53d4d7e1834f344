package org.equirepro.evaluation.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.image.Box;

/**
 * Logits of a whole picture from windows that overlap (mmsegmentation's "slide" test): where several windows see a pixel, their mean.
 * The last window of a row or column is moved back into the picture.
 */
final class SlidingWindow {

    /** Windows that go through the network together. */
    private static final int TOGETHER = 8;

    private final Ops ops;
    private final int side;
    private final int stride;
    private final int multiple;

    /**
     * From keys {@code window} and {@code stride}.
     *
     * @param multiple of which the sides of the network's input must be; smaller pictures are padded, black, at the right and below
     */
    SlidingWindow(Ops ops, Settings section, int multiple) {
        this.ops = ops;
        this.side = section.integer("window");
        this.stride = section.integer("stride");
        this.multiple = multiple;
        if (side % multiple != 0 || stride < 1 || stride > side) {
            throw UserError.usage(section.source() + ": test.window must be a multiple of " + multiple + " and test.stride from 1 to it, "
                    + "found " + side + " and " + stride);
        }
    }

    /** The windows, row by row; all of one size. */
    List<Box> windows(int width, int height) {
        int w = Math.min(side, width);
        int h = Math.min(side, height);
        List<Box> windows = new ArrayList<>();
        for (int top : starts(height, h)) {
            for (int left : starts(width, w)) {
                windows.add(new Box(top, left, h, w));
            }
        }
        return windows;
    }

    private int[] starts(int whole, int window) {
        int count = (whole - window + stride - 1) / stride + 1;
        int[] starts = new int[count];
        Arrays.setAll(starts, i -> Math.min(i * stride, whole - window));
        return starts;
    }

    /**
     * Mean logits [1, K, H, W] of a picture [1, 3, H, W].
     *
     * @param network from [n, 3, h, w] to [n, K, h, w]
     */
    NDArray logits(NDManager scope, NDArray picture, UnaryOperator<NDArray> network) {
        int height = (int) picture.getShape().get(2);
        int width = (int) picture.getShape().get(3);
        List<Box> windows = windows(width, height);
        NDArray sum = null;
        for (int from = 0; from < windows.size(); from += TOGETHER) {
            List<Box> some = windows.subList(from, Math.min(windows.size(), from + TOGETHER));
            try (NDManager passing = scope.newSubManager()) {
                NDList inputs = new NDList(some.stream().map(box -> padded(passing, cut(picture, box))).toList());
                NDArray logits = network.apply(NDArrays.concat(inputs));
                if (sum == null) {
                    sum = scope.zeros(new Shape(1, logits.getShape().get(1), height, width));
                }
                for (int i = 0; i < some.size(); i++) {
                    NDArray part = cut(sum, some.get(i)); // a view
                    part.attach(passing);
                    part.addi(logits.get(i + ":" + (i + 1) + ", :, :" + some.get(i).height() + ", :" + some.get(i).width()));
                }
            }
        }
        return sum.muli(shares(scope, windows, width, height));
    }

    private static NDArray cut(NDArray x, Box box) {
        return x.get(":, :, " + box.top() + ":" + (box.top() + box.height()) + ", " + box.left() + ":" + (box.left() + box.width()));
    }

    private NDArray padded(NDManager scope, NDArray window) {
        window.attach(scope);
        NDArray tall = extended(scope, window, 2);
        return extended(scope, tall, 3);
    }

    private NDArray extended(NDManager scope, NDArray x, int dimension) {
        int missing = (int) (Math.floorMod(-x.getShape().get(dimension), (long) multiple));
        if (missing == 0) {
            return x;
        }
        long[] shape = x.getShape().getShape().clone();
        shape[dimension] = missing;
        return x.concat(scope.zeros(new Shape(shape)), dimension);
    }

    /** One over the number of windows that see each pixel, [1, 1, H, W]. */
    private static NDArray shares(NDManager scope, List<Box> windows, int width, int height) {
        float[] shares = new float[width * height];
        for (Box box : windows) {
            for (int y = box.top(); y < box.top() + box.height(); y++) {
                for (int x = box.left(); x < box.left() + box.width(); x++) {
                    shares[y * width + x]++;
                }
            }
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = 1 / shares[i];
        }
        return Torch.floats(scope, shares, 1, 1, height, width);
    }
}
