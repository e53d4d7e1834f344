package org.equirepro.evaluation.features;

import java.util.function.BooleanSupplier;
import org.equirepro.base.UserError;
import org.equirepro.training.StopSignal;

/**
 * The time that a command may take, and signals that end it early. A run that has saved nothing yet goes on, so that every run gets
 * on however small its budget.
 */
public final class Budget {

    private final BooleanSupplier spent;
    private boolean saved;

    private Budget(BooleanSupplier spent) {
        this.spent = spent;
    }

    /** For what cannot be resumed. */
    public static Budget none() {
        return new Budget(() -> false);
    }

    /** Begins now; signals end it, too. */
    public static Budget of(double seconds) {
        StopSignal stop = new StopSignal(seconds);
        return new Budget(() -> stop.reason() != null);
    }

    /** Something is on disk from which the next run goes on. */
    public void saved() {
        saved = true;
    }

    /** Whether to save and stop. */
    public boolean spent() {
        return spent.getAsBoolean();
    }

    /**
     * Called where work begins that would be lost.
     *
     * @throws UserError to run again, if the time is over and something was saved
     */
    public void check() {
        if (saved && spent()) {
            throw stop();
        }
    }

    /** The end of a run whose time is over. */
    public UserError stop() {
        return UserError.savedRunAgain("the time is over; what is finished is in the store: run the same command again");
    }
}
