package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.util.Collection;

/**
 * What DJL does not tell or do about gradients.
 *
 * <p>Neither DJL nor TorchScript can assign {@code .grad}. A tensor handle points to a pointer to the tensor itself, whose
 * {@code mutable_grad} gives the place of the gradient's handle; the C interface of libtorch overwrites that by an empty one.
 */
public final class Gradients {

    private static final Function REQUIRED = NativeSymbol.REQUIRES_GRAD.function();
    private static final Function GRADIENT = NativeSymbol.MUTABLE_GRAD.function();
    private static final Function CREATE = NativeSymbol.NEW_HANDLE.function();
    private static final Function ASSIGN = NativeSymbol.ASSIGN_HANDLE.function();
    private static final Function DELETE = NativeSymbol.DELETE_HANDLE.function();

    private Gradients() {}

    /**
     * Leaves these parameters without a gradient, as PyTorch's {@code zero_grad(set_to_none=True)}: the next forward pass has the
     * memory, and the next backward pass neither reads nor adds to it. Handles of gradients that are still open stay
     * valid.
     */
    public static void drop(Collection<NDArray> parameters) {
        Pointer[] empty = new Pointer[1];
        done(CREATE.invokeInt(new Object[] {empty}));
        try {
            for (NDArray parameter : parameters) {
                done(ASSIGN.invokeInt(new Object[] {empty[0], GRADIENT.invokePointer(new Object[] {tensor(parameter)})}));
            }
        } finally {
            done(DELETE.invokeInt(new Object[] {empty[0]}));
        }
    }

    /** Whether a backward pass can go on from this tensor: it is trained, or was computed from what is. (DJL tells of leaves only.) */
    public static boolean flowInto(NDArray x) {
        return (REQUIRED.invokeInt(new Object[] {tensor(x)}) & 0xFF) != 0; // a C++ bool is the lowest byte of the register
    }

    /** What the handle's pointer points to. */
    private static Pointer tensor(NDArray x) {
        return new Pointer(((PtNDArray) x).getHandle()).getPointer(0);
    }

    private static void done(int status) {
        if (status != 0) {
            throw new IllegalStateException("libtorch did not let go of a gradient (status " + status + ")");
        }
    }
}
