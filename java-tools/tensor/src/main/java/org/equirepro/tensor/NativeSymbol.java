package org.equirepro.tensor;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;

/**
 * The functions of libtorch that are called past DJL, by their names in {@code libtorch_cpu.so}: C++ ones, which libtorch does
 * not promise to keep, mangled. {@code equirepro doctor} looks up every one. A C++ bool must be 0 or 1 and JNA passes a Java
 * boolean as 0 or -1, so flags are bytes.
 */
public enum NativeSymbol {

    /** {@code at::autocast::set_autocast_dtype(DeviceType, ScalarType)}. */
    AUTOCAST_DTYPE("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"),
    /** {@code at::autocast::set_autocast_enabled(DeviceType, bool)}. */
    AUTOCAST_ENABLED("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb"),
    /** {@code at::autocast::clear_cache()}. */
    AUTOCAST_CLEAR_CACHE("_ZN2at8autocast11clear_cacheEv"),
    /** {@code AOTITorchError aoti_torch_get_data_ptr(AtenTensorHandle, void**)}: where a tensor's elements lie. */
    DATA_PTR("aoti_torch_get_data_ptr");

    private final String symbol;

    NativeSymbol(String symbol) {
        this.symbol = symbol;
    }

    /**
     * The function in the loaded libtorch.
     *
     * @throws UnsatisfiedLinkError if this libtorch lacks it
     */
    public Function function() {
        return NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so").toString()).getFunction(symbol);
    }
}
