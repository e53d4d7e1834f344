package org.equirepro.tensor;

import ai.djl.Device;

/** How softmax(Q K' / sqrt(d)) V is computed: the results agree to rounding, the time does not. */
public enum AttentionKernel {

    /** Two matrix products with the softmax between them; the weights [B, heads, N, M] are in memory. */
    PLAIN,
    /** One kernel that never holds all weights (Dao et al. 2022). */
    FUSED;

    /** Up to this many keys plain products are at least as fast on a CPU: measured 0.96 of the fused time at 50, 1.2 at 197. */
    private static final int PLAIN_KEYS = 128;

    /**
     * The faster one, forward and backward. On a CPU the fused kernel pays for long sequences in float32; in bfloat16 it takes
     * five times the products' time where the processor multiplies bfloat16 (and half of it where it does not, but there float32
     * is ten times faster than either). On a GPU it always pays.
     *
     * @param keys number of tokens attended to
     */
    public static AttentionKernel fastest(Device device, Precision precision, long keys) {
        if (device.isGpu()) {
            return FUSED;
        }
        return precision != Precision.FLOAT32 || keys <= PLAIN_KEYS ? PLAIN : FUSED;
    }
}
