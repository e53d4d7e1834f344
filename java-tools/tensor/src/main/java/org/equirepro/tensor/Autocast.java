package org.equirepro.tensor;

import ai.djl.Device;

/**
 * Computes products and convolutions of the calling thread in bfloat16 until closed; parameters and their gradients stay
 * float32.
 */
public final class Autocast implements AutoCloseable {

    private static final byte CPU = 0;
    private static final byte CUDA = 1;
    private static final byte BFLOAT16 = 15;

    private final byte device;
    private final boolean on;

    private Autocast(Device device, boolean on) {
        this.device = device.isGpu() ? CUDA : CPU;
        this.on = on;
        if (on) {
            NativeSymbol.AUTOCAST_DTYPE.function().invokeVoid(new Object[] {this.device, BFLOAT16});
            enable((byte) 1);
        }
    }

    /** On tensors of this device: {@code float32} does nothing, {@code bfloat16} switches on. */
    public static Autocast to(Device device, Precision precision) {
        return new Autocast(device, precision == Precision.BFLOAT16);
    }

    private void enable(byte flag) {
        NativeSymbol.AUTOCAST_ENABLED.function().invokeVoid(new Object[] {device, flag});
    }

    /** Also drops the cached bfloat16 copies of the weights: close before the optimiser's step. */
    @Override
    public void close() {
        if (on) {
            enable((byte) 0);
            NativeSymbol.AUTOCAST_CLEAR_CACHE.function().invokeVoid(new Object[0]);
        }
    }
}
