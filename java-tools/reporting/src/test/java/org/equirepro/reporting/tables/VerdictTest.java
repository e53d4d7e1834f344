package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.equirepro.reporting.tables.Table.Printed;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static Verdict verdict(boolean paperScale, String paper, String spread, double... seeds) {
        Map<Integer, Double> bySeed = new java.util.TreeMap<>();
        for (int i = 0; i < seeds.length; i++) {
            bySeed.put(i, seeds[i]);
        }
        return Verdict.of(Optional.of(Statistic.of(bySeed)), Optional.of(new Printed(paper, Optional.ofNullable(spread))),
                Quantity.FRACTION, paperScale);
    }

    @Test
    void theWholeIntervalDecides() {
        // half a width of 4.303 * 0.001 / sqrt(3) = 0.0025
        assertEquals(Verdict.REPRODUCED, verdict(true, "0.910", null, 0.899, 0.900, 0.901));
        assertEquals(Verdict.UNDECIDED, verdict(true, "0.919", null, 0.899, 0.900, 0.901), "reaches over the limit of 0.02");
        assertEquals(Verdict.UNDECIDED, verdict(true, "0.921", null, 0.899, 0.900, 0.901));
        assertEquals(Verdict.DIFFERS, verdict(true, "0.930", null, 0.899, 0.900, 0.901));
        assertEquals(Verdict.REPRODUCED, verdict(true, "0.930", "0.015", 0.899, 0.900, 0.901), "the paper's spread is room too");
        assertEquals(Verdict.UNDECIDED, verdict(true, "0.900", null, 0.6, 0.9, 1.2), "nearness by chance");
    }

    @Test
    void oneSeedAndSmallStudiesDecideNothing() {
        assertEquals(Verdict.UNDECIDED, verdict(true, "0.9", null, 0.9));
        assertEquals(Verdict.NOT_COMPARABLE, verdict(false, "0.9", null, 0.9, 0.9, 0.9));
        assertEquals(Verdict.NONE, Verdict.of(Optional.empty(), Optional.of(new Printed("1", Optional.empty())), Quantity.FRACTION, true));
        assertEquals(Verdict.NOT_COMPARABLE, Verdict.of(Optional.of(Statistic.of(Map.of(0, 1.0, 1, 1.0))),
                Optional.of(new Printed("1", Optional.empty())), Quantity.SECONDS, true), "seconds belong to a machine");
    }

    @Test
    void studentsDistributionIsThatOfPrintedTables() {
        double[][] table = {{0.975, 1, 12.7062047}, {0.975, 2, 4.3026527}, {0.95, 4, 2.1318468}, {0.975, 10, 2.2281389},
            {0.995, 30, 2.7499957}};
        for (double[] line : table) {
            assertEquals(line[2], StudentT.quantile(line[0], line[1]), 1e-6, line[0] + " of " + line[1]);
        }
        // with one degree of freedom it is Cauchy's, with two it is algebraic
        for (double t : new double[] {-7, -1, -0.1, 0, 0.3, 2, 40}) {
            assertEquals(0.5 + Math.atan(t) / Math.PI, StudentT.cumulative(t, 1), 1e-12);
            assertEquals(0.5 + t / (2 * Math.sqrt(2 + t * t)), StudentT.cumulative(t, 2), 1e-12);
        }
        // a number of degrees that is not whole lies between its neighbours
        assertEquals(-1, Math.signum(StudentT.cumulative(2, 2) - StudentT.cumulative(2, 2.5)));
        assertEquals(-1, Math.signum(StudentT.cumulative(2, 2.5) - StudentT.cumulative(2, 3)));
    }
}
