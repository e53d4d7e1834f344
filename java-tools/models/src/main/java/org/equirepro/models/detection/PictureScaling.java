package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.equirepro.tensor.Ops;

/**
 * Pictures of any size as a detector's batch: the short side is scaled to {@code shortSide}, or less where the long one would
 * exceed {@code longSide}; zeros to the right and below make them of one size, a multiple of {@code multiple} (32, the coarsest
 * map's stride). Torchvision's rules.
 */
public record PictureScaling(int shortSide, int longSide, int multiple) {

    /** Height and width, in pixels. */
    public record Size(int height, int width) {}

    /** Size of a picture of {@code size} once scaled. */
    public Size scaled(Size size) {
        // a number over a tensor is a product with the reciprocal in PyTorch, by which 25 pixels at 40/25 become 39
        float scale = Math.min(1f / Math.min(size.height, size.width) * shortSide, 1f / Math.max(size.height, size.width) * longSide);
        return new Size((int) Math.floor(size.height * (double) scale), (int) Math.floor(size.width * (double) scale));
    }

    /** Coordinates x, y, .. of boxes as in {@link org.equirepro.tensor.boxes.Boxes} from a picture of one size to one of another. */
    public static float[] boxes(float[] boxes, Size from, Size to) {
        return moved(boxes, 2, from, to);
    }

    /** x, y and visibility of keypoints from a picture of one size to one of another. */
    public static float[] keypoints(float[] keypoints, Size from, Size to) {
        return moved(keypoints, 3, from, to);
    }

    private static float[] moved(float[] values, int step, Size from, Size to) {
        float across = (float) to.width / from.width;
        float down = (float) to.height / from.height;
        float[] moved = values.clone();
        for (int i = 0; i + 1 < moved.length; i += step) {
            moved[i] *= across;
            moved[i + 1] *= down;
        }
        return moved;
    }

    /**
     * Scaled and padded pictures, [B, 3, H, W].
     *
     * @param pictures normalised, each [1, 3, h, w]
     */
    public NDArray batch(Ops ops, List<NDArray> pictures) {
        NDList scaled = new NDList();
        long height = 0;
        long width = 0;
        for (NDArray picture : pictures) {
            Size to = scaled(size(picture));
            scaled.add(ops.pictures().resizeBilinear(picture, to.height, to.width, false));
            height = Math.max(height, to.height);
            width = Math.max(width, to.width);
        }
        long rows = (height + multiple - 1) / multiple * multiple;
        long columns = (width + multiple - 1) / multiple * multiple;
        NDList padded = new NDList();
        scaled.forEach(picture -> padded.add(padded(padded(picture, 3, columns), 2, rows)));
        return NDArrays.concat(padded, 0);
    }

    private static Size size(NDArray picture) {
        return new Size((int) picture.getShape().get(2), (int) picture.getShape().get(3));
    }

    private static NDArray padded(NDArray x, int axis, long length) {
        long[] shape = x.getShape().getShape().clone();
        shape[axis] = length - shape[axis];
        return shape[axis] == 0 ? x : NDArrays.concat(new NDList(x, x.getManager().zeros(new Shape(shape), x.getDataType())), axis);
    }
}
