package org.equirepro.training;

import java.util.concurrent.atomic.AtomicReference;
import sun.misc.Signal;

/**
 * Asks a training to save and stop: a time budget that is used up, SIGTERM, SIGINT, or SIGUSR1, which SLURM sends ahead of the
 * limit. (SIGUSR2 belongs to the JVM.)
 */
public final class StopSignal {

    private final AtomicReference<String> reason = new AtomicReference<>();
    private final long end;

    /** Begins to listen; the budget counts from here. */
    public StopSignal(double budgetSeconds) {
        end = System.nanoTime() + (long) Math.min(1e18, budgetSeconds * 1e9);
        for (String name : new String[] {"TERM", "INT", "USR1"}) {
            Signal.handle(new Signal(name), signal -> reason.compareAndSet(null, "SIG" + signal.getName()));
        }
    }

    /** Why to stop, or null to go on. */
    public String reason() {
        if (System.nanoTime() > end) {
            reason.compareAndSet(null, "time budget used up");
        }
        return reason.get();
    }
}
