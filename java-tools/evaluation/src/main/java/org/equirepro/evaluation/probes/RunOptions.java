package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import org.equirepro.base.UserError;

/**
 * How a probe is run; none of it changes a result.
 *
 * @param store folder for what is finished, so that the same command goes on from there; null for none
 * @param budgetSeconds after so many seconds no new part is begun, and the run ends as saved; 0 for no limit
 * @param threads for decoding and for each operator
 */
public record RunOptions(Path store, double budgetSeconds, int threads) {

    public RunOptions {
        if (threads < 1 || !(budgetSeconds >= 0)) {
            throw UserError.usage("threads must be at least 1 and the budget not negative");
        }
        if (budgetSeconds > 0 && store == null) {
            throw UserError.usage("a budget needs a store: without one an interrupted probe would begin again");
        }
    }

    /** No store, no limit. */
    public static RunOptions threads(int threads) {
        return new RunOptions(null, 0, threads);
    }
}
