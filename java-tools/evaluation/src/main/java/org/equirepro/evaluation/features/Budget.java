package org.equirepro.evaluation.features;

import org.equirepro.base.UserError;

/** The time that a command may take. A run that has saved nothing yet goes on, so that every run gets on however small its budget. */
public final class Budget {

    private final double seconds;
    private final long begin = System.nanoTime();
    private boolean saved;

    /** Begins now; infinite for no limit. */
    public Budget(double seconds) {
        this.seconds = seconds;
    }

    /** Something is on disk from which the next run goes on. */
    public void saved() {
        saved = true;
    }

    /** Whether to save and stop. */
    public boolean spent() {
        return (System.nanoTime() - begin) / 1e9 > seconds;
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
