package org.equirepro.tensor;

import ai.djl.Device;
import com.sun.jna.Function;

/**
 * Computes products and convolutions of the calling thread on one kind of device in half precision until closed; what held
 * before holds again then, so scopes may be nested. Parameters and their gradients stay float32.
 */
public final class Autocast implements AutoCloseable {

    private static final Function TYPE = NativeSymbol.AUTOCAST_DTYPE.function();
    private static final Function ENABLED = NativeSymbol.AUTOCAST_ENABLED.function();
    private static final Function SET_TYPE = NativeSymbol.AUTOCAST_SET_DTYPE.function();
    private static final Function ENABLE = NativeSymbol.AUTOCAST_SET_ENABLED.function();
    private static final Function CLEAR = NativeSymbol.AUTOCAST_CLEAR_CACHE.function();

    private static final byte CPU = 0;
    private static final byte CUDA = 1;

    private final byte device;
    private final byte typeBefore;
    private final byte onBefore;

    private Autocast(byte device, Precision precision) {
        this.device = device;
        this.typeBefore = (byte) TYPE.invokeInt(new Object[] {device});
        // only the lowest byte of the register is the bool
        this.onBefore = (byte) (ENABLED.invokeInt(new Object[] {device}) & 1);
        set(precision == Precision.FLOAT32 ? typeBefore : precision.scalarType(), (byte) (precision == Precision.FLOAT32 ? 0 : 1));
    }

    /** {@code FLOAT32} switches off, the others on. */
    public static Autocast to(Device device, Precision precision) {
        return new Autocast(device.isGpu() ? CUDA : CPU, precision);
    }

    /**
     * Drops the cached half-precision copies of the weights. Needed after a forward pass without gradient whose weights are used
     * again with gradient before the scope closes: the copies have no graph.
     */
    public static void forgetCasts() {
        CLEAR.invokeVoid(new Object[0]);
    }

    private void set(byte type, byte on) {
        SET_TYPE.invokeVoid(new Object[] {device, type});
        ENABLE.invokeVoid(new Object[] {device, on});
    }

    /** Also drops the cached copies of the weights: close before the optimiser's step. */
    @Override
    public void close() {
        set(typeBefore, onBefore);
        forgetCasts();
    }
}
