package org.equirepro.reporting.tables;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.equirepro.reporting.tables.Table.Printed;

/** What our seeds say about a number of the paper. */
public enum Verdict {
    /** The 95 % interval of our mean lies within the paper's value ± its spread ± the tolerance. */
    REPRODUCED("=", "reproduced"),
    /** The interval lies wholly outside of it. */
    DIFFERS("≠", "differs"),
    /** The interval reaches over a limit, or there are too few seeds for one. */
    UNDECIDED("?", "cannot be said"),
    /** The study is scaled down, or the number depends on the machine: nearness to the paper would be chance. */
    NOT_COMPARABLE("~", "not comparable"),
    /** Nothing to compare: no number here, or none in the paper. */
    NONE("", "none");

    private final String mark;
    private final String words;

    Verdict(String mark, String words) {
        this.mark = mark;
        this.words = words;
    }

    /** A cell's verdict. */
    static Verdict of(Optional<Statistic> found, Optional<Printed> paper, Quantity quantity, boolean paperScale) {
        if (found.isEmpty() || paper.isEmpty()) {
            return NONE;
        }
        if (!paperScale || Double.isNaN(quantity.tolerance())) {
            return NOT_COMPARABLE;
        }
        OptionalDouble half = found.get().halfWidth();
        if (half.isEmpty()) {
            return UNDECIDED;
        }
        double printed = Double.parseDouble(paper.get().value());
        double room = quantity.tolerance() + paper.get().spread().map(Double::parseDouble).orElse(0.0);
        double distance = Math.abs(found.get().mean() - printed);
        if (distance + half.getAsDouble() <= room) {
            return REPRODUCED;
        }
        return distance - half.getAsDouble() > room ? DIFFERS : UNDECIDED;
    }

    /** The sign behind the paper's value in a table. */
    public String mark() {
        return mark;
    }

    public String words() {
        return words;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
