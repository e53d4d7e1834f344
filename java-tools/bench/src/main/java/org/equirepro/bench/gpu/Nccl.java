package org.equirepro.bench.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.nio.file.Path;
import org.equirepro.tensor.NativeSymbol;

/** A communicator of the NCCL inside libtorch_cuda.so: just enough for one sum over all ranks. */
final class Nccl {

    static final int ID_BYTES = 128;
    private static final int FLOAT32 = 7;
    private static final int SUM = 0;

    private final NativeLibrary library;
    private final Pointer communicator;

    /** The ticket by which ranks find each other, passed by value as C wants it. */
    @Structure.FieldOrder("bytes")
    public static class Id extends Structure implements Structure.ByValue {
        public byte[] bytes = new byte[ID_BYTES];
    }

    /** Joins; returns when all ranks have. */
    Nccl(byte[] id, int ranks, int rank) {
        library = library();
        Id ticket = new Id();
        ticket.bytes = id;
        PointerByReference found = new PointerByReference();
        check("ncclCommInitRank", found, ranks, ticket, rank);
        communicator = found.getValue();
    }

    /** A new ticket; one rank makes it and gives it to the others. */
    static byte[] newId() {
        com.sun.jna.Memory memory = new com.sun.jna.Memory(ID_BYTES);
        int status = library().getFunction("ncclGetUniqueId").invokeInt(new Object[] {memory});
        if (status != 0) {
            throw new IllegalStateException("ncclGetUniqueId: " + status);
        }
        return memory.getByteArray(0, ID_BYTES);
    }

    private static NativeLibrary library() {
        return NativeLibrary.getInstance(Path.of(System.getenv("PYTORCH_LIBRARY_PATH"), "libtorch_cuda.so").toString());
    }

    /** Sums a float32 tensor over all ranks, in place, on the default stream, which is libtorch's. */
    void sum(NDArray tensor) {
        PointerByReference data = new PointerByReference();
        NativeSymbol.DATA_PTR.function().invokeInt(new Object[] {Pointer.createConstant(((PtNDArray) tensor).getHandle()), data});
        check("ncclAllReduce", data.getValue(), data.getValue(), tensor.getShape().size(), FLOAT32, SUM, communicator, Pointer.NULL);
    }

    private void check(String function, Object... arguments) {
        int status = library.getFunction(function).invokeInt(arguments);
        if (status != 0) {
            throw new IllegalStateException(function + ": "
                    + library.getFunction("ncclGetErrorString").invokePointer(new Object[] {status}).getString(0));
        }
    }
}
