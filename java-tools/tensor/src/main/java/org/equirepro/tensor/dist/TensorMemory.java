package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/** Where a tensor's values lie, for libraries that read and write them. */
final class TensorMemory {

    /** A plain C function of libtorch (torch/csrc/inductor/aoti_torch/c/shim.h); takes an at::Tensor*, which a DJL handle is. */
    private interface Shim extends com.sun.jna.Library {
        int aoti_torch_get_data_ptr(long tensor, long[] pointer);
    }

    private final Shim shim = Native.load(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so").toString(), Shim.class);

    /** Address of the first element; the tensor must be contiguous and stay open while it is used. */
    Pointer of(NDArray tensor) {
        if (tensor.getDataType() != DataType.FLOAT32 && tensor.getDataType() != DataType.FLOAT64) {
            throw new IllegalArgumentException("ranks exchange float32 or float64, found " + tensor.getDataType() + " " + tensor.getShape());
        }
        long[] pointer = new long[1];
        int status = shim.aoti_torch_get_data_ptr(((PtNDArray) tensor).getHandle(), pointer);
        if (status != 0) {
            throw new IllegalStateException("libtorch gives no address for " + tensor.getDataType() + " " + tensor.getShape());
        }
        return new Pointer(pointer[0]);
    }
}
