package org.equirepro.natives;

import java.util.Locale;

/** How far a long copy has come: a line every few seconds on stderr. */
final class Progress {

    private static final long EVERY_NANOS = 5_000_000_000L;
    private static final double MEGABYTE = 1e6;

    private final String what;
    private final long from;
    private final long to;
    private final long start = System.nanoTime();
    private long last = start;

    /** From {@code from} bytes, which are there already, to {@code to}. */
    Progress(String what, long from, long to) {
        this.what = what;
        this.from = from;
        this.to = to;
    }

    void at(long done) {
        long now = System.nanoTime();
        if (now - last < EVERY_NANOS) {
            return;
        }
        last = now;
        double rate = Math.max(1, done - from) * 1e9 / (now - start);
        System.err.printf(Locale.ROOT, "natives: %s: %.0f of %.0f MB (%.0f %%), %.1f MB/s, %.0f s left%n", what, done / MEGABYTE,
                to / MEGABYTE, 100.0 * done / to, rate / MEGABYTE, (to - done) / rate);
    }
}
