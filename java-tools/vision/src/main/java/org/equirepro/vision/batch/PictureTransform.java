package org.equirepro.vision.batch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.PictureOps;
import org.equirepro.tensor.Torch;

/**
 * The transformation g with parameters theta, and every point of its path: at fraction f the parameters are f * theta, so
 * K intermediates lie at f = k / (K + 1), k = 1 .. K, and g itself at f = 1 (AAAI-26 paper, section 3 and Figure 1).
 *
 * <p>Input is in 0 .. 1, output normalised. Colour acts before normalisation, in the order brightness, contrast, saturation,
 * hue; warps act after it, so that the fill is the mean colour. Rotation is about the centre and before translation.
 */
public final class PictureTransform {

    /** What is seen where the moved picture ends. */
    public enum Fill {
        /** The mean colour: its wedge shows angle and shift. */
        ZERO,
        /** The picture mirrored at its border. */
        REFLECT,
        /** Only the central 70 % of the picture is shown, moved or not, so that no border is visible. */
        ZOOM;

        public static Fill of(String where, String word) {
            for (Fill fill : values()) {
                if (fill.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return fill;
                }
            }
            throw UserError.usage(where + " must be zero, reflect or zoom, found " + word);
        }
    }

    private static final double ZOOM = 0.7;
    /** Blur kernels have this many taps whatever their sigma, enough for sigma 2. */
    private static final int BLUR_TAPS = 13;

    private final Ops ops;
    private final Family family;
    private final Fill fill;
    private final Normalisation normalisation;

    public PictureTransform(Ops ops, Family family, Fill fill, Normalisation normalisation) {
        this.ops = ops;
        this.family = family;
        this.fill = fill;
        this.normalisation = normalisation;
    }

    public Family family() {
        return family;
    }

    public Fill fill() {
        return fill;
    }

    /**
     * The pictures at a fraction of the way to g.
     *
     * @param pictures [B, 3, H, W] in 0 .. 1
     * @param theta B vectors of the family's parameters
     * @param fraction 0 for the picture itself (still normalised, and zoomed with {@link Fill#ZOOM}), 1 for g
     * @return [B, 3, H, W], normalised
     */
    public NDArray apply(NDArray pictures, double[][] theta, double fraction) {
        NDArray x = pictures;
        if (fraction != 0 && family.color() >= 0) {
            x = color(x, theta, fraction);
        }
        if (fraction != 0 && family.blur() >= 0) {
            x = ops.pictures().blur(x, kernels(x, theta, fraction));
        }
        x = normalisation.apply(ops, x);
        boolean moves = fraction != 0 && family.moves();
        return moves || fill == Fill.ZOOM ? ops.pictures().warp(x, affine(x, theta, moves ? fraction : 0), padding()) : x;
    }

    private PictureOps.Padding padding() {
        return fill == Fill.ZERO ? PictureOps.Padding.ZEROS : PictureOps.Padding.REFLECTION;
    }

    private NDArray color(NDArray x, double[][] theta, double fraction) {
        NDArray bright = ops.pictures().brightness(x, column(x, theta, family.color(), fraction, 1));
        NDArray contrast = ops.pictures().contrast(bright, column(x, theta, family.color() + 1, fraction, 1));
        NDArray saturated = ops.pictures().saturation(contrast, column(x, theta, family.color() + 2, fraction, 1));
        return ops.pictures().hue(saturated, column(x, theta, family.color() + 3, fraction, 0));
    }

    private static NDArray column(NDArray x, double[][] theta, int parameter, double fraction, double identity) {
        float[] values = new float[theta.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (identity + fraction * theta[i][parameter]);
        }
        return Torch.floats(x.getManager(), values, values.length);
    }

    private NDArray kernels(NDArray x, double[][] theta, double fraction) {
        float[] values = new float[theta.length * BLUR_TAPS];
        double[] taps = new double[BLUR_TAPS];
        for (int i = 0; i < theta.length; i++) {
            double sigma = fraction * theta[i][family.blur()];
            double sum = 0;
            for (int k = 0; k < BLUR_TAPS; k++) {
                double distance = (k - BLUR_TAPS / 2) / sigma;
                taps[k] = StrictMath.exp(-0.5 * distance * distance);
                sum += taps[k];
            }
            for (int k = 0; k < BLUR_TAPS; k++) {
                values[i * BLUR_TAPS + k] = (float) (taps[k] / sum);
            }
        }
        return Torch.floats(x.getManager(), values, theta.length, BLUR_TAPS);
    }

    /** Output to input: in = R (zoom * out - t), in coordinates from -1 to 1; angles counter-clockwise, y downwards. */
    private NDArray affine(NDArray x, double[][] theta, double fraction) {
        NDManager manager = x.getManager();
        double height = x.getShape().get(2);
        double width = x.getShape().get(3);
        double zoom = fill == Fill.ZOOM ? ZOOM : 1;
        float[] values = new float[theta.length * 6];
        for (int i = 0; i < theta.length; i++) {
            double angle = fraction * StrictMath.toRadians(parameter(theta[i], family.angle(), 0));
            double tx = fraction * parameter(theta[i], family.shift(), 0);
            double ty = fraction * parameter(theta[i], family.shift(), 1);
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            values[6 * i] = (float) (zoom * cos);
            values[6 * i + 1] = (float) (-zoom * sin * height / width);
            values[6 * i + 2] = (float) ((-cos * tx + sin * ty) * 2 / width);
            values[6 * i + 3] = (float) (zoom * sin * width / height);
            values[6 * i + 4] = (float) (zoom * cos);
            values[6 * i + 5] = (float) ((-sin * tx - cos * ty) * 2 / height);
        }
        return Torch.floats(manager, values, theta.length, 2, 3);
    }

    /** The parameter so far behind the first of its kind; 0 where the family has none. */
    private static double parameter(double[] theta, int first, int behind) {
        return first < 0 ? 0 : theta[first + behind];
    }
}
