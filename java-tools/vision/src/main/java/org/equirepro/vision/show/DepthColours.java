package org.equirepro.vision.show;

import java.awt.Color;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.Picture;

/**
 * Depth in colours: red is near, blue is far, by the logarithm, as differences of near things matter more; grey is not known.
 *
 * @param near metres that are red, and what is nearer
 * @param far  metres that are blue, and what is farther
 */
public record DepthColours(float near, float far) {

    private static final double FARTHEST_HUE = 0.68;

    /** From the nearest to the farthest of a map. */
    public static DepthColours spanning(DepthMap depth) {
        float least = Float.MAX_VALUE;
        float most = 0;
        for (float metres : depth.metres()) {
            least = metres > 0 ? Math.min(least, metres) : least;
            most = Math.max(most, metres);
        }
        return new DepthColours(least, most);
    }

    /** A picture of the map's size. */
    public Picture picture(DepthMap depth) {
        byte[] rgb = new byte[3 * depth.metres().length];
        for (int i = 0; i < depth.metres().length; i++) {
            int colour = colour(depth.metres()[i]);
            rgb[3 * i] = (byte) (colour >> 16);
            rgb[3 * i + 1] = (byte) (colour >> 8);
            rgb[3 * i + 2] = (byte) colour;
        }
        return new Picture(depth.width(), depth.height(), rgb);
    }

    private int colour(float metres) {
        if (metres == 0) {
            return Color.GRAY.getRGB();
        }
        float within = Math.max(near, Math.min(far, metres));
        double part = far > near ? StrictMath.log(within / near) / StrictMath.log(far / near) : 0;
        return Color.HSBtoRGB((float) (FARTHEST_HUE * part), 0.85f, 0.95f);
    }
}
