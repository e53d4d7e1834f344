package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalDouble;

/** How a kind of number is printed. */
public enum Quantity {
    /** A coefficient of determination: 1 is perfect, a constant prediction scores about 0. */
    FRACTION(3, 4, ""),
    /** An accuracy in per cent. */
    PERCENT(2, 3, "%");

    private final int decimals;
    private final int most;
    private final String sign;

    Quantity(int decimals, int most, String sign) {
        this.decimals = decimals;
        this.most = most;
        this.sign = sign;
    }

    /** The quantity that a metric of {@code results.csv} measures. */
    public static Quantity ofMetric(String metric) {
        return metric.startsWith("r2") ? FRACTION : PERCENT;
    }

    /** The unit in words for the paper's values. */
    String unit() {
        return this == FRACTION ? "fraction" : "percent";
    }

    /** The sign behind a column's name, or nothing. */
    public String sign() {
        return sign;
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
