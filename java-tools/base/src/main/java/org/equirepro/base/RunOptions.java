package org.equirepro.base;

/**
 * How a long task may run; never what it computes.
 *
 * @param threads threads of libtorch within one operator, at least 1; results are the same to the bit for the same number
 * @param budgetSeconds wall time after which the task saves and ends with {@link ExitCode#SAVED_RUN_AGAIN}; infinite if none
 * @param fingerprint content hash of the code that runs; a saved state of other code is not continued
 */
public record RunOptions(int threads, double budgetSeconds, String fingerprint) {

    public RunOptions {
        if (threads < 1) {
            throw UserError.usage("--threads must be at least 1, found " + threads);
        }
        if (Double.isNaN(budgetSeconds) || budgetSeconds <= 0) {
            throw UserError.usage("--budget must be more than 0 seconds, found " + budgetSeconds);
        }
    }

    /** No limit of time, and code without a name. */
    public static RunOptions unlimited(int threads) {
        return new RunOptions(threads, Double.POSITIVE_INFINITY, "");
    }
}
