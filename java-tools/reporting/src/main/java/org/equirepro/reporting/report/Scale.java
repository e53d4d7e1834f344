package org.equirepro.reporting.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** An axis: where a number lies between two ends, and round numbers to write beside it. */
record Scale(double low, double high, boolean logarithmic) {

    /** An axis over these numbers; logarithmic if they are all above zero and span a factor of a hundred or more. */
    static Scale over(double least, double most, boolean mayBeLogarithmic) {
        if (mayBeLogarithmic && least > 0 && most / least >= 100) {
            return new Scale(least, most, true);
        }
        double room = most > least ? 0.05 * (most - least) : Math.max(1e-9, Math.abs(most) * 0.1);
        double low = least >= 0 && least - room < 0 ? 0 : least - room;
        return new Scale(low, most + room, false);
    }

    /** 0 at the low end, 1 at the high end. */
    double place(double value) {
        return logarithmic ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)) : (value - low) / (high - low);
    }

    /** Three to seven round numbers within the axis. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            int first = (int) Math.ceil(Math.log10(low) - 1e-9);
            int last = (int) Math.floor(Math.log10(high) + 1e-9);
            int step = Math.max(1, (last - first) / 4);
            for (int power = first; power <= last; power += step) {
                ticks.add(new BigDecimal(1).scaleByPowerOfTen(power).doubleValue());
            }
            return ticks;
        }
        double rough = (high - low) / 4;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = rough / power < 1.5 ? power : rough / power < 3.5 ? 2 * power : rough / power < 7.5 ? 5 * power
                : 10 * power;
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** A short text for a number of an axis. */
    static String label(double value) {
        BigDecimal number = new BigDecimal(value).round(new MathContext(3));
        if (number.signum() == 0) {
            return "0";
        }
        double size = Math.abs(number.doubleValue());
        if (size >= 1e6 || size < 1e-3) {
            BigDecimal two = number.round(new MathContext(2)).stripTrailingZeros();
            int power = two.precision() - two.scale() - 1;
            return two.scaleByPowerOfTen(-power).toPlainString() + "e" + power;
        }
        return number.stripTrailingZeros().toPlainString();
    }
}
