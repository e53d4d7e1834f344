package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Function;
import com.sun.jna.Pointer;
import org.equirepro.tensor.NativeSymbol;

/** Where a tensor's values lie, for libraries that read and write them. */
final class TensorMemory {

    private final Function address = NativeSymbol.DATA_PTR.function(); // takes an at::Tensor*, which a DJL handle is

    /** Address of the first element; the tensor must be contiguous and stay open while it is used. */
    Pointer of(NDArray tensor) {
        if (tensor.getDataType() != DataType.FLOAT32 && tensor.getDataType() != DataType.FLOAT64) {
            throw new IllegalArgumentException("ranks exchange float32 or float64, found " + tensor.getDataType() + " " + tensor.getShape());
        }
        long[] pointer = new long[1];
        int status = address.invokeInt(new Object[] {((PtNDArray) tensor).getHandle(), pointer});
        if (status != 0) {
            throw new IllegalStateException("libtorch gives no address for " + tensor.getDataType() + " " + tensor.getShape());
        }
        return new Pointer(pointer[0]);
    }
}
