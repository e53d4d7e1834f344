package org.equirepro.vision.image;

/**
 * Resizing without mixing, for label maps: three conventions are in use, and a benchmark's numbers depend on which one its
 * authors took.
 */
public enum NearestResize {
    /** Pillow: the input pixel below the centre of the output pixel. */
    PILLOW {
        @Override
        int[] sources(int in, int out) {
            double scale = (double) in / out;
            double at = scale * 0.5;
            int[] from = new int[out];
            for (int o = 0; o < out; o++, at += scale) { // summed up, as Pillow does
                from[o] = Math.min((int) at, in - 1);
            }
            return from;
        }
    },
    /** OpenCV's INTER_NEAREST: floor(i * scale) in double precision. */
    OPENCV {
        @Override
        int[] sources(int in, int out) {
            double scale = 1 / ((double) out / in);
            int[] from = new int[out];
            for (int o = 0; o < out; o++) {
                from[o] = Math.min((int) Math.floor(o * scale), in - 1);
            }
            return from;
        }
    },
    /** PyTorch's interpolate with mode nearest: floor(i * scale) in single precision. */
    TORCH {
        @Override
        int[] sources(int in, int out) {
            float scale = (float) in / out;
            int[] from = new int[out];
            for (int o = 0; o < out; o++) {
                from[o] = Math.min((int) Math.floor(o * scale), in - 1);
            }
            return from;
        }
    };

    abstract int[] sources(int in, int out);

    /** Resizes [height, width, channels] bytes. */
    public byte[] resize(byte[] map, int width, int height, int channels, int outWidth, int outHeight) {
        int[] xs = sources(width, outWidth);
        int[] ys = sources(height, outHeight);
        byte[] out = new byte[outWidth * outHeight * channels];
        for (int y = 0, o = 0; y < outHeight; y++) {
            for (int x = 0; x < outWidth; x++, o += channels) {
                System.arraycopy(map, (ys[y] * width + xs[x]) * channels, out, o, channels);
            }
        }
        return out;
    }

    /** Resizes a picture. */
    public Picture resize(Picture picture, int width, int height) {
        return new Picture(width, height, resize(picture.rgb(), picture.width(), picture.height(), 3, width, height));
    }
}
