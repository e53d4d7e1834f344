package org.equirepro.reporting.claims;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.ClaimResult.Comparison;
import org.equirepro.reporting.tables.Statistic;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.TablesConfig;

/** The claims of a study, tested on its tables. */
public final class Claims {

    private Claims() {}

    /**
     * Tests every claim, in the order of the study.
     *
     * @throws UserError naming the claim whose encoder or table the study does not have
     */
    public static List<ClaimResult> test(TablesConfig study, List<Table> tables) {
        List<ClaimResult> results = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Claim claim : Claim.all(study.claims())) {
            check(study, claim, ids);
            Optional<Table> table = tables.stream().filter(one -> one.kind().id().equals(claim.table())).findFirst();
            List<Comparison> comparisons = new ArrayList<>();
            for (String column : claim.columns()) {
                for (String above : claim.above()) {
                    for (String below : claim.below()) {
                        comparisons.add(compare(claim, table, column, above, below));
                    }
                }
            }
            results.add(new ClaimResult(claim, List.copyOf(comparisons)));
        }
        return List.copyOf(results);
    }

    private static void check(TablesConfig study, Claim claim, Set<String> ids) {
        if (!ids.add(claim.id())) {
            throw UserError.usage("study " + study.study() + ", claims: id " + claim.id() + " is used twice");
        }
        List<String> rows = new ArrayList<>(claim.above());
        rows.addAll(claim.below());
        for (String row : rows) {
            if (study.row(row).isEmpty() && !study.leftOut().contains(row)) {
                throw UserError.usage("study " + study.study() + ", claim " + claim.id() + ": no encoder '" + row + "'");
            }
        }
    }

    private static Comparison compare(Claim claim, Optional<Table> table, String column, String above, String below) {
        Optional<Block> block = table.flatMap(found -> found.blocks().stream().filter(one -> one.key().isMain())
                .filter(one -> claim.features().map(one.key().features()::equals).orElse(true))
                .filter(one -> claim.protocol().map(one.key().protocol()::equals).orElse(true))
                .filter(one -> one.columns().stream().anyMatch(c -> c.id().equals(column)))
                .filter(one -> value(one, above, column).isPresent()).findFirst());
        if (block.isEmpty()) {
            return new Comparison(column, above, below, "none", Optional.empty(), above + " has no result for " + column);
        }
        String place = block.get().key().features() + " " + block.get().key().protocol();
        Statistic upper = value(block.get(), above, column).orElseThrow();
        Optional<Statistic> lower = value(block.get(), below, column);
        if (lower.isEmpty()) {
            return new Comparison(column, above, below, place, Optional.empty(), below + " has no result for " + column);
        }
        boolean errors = block.get().columns().stream().filter(c -> c.id().equals(column)).findFirst().orElseThrow().lowerIsBetter();
        Difference difference = Difference.of(upper, lower.get(), errors, claim.margin());
        return new Comparison(column, above, below, place, Optional.of(difference),
                difference.test().equals("none") ? "a test needs two seeds in both rows" : "");
    }

    private static Optional<Statistic> value(Block block, String encoder, String column) {
        for (Row row : block.rows()) {
            for (int c = 0; c < block.columns().size(); c++) {
                if (row.id().equals(encoder) && block.columns().get(c).id().equals(column)) {
                    return row.cells().get(c).measured();
                }
            }
        }
        return Optional.empty();
    }

    /** The claims that the study promises and that fail. */
    public static List<ClaimResult> broken(List<ClaimResult> results) {
        return results.stream().filter(one -> one.claim().promised() && one.outcome() == ClaimResult.Outcome.FAILS).toList();
    }
}
