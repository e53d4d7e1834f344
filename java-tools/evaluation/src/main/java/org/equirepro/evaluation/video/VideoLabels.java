package org.equirepro.evaluation.video;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.stream.IntStream;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.NearestResize;

/**
 * Labels of frames as shares of the patches, and back. The classes are the labels of the first frame, in ascending order, but
 * {@link LabelMap#IGNORE}.
 */
public final class VideoLabels {

    private final Torch torch;
    private final int[] classes;
    private final int width;
    private final int height;
    private final int patch;
    private final float[] first;

    /**
     * @param map of the first frame
     * @param width of the frames that the encoder sees, a multiple of its patch; {@code height} likewise
     */
    public VideoLabels(Torch torch, LabelMap map, int width, int height, int patch) {
        this.torch = torch;
        this.width = width;
        this.height = height;
        this.patch = patch;
        byte[] scaled = NearestResize.OPENCV.resize(map.labels(), map.width(), map.height(), 1, width, height);
        this.classes = IntStream.range(0, scaled.length).map(i -> scaled[i] & 0xFF).filter(c -> c != LabelMap.IGNORE)
                .distinct().sorted().toArray();
        this.first = shares(scaled);
    }

    /** How many classes there are. */
    public int classes() {
        return classes.length;
    }

    /** Shares of the first frame's patches, [rows * columns, classes]; by linear interpolation at their centres, as OpenCV reads. */
    public float[] first() {
        return first;
    }

    private float[] shares(byte[] scaled) {
        int rows = height / patch;
        int columns = width / patch;
        float[] planes = new float[classes.length * scaled.length];
        for (int c = 0; c < classes.length; c++) {
            for (int i = 0; i < scaled.length; i++) {
                planes[c * scaled.length + i] = (scaled[i] & 0xFF) == classes[c] ? 1 : 0;
            }
        }
        try (NDManager scope = torch.scope()) {
            NDArray full = Torch.floats(scope, planes, 1, classes.length, height, width);
            return torch.ops().pictures().resizeBilinear(full, rows, columns, false).reshape(classes.length, (long) rows * columns)
                    .transpose().toFloatArray();
        }
    }

    /** The likeliest class of every pixel of a frame of the given size, by shares [rows * columns, classes]. */
    public LabelMap map(float[] shares, int frameWidth, int frameHeight) {
        int rows = height / patch;
        int columns = width / patch;
        Ops ops = torch.ops();
        try (NDManager scope = torch.scope()) {
            NDArray planes = Torch.floats(scope, shares, (long) rows * columns, classes.length).transpose()
                    .reshape(1, classes.length, rows, columns);
            long[] best = ops.pictures().resizeBilinear(ops.arrays().contiguous(planes), height, width, false).argMax(1).toLongArray();
            byte[] labels = new byte[best.length];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) classes[(int) best[i]];
            }
            return new LabelMap(frameWidth, frameHeight, NearestResize.OPENCV.resize(labels, width, height, 1, frameWidth, frameHeight));
        }
    }
}
