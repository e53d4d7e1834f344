package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Pointer;

/** Where a tensor's values lie, for what reads and writes them past libtorch. */
public final class TensorAddress {

    private TensorAddress() {}

    /** Address of the first element; the tensor must be contiguous and stay open while it is used. */
    public static Pointer of(NDArray tensor) {
        long[] pointer = new long[1];
        // takes an at::Tensor*, which a DJL handle is
        int status = NativeSymbol.DATA_PTR.function().invokeInt(new Object[] {((PtNDArray) tensor).getHandle(), pointer});
        if (status != 0) {
            throw new IllegalStateException("libtorch gives no address for " + tensor.getDataType() + " " + tensor.getShape());
        }
        return new Pointer(pointer[0]);
    }
}
