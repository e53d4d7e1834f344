package org.equirepro.tensor;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;

/**
 * Computes products and convolutions of the calling thread in bfloat16 until closed; parameters and their gradients stay
 * float32. libtorch exports the switches as C++ functions only, so they are found by their mangled names. A C++ bool must be 0
 * or 1 and JNA passes a Java boolean as 0 or -1, hence bytes.
 */
public final class Autocast implements AutoCloseable {

    private static final byte CPU = 0;
    private static final byte BFLOAT16 = 15;

    private final NativeLibrary library =
            NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so").toString());
    private final boolean on;

    private Autocast(boolean on) {
        this.on = on;
        if (on) {
            function("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE").invokeVoid(new Object[] {CPU, BFLOAT16});
            enable((byte) 1);
        }
    }

    /** {@code float32} does nothing, {@code bfloat16} switches on. */
    public static Autocast to(Precision precision) {
        return new Autocast(precision == Precision.BFLOAT16);
    }

    private void enable(byte flag) {
        function("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb").invokeVoid(new Object[] {CPU, flag});
    }

    private Function function(String name) {
        return library.getFunction(name);
    }

    /** Also drops the cached bfloat16 copies of the weights: close before the optimiser's step. */
    @Override
    public void close() {
        if (on) {
            enable((byte) 0);
            function("_ZN2at8autocast11clear_cacheEv").invokeVoid(new Object[0]);
        }
    }
}
