package org.equirepro.reporting.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.ClaimResult.Outcome;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.Sample;
import org.equirepro.reporting.tables.Statistic;
import org.equirepro.reporting.tables.Tables;
import org.equirepro.reporting.tables.TablesConfig;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final PaperValues PAPER = PaperValues.read(Sample.PAPER, CsvSchema.read(Sample.SCHEMAS, "paper-values"));

    private static Statistic seeds(int first, double... values) {
        Map<Integer, Double> bySeed = new TreeMap<>();
        for (int i = 0; i < values.length; i++) {
            bySeed.put(first + i, values[i]);
        }
        return Statistic.of(bySeed);
    }

    /** By their definitions. */
    @Test
    void pairedAndWelchAreTheKnownTests() {
        Difference paired = Difference.of(seeds(0, 5.1, 4.9, 5.6, 5.8), seeds(0, 4.7, 4.8, 5.0, 5.1), false, 0);
        assertEquals("paired", paired.test());
        assertEquals(0.45, paired.value(), 1e-12);
        assertEquals(0.45 / Math.sqrt(0.07 / 4), paired.t().getAsDouble(), 1e-9);
        assertEquals(3, paired.degrees().getAsDouble());
        Difference welch = Difference.of(seeds(0, 3, 4, 5), seeds(7, 1, 2, 3, 2), false, 0);
        assertEquals("welch", welch.test());
        assertEquals(2 / Math.sqrt(1.0 / 3 + (2.0 / 3) / 4), welch.t().getAsDouble(), 1e-12);
        assertEquals(0.25 / (1.0 / 9 / 2 + 1.0 / 36 / 3), welch.degrees().getAsDouble(), 1e-12);
        assertEquals(1, welch.above().getAsDouble() + welch.under().getAsDouble(), 1e-12);
        assertTrue(welch.above().getAsDouble() < 0.05 && welch.above().getAsDouble() > 0.01);
    }

    @Test
    void errorsAndMarginsTurnTheSignRight() {
        Difference fewer = Difference.of(seeds(0, 1.5, 1.6), seeds(0, 1.8, 1.9), true, 0);
        assertEquals(0.3, fewer.value(), 1e-12, "fewer pixels are better");
        assertEquals(0, fewer.above().getAsDouble(), "no seed differs: the sign decides");
        Difference near = Difference.of(seeds(0, 54.1, 54.0, 54.2), seeds(0, 55.3, 55.0, 55.1), false, -2);
        assertTrue(near.value() < 0 && near.above().getAsDouble() < 0.05, "within two points");
        assertEquals("none", Difference.of(seeds(0, 1), seeds(0, 2, 3), false, 0).test());
    }

    private static List<ClaimResult> test(Settings config, List<ResultRow> rows) {
        TablesConfig study = TablesConfig.of(config);
        return Claims.test(study, Tables.build(study, rows.stream().sorted(ResultRow.ORDER).toList(), PAPER));
    }

    @Test
    void claimsHoldFailOrStayUndecided() {
        List<ClaimResult> results = test(Sample.config(3, Sample.ALL), Sample.everything(3));
        assertEquals(List.of(Outcome.HOLDS, Outcome.UNDECIDED, Outcome.FAILS, Outcome.HOLDS),
                results.stream().map(ClaimResult::outcome).toList());
        assertTrue(ClaimTexts.sentence(results.get(1), results.get(1).comparisons().get(0)).contains("sie has no result for mean"));
        assertEquals(List.of(), Claims.broken(results), "the one that fails was not promised");
        Settings promised = Settings.parseJson("config.json", Sample.config(3, Sample.ALL).canonical()
                .replace("\"id\":\"c\",", "\"id\":\"c\",\"promised\":true,"));
        assertEquals("c", Claims.broken(test(promised, Sample.everything(3))).get(0).claim().id());
    }

    @Test
    void oneSeedDecidesNoClaim() {
        test(Sample.config(1, Sample.ALL), Sample.everything(1))
                .forEach(result -> assertEquals(Outcome.UNDECIDED, result.outcome(), result.claim().id()));
    }

    @Test
    void oneReversedColumnBreaksAClaim() {
        List<ResultRow> rows = new ArrayList<>(Sample.everything(3));
        rows.replaceAll(row -> row.encoder().equals("vicreg-angle") && row.target().equals("color") && row.parameter().equals("all")
                ? Sample.row(row.encoder(), row.seed(), row.task(), row.target(), row.parameter(), row.features(), row.protocol(),
                row.metric(), row.value() - 0.5, row.floor()) : row);
        ClaimResult first = test(Sample.config(3, Sample.ALL), rows).get(0);
        assertEquals(Outcome.FAILS, first.outcome());
        assertEquals("1 holds, 1 fails", first.tally());
        assertEquals(1, Claims.broken(List.of(first)).size());
    }

    @Test
    void aClaimAboutAnUnknownEncoderIsRefused() {
        Settings wrong = Settings.parseJson("config.json", Sample.config(3, Sample.ALL).canonical()
                .replace("\"below\":[\"sie\"]", "\"below\":[\"sia\"]"));
        UserError error = assertThrows(UserError.class, () -> test(wrong, Sample.everything(3)));
        assertTrue(error.getMessage().endsWith("claim b: no encoder 'sia'"), error.getMessage());
    }
}
