package org.equirepro.tensor.boxes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.equirepro.tensor.Ops;

/**
 * RoIAlign (He et al. 2017) with torchvision's rules: each of height x width bins of a region is the mean of bilinear samples at
 * regular places. A sample more than one pixel outside of the map counts as 0, one less far takes the border's value.
 *
 * <p>The mean is separable: along each axis a bin has one weight a pixel, found here in float32 in torchvision's order; libtorch
 * then sums pixels with the products. The gradient goes to the maps, not to the regions.
 */
public final class RoiAlign {

    private static final int NUMBERS = 5;

    private final Ops ops;
    private final int height;
    private final int width;
    private final int samplingRatio;
    private final boolean aligned;

    /**
     * @param samplingRatio samples along each side of a bin; 0 or less for as many as it has pixels, rounded up
     * @param aligned whether a coordinate c lies at pixel c - 1/2 (pixel centres at halves); else at c, and a region is at least one
     *     pixel wide
     */
    public RoiAlign(Ops ops, int height, int width, int samplingRatio, boolean aligned) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("RoIAlign to " + height + " x " + width + " bins");
        }
        this.ops = ops;
        this.height = height;
        this.width = width;
        this.samplingRatio = samplingRatio;
        this.aligned = aligned;
    }

    /**
     * @param x [B, C, H, W]
     * @param regions picture's number in the batch, x1, y1, x2, y2 in picture coordinates, R times
     * @param scale of the map to the picture, such as 1/16
     * @return [R, C, height, width]; float64 if {@code x} is, else float32
     */
    public NDArray apply(NDArray x, float[] regions, double scale) {
        return apply(List.of(x), new double[] {scale}, regions, new int[regions.length / NUMBERS]);
    }

    /** As above where region r is read from map {@code level[r]} of several, all [B, C, ..]. */
    public NDArray apply(List<NDArray> maps, double[] scales, float[] regions, int[] level) {
        check(maps, scales, regions, level);
        Bins bins = new Bins(level.length * height * width);
        int[] mapStart = new int[maps.size()];
        int pixels = 0;
        for (int i = 0; i < mapStart.length; i++) {
            mapStart[i] = pixels;
            pixels = Math.addExact(pixels, Math.toIntExact(Math.multiplyExact(maps.get(i).getShape().get(2), maps.get(i).getShape().get(3))));
        }
        for (int r = 0; r < level.length; r++) {
            Shape map = maps.get(level[r]).getShape();
            int first = Math.addExact(Math.multiplyExact((int) regions[NUMBERS * r], pixels), mapStart[level[r]]);
            float scale = (float) scales[level[r]];
            Taps[] rows = taps(regions[NUMBERS * r + 2], regions[NUMBERS * r + 4], scale, height, (int) map.get(2));
            Taps[] columns = taps(regions[NUMBERS * r + 1], regions[NUMBERS * r + 3], scale, width, (int) map.get(3));
            for (Taps row : rows) {
                for (Taps column : columns) {
                    bins.add(first, (int) map.get(3), row, column);
                }
            }
        }
        return bins.sum(maps);
    }

    /**
     * As above for one region of one mask in plain memory: the weights of a bin are a product, so rows go before columns.
     *
     * @param mask [rows, columns] of 0 and 1
     * @param box x1, y1, x2, y2 in pixels of the mask
     * @return [height, width]
     */
    public float[] ofMask(byte[] mask, int rows, int columns, float[] box) {
        Taps[] down = taps(box[1], box[3], 1, height, rows);
        Taps[] across = taps(box[0], box[2], 1, width, columns);
        float[] bins = new float[height * width];
        float[] line = new float[columns];
        int start = Arrays.stream(across).mapToInt(Taps::first).min().orElse(0);
        int end = Arrays.stream(across).mapToInt(taps -> taps.first + taps.weights.length).max().orElse(0);
        for (int y = 0; y < height; y++) {
            Arrays.fill(line, 0);
            for (int i = 0; i < down[y].weights.length; i++) {
                int row = (down[y].first + i) * columns;
                for (int x = start; x < end; x++) {
                    line[x] += down[y].weights[i] * mask[row + x];
                }
            }
            for (int x = 0; x < width; x++) {
                for (int i = 0; i < across[x].weights.length; i++) {
                    bins[y * width + x] += across[x].weights[i] * line[across[x].first + i];
                }
            }
        }
        return bins;
    }

    private static void check(List<NDArray> maps, double[] scales, float[] regions, int[] level) {
        for (NDArray map : maps) {
            if (map.getShape().dimension() != 4 || !map.getShape().slice(0, 2).equals(maps.get(0).getShape().slice(0, 2))
                    || map.getShape().size() == 0) {
                throw new IllegalArgumentException("roi_align: maps must be [B, C, H, W] and not empty, with the same B and C, found "
                        + map.getShape() + " beside " + maps.get(0).getShape());
            }
        }
        if (scales.length != maps.size() || regions.length != NUMBERS * level.length) {
            throw new IllegalArgumentException("roi_align: " + maps.size() + " maps with " + scales.length + " scales, "
                    + regions.length + " numbers for " + level.length + " regions of " + NUMBERS);
        }
        for (int i = 0; i < regions.length; i++) {
            boolean picture = i % NUMBERS == 0;
            if (!Float.isFinite(regions[i]) || picture && !(regions[i] >= 0 && regions[i] < maps.get(0).getShape().get(0))) {
                throw new IllegalArgumentException("roi_align: region " + i / NUMBERS + " has "
                        + (picture ? "the picture " : "the coordinate ") + regions[i] + " with maps of " + maps.get(0).getShape());
            }
        }
    }

    /** Weights of one bin along one axis, for the pixels from {@code first} on. */
    private record Taps(int first, float[] weights) {}

    /** The bins of the region from {@code low} to {@code high} along an axis of so many pixels. */
    private Taps[] taps(float low, float high, float scale, int bins, int pixels) {
        float offset = aligned ? 0.5f : 0;
        float start = low * scale - offset;
        float size = high * scale - offset - start;
        size = aligned ? size : Math.max(size, 1);
        float bin = size / bins;
        int samples = samplingRatio > 0 ? samplingRatio : (int) Math.ceil(size / bins);
        Taps[] taps = new Taps[bins];
        for (int b = 0; b < bins; b++) {
            taps[b] = taps(start + b * bin, bin, samples, pixels);
        }
        return taps;
    }

    private static Taps taps(float start, float bin, int samples, int pixels) {
        float[] all = new float[pixels];
        int from = pixels;
        int to = 0;
        for (int s = 0; s < samples; s++) {
            float at = start + (s + 0.5f) * bin / samples;
            if (at < -1 || at > pixels) {
                continue;
            }
            at = Math.max(at, 0);
            int below = Math.min((int) at, pixels - 1);
            int above = Math.min(below + 1, pixels - 1);
            float part = above == below ? 0 : at - below;
            all[below] += (1 - part) / samples;
            all[above] += part / samples;
            from = Math.min(from, below);
            to = Math.max(to, above + 1);
        }
        return new Taps(from, from < to ? Arrays.copyOfRange(all, from, to) : new float[0]);
    }

    /** Pixels and weights of all bins one after another. */
    private final class Bins {
        private final int[] starts;
        private int[] pixels;
        private float[] weights;
        private int bins;
        private int entries;

        Bins(int count) {
            starts = new int[count];
            pixels = new int[16 * count];
            weights = new float[16 * count];
        }

        void add(int first, int mapWidth, Taps rows, Taps columns) {
            starts[bins++] = entries;
            int more = rows.weights.length * columns.weights.length;
            if (entries + more > pixels.length) {
                int capacity = Math.max(Math.addExact(entries, more), entries / 2 * 3);
                pixels = Arrays.copyOf(pixels, capacity);
                weights = Arrays.copyOf(weights, capacity);
            }
            for (int y = 0; y < rows.weights.length; y++) {
                int row = first + (rows.first + y) * mapWidth + columns.first;
                for (int x = 0; x < columns.weights.length; x++) {
                    pixels[entries] = row + x;
                    weights[entries++] = rows.weights[y] * columns.weights[x];
                }
            }
        }

        NDArray sum(List<NDArray> maps) {
            return ops.pictures().pixelSums(maps, Arrays.copyOf(pixels, entries), Arrays.copyOf(weights, entries), starts, height, width);
        }
    }
}
