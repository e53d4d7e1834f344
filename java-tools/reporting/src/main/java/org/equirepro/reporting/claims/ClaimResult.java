package org.equirepro.reporting.claims;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A claim with what was found. It <b>holds</b> if each of its comparisons does at a level of 5 % (one-sided; a conjunction
 * needs no correction), <b>fails</b> if any comparison is reversed at 5 % divided by their number (Bonferroni), and is
 * <b>undecided</b> otherwise: too few seeds, too much spread, or a row without results.
 */
public record ClaimResult(Claim claim, List<Comparison> comparisons) {

    public enum Outcome {
        HOLDS, FAILS, UNDECIDED;

        /** After a number: 2 hold. */
        public String counted(long count) {
            return count + " " + (this == UNDECIDED || count == 1 ? word() : word().substring(0, word().length() - 1));
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The level of every test. */
    static final double LEVEL = 0.05;

    /**
     * One pair of rows in one column.
     *
     * @param block features and protocol of the block that was read
     * @param difference absent where a row has no result
     * @param reason why there is no test; empty where there is one
     */
    public record Comparison(String column, String above, String below, String block, Optional<Difference> difference,
            String reason) {

        Outcome outcome(int comparisons) {
            if (difference.isEmpty() || difference.get().above().isEmpty()) {
                return Outcome.UNDECIDED;
            }
            if (difference.get().above().getAsDouble() < LEVEL) {
                return Outcome.HOLDS;
            }
            return difference.get().under().getAsDouble() < LEVEL / comparisons ? Outcome.FAILS : Outcome.UNDECIDED;
        }
    }

    public Outcome outcome(Comparison one) {
        return one.outcome(comparisons.size());
    }

    public Outcome outcome() {
        List<Outcome> each = comparisons.stream().map(this::outcome).toList();
        if (each.contains(Outcome.FAILS)) {
            return Outcome.FAILS;
        }
        return each.isEmpty() || each.contains(Outcome.UNDECIDED) ? Outcome.UNDECIDED : Outcome.HOLDS;
    }

    /** How many comparisons hold, fail and are undecided, in words. */
    public String tally() {
        StringBuilder text = new StringBuilder();
        for (Outcome outcome : Outcome.values()) {
            long count = comparisons.stream().filter(one -> outcome(one) == outcome).count();
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(outcome.counted(count));
            }
        }
        return text.toString();
    }
}
