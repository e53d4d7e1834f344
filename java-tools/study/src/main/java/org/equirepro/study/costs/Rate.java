package org.equirepro.study.costs;

import java.util.Locale;
import org.equirepro.base.Settings;

/**
 * How fast one device is.
 *
 * @param name said wherever hours are
 * @param flops operations a second that it holds; NaN where {@code samples} is given
 * @param samples samples a second; NaN where {@code flops} is given
 */
public record Rate(String name, double flops, double samples) {

    private static final double TERA = 1e12;
    /** NVIDIA's data sheet of the A100. */
    private static final double A100_HALF = 312;
    private static final double A100_FLOAT = 19.5;
    /** What ViT trainings are seen to reach of these peaks; a stated guess. */
    private static final double USED_HALF = 0.3;
    private static final double USED_FLOAT = 0.6;

    /** The default: an A100 at a stated part of its peak, in the recipe's precision. */
    public static Rate a100(Settings recipe) {
        boolean half = !recipe.text("precision", "float32").equals("float32");
        double peak = half ? A100_HALF : A100_FLOAT;
        double used = half ? USED_HALF : USED_FLOAT;
        String name = String.format(Locale.ROOT, "A100, %s at %.0f %% of %s TFLOP/s", half ? "bfloat16" : "float32", 100 * used,
                half ? "312" : "19.5");
        return new Rate(name, peak * used * TERA, Double.NaN);
    }

    public static Rate teraflops(double sustained) {
        return new Rate(String.format(Locale.ROOT, "%s TFLOP/s, as given", number(sustained)), sustained * TERA, Double.NaN);
    }

    /** Of each device. */
    public static Rate samplesPerSecond(double samples) {
        return new Rate(String.format(Locale.ROOT, "%s samples/s a device, as given", number(samples)), Double.NaN, samples);
    }

    private static String number(double x) {
        return x == Math.rint(x) ? Long.toString((long) x) : Double.toString(x);
    }

    /** Hours of one device for so many samples. */
    double hours(double count, double flopsPerSample) {
        return (Double.isNaN(samples) ? count * flopsPerSample / flops : count / samples) / 3600;
    }
}
