package org.equirepro.tensor;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;

/**
 * The functions of libtorch that are called past DJL, by their names in its libraries: C++ ones, which libtorch does
 * not promise to keep, mangled. {@code equirepro doctor} looks up every one. A C++ bool must be 0 or 1 and JNA passes a Java
 * boolean as 0 or -1, so flags are bytes.
 */
public enum NativeSymbol {

    /** {@code ScalarType at::autocast::get_autocast_dtype(DeviceType)}. */
    AUTOCAST_DTYPE("_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE"),
    /** {@code bool at::autocast::is_autocast_enabled(DeviceType)}. */
    AUTOCAST_ENABLED("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE"),
    /** {@code at::autocast::set_autocast_dtype(DeviceType, ScalarType)}. */
    AUTOCAST_SET_DTYPE("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"),
    /** {@code at::autocast::set_autocast_enabled(DeviceType, bool)}. */
    AUTOCAST_SET_ENABLED("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb"),
    /** {@code at::autocast::clear_cache()}. */
    AUTOCAST_CLEAR_CACHE("_ZN2at8autocast11clear_cacheEv"),
    /** {@code AOTITorchError aoti_torch_get_data_ptr(AtenTensorHandle, void**)}: where a tensor's elements lie. */
    DATA_PTR("aoti_torch_get_data_ptr"),
    /** {@code AOTITorchError aoti_torch_new_uninitialized_tensor(AtenTensorHandle*)}: a handle of no tensor. */
    NEW_HANDLE("aoti_torch_new_uninitialized_tensor"),
    /** {@code AOTITorchError aoti_torch_assign_tensors(AtenTensorHandle source, AtenTensorHandle target)}. */
    ASSIGN_HANDLE("aoti_torch_assign_tensors"),
    /** {@code AOTITorchError aoti_torch_delete_tensor_object(AtenTensorHandle)}. */
    DELETE_HANDLE("aoti_torch_delete_tensor_object"),
    /** {@code Tensor& c10::TensorImpl::mutable_grad()}: where a tensor's gradient is kept. */
    MUTABLE_GRAD("libc10.so", "_ZN3c1010TensorImpl12mutable_gradEv"),
    /** {@code bool c10::TensorImpl::requires_grad() const}. */
    REQUIRES_GRAD("libc10.so", "_ZNK3c1010TensorImpl13requires_gradEv");

    private final String library;
    private final String symbol;

    NativeSymbol(String symbol) {
        this("libtorch_cpu.so", symbol);
    }

    NativeSymbol(String library, String symbol) {
        this.library = library;
        this.symbol = symbol;
    }

    /**
     * The function in the loaded libtorch.
     *
     * @throws UnsatisfiedLinkError if this libtorch lacks it
     */
    public Function function() {
        return NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), library).toString()).getFunction(symbol);
    }
}
