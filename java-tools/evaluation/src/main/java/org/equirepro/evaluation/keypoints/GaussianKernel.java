package org.equirepro.evaluation.keypoints;

/** A separable blur with a sigma from the kernel's size, as OpenCV's {@code GaussianBlur(map, (k, k), 0)} has it. */
final class GaussianKernel {

    /** OpenCV's tables for small kernels. */
    private static final float[][] SMALL = {{1}, {0.25f, 0.5f, 0.25f}, {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f},
        {0.03125f, 0.109375f, 0.21875f, 0.28125f, 0.21875f, 0.109375f, 0.03125f}};

    private final float[] weights;

    GaussianKernel(int size) {
        if (size < 1 || size % 2 == 0) {
            throw new IllegalArgumentException("a kernel of " + size + " must be odd");
        }
        weights = size / 2 < SMALL.length ? SMALL[size / 2] : gaussian(size);
    }

    private static float[] gaussian(int size) {
        double sigma = 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
        double[] values = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double d = i - size / 2;
            values[i] = Math.exp(-d * d / (2 * sigma * sigma));
            sum += values[i];
        }
        float[] weights = new float[size];
        for (int i = 0; i < size; i++) {
            weights[i] = (float) (values[i] / sum);
        }
        return weights;
    }

    /** The map with zeros around it, blurred: down the columns, then along the rows. */
    float[] blur(float[] map, int width, int height) {
        return pass(pass(map, height, width, width, 1), width, height, 1, width);
    }

    /**
     * Along one axis of {@code length} values {@code step} apart; there are {@code lines} of them, {@code next} apart. Values at
     * one distance are added before they are weighted, as OpenCV does: a Newton step on a flat map shows the last bit.
     */
    private float[] pass(float[] map, int length, int lines, int step, int next) {
        float[] out = new float[map.length];
        int middle = weights.length / 2;
        for (int line = 0; line < lines; line++) {
            int start = line * next;
            for (int i = 0; i < length; i++) {
                float sum = weights[middle] * map[start + i * step];
                for (int k = 1; k <= middle; k++) {
                    float before = i >= k ? map[start + (i - k) * step] : 0;
                    float after = i + k < length ? map[start + (i + k) * step] : 0;
                    sum += weights[middle + k] * (after + before);
                }
                out[start + i * step] = sum;
            }
        }
        return out;
    }
}
