package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;

/** How a kind of number is printed, and how near two of them must be to count as the same. */
public enum Quantity {
    /** R2 (1 is perfect, a constant prediction scores about 0), average precision, PCKh, reciprocal ranks. */
    FRACTION("fraction", 3, 4, "", 0.02),
    /** An accuracy or mIoU in per cent. */
    PERCENT("percent", 2, 3, "%", 1.0),
    /** A distance in pixels. */
    PIXELS("pixels", 2, 3, "px", 0.1),
    /** A distance in the world. */
    METRES("metres", 3, 4, "m", 0.05),
    /** A relative or logarithmic error. */
    ERROR("fraction", 4, 5, "", 0.005),
    SECONDS("seconds", 1, 2, "s", Double.NaN),
    HOURS("hours", 3, 4, "h", Double.NaN),
    COUNT("count", 0, 0, "", Double.NaN),
    EPOCHS("count", 2, 2, "", Double.NaN),
    GIBIBYTES("gibibytes", 2, 3, "GiB", Double.NaN),
    KILOWATT_HOURS("kilowatt_hours", 3, 4, "kWh", Double.NaN);

    private static final List<String> FRACTIONS = List.of("pckh", "mrr", "h1", "h5", "delta1");
    private static final List<String> ERRORS = List.of("abs_rel", "rmse_log", "log10", "silog");

    private final String unit;
    private final int decimals;
    private final int most;
    private final String sign;
    private final double tolerance;

    Quantity(String unit, int decimals, int most, String sign, double tolerance) {
        this.unit = unit;
        this.decimals = decimals;
        this.most = most;
        this.sign = sign;
        this.tolerance = tolerance;
    }

    /** The quantity that a metric of {@code results.csv} or of the costs measures. */
    public static Quantity ofMetric(String metric) {
        if (metric.startsWith("r2") || metric.matches("a[pr][0-9]*(_.*)?") || FRACTIONS.contains(metric)) {
            return FRACTION;
        }
        if (ERRORS.contains(metric)) {
            return ERROR;
        }
        return switch (metric) {
            case "mce" -> PIXELS;
            case "rmse" -> METRES;
            case "seconds_per_epoch" -> SECONDS;
            case "device_hours", "planned_hours" -> HOURS;
            case "devices" -> COUNT;
            case "epochs" -> EPOCHS;
            case "peak_memory" -> GIBIBYTES;
            case "energy" -> KILOWATT_HOURS;
            default -> PERCENT;
        };
    }

    /** True for errors, whose best value is the lowest. */
    public static boolean lowerIsBetter(String metric) {
        return metric.equals("mce") || metric.equals("rmse") || ERRORS.contains(metric);
    }

    /** The unit in words for the paper's values. */
    String unit() {
        return unit;
    }

    /** The sign behind a column's name, or nothing. */
    public String sign() {
        return sign;
    }

    /** How far a mean may lie from the paper's value, beyond the paper's own spread, and still count as reproduced. */
    public double tolerance() {
        return tolerance;
    }

    public int leastDecimals() {
        return decimals;
    }

    /** Decimals that show the first digit of a spread, within what this quantity allows. */
    public int decimalsFor(OptionalDouble spread) {
        if (spread.isEmpty() || spread.getAsDouble() <= 0) {
            return decimals;
        }
        int first = (int) -Math.floor(Math.log10(spread.getAsDouble()));
        return Math.max(decimals, Math.min(most, first));
    }

    /** The number with so many decimals, half rounded away from zero, never {@code -0}. */
    public static String fixed(double value, int decimals) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? BigDecimal.ZERO.setScale(decimals).toPlainString() : rounded.toPlainString();
    }

    /** A spread with so many decimals; one that is above zero and rounds to zero is given as a bound. */
    public static String spread(double value, int decimals) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
        if (rounded.signum() == 0 && value > 0) {
            return "<" + BigDecimal.ONE.movePointLeft(decimals).toPlainString();
        }
        return rounded.toPlainString();
    }
}
