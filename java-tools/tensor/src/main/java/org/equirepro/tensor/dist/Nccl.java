package org.equirepro.tensor.dist;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.equirepro.base.UserError;

/**
 * The few functions of NCCL 2 that ranks need, from {@code libtorch_cuda.so}, which holds NCCL in the CUDA set, or else from
 * {@code libnccl.so.2}.
 */
final class Nccl {

    /** Bytes of the identity of a group, which rank 0 makes and every other rank needs. */
    static final int ID_BYTES = 128;

    private static final int SUM = 0;
    private static final int IN_PROGRESS = 7;

    /** Element types, by NCCL's numbers. */
    enum Type {
        BYTE(0), FLOAT32(7), FLOAT64(8);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** ncclUniqueId, which functions take by value. */
    @Structure.FieldOrder("internal")
    public static class UniqueId extends Structure {
        public byte[] internal = new byte[ID_BYTES];

        /** As an argument. */
        public static final class ByValue extends UniqueId implements Structure.ByValue {}
    }

    /** The C functions. */
    public interface Functions extends Library {
        int ncclGetVersion(IntByReference version);

        int ncclGetUniqueId(UniqueId id);

        int ncclCommInitRank(PointerByReference comm, int ranks, UniqueId.ByValue id, int rank);

        int ncclAllReduce(Pointer send, Pointer receive, NativeSize count, int type, int operation, Pointer comm, Pointer stream);

        int ncclBroadcast(Pointer send, Pointer receive, NativeSize count, int type, int root, Pointer comm, Pointer stream);

        int ncclAllGather(Pointer send, Pointer receive, NativeSize count, int type, Pointer comm, Pointer stream);

        int ncclCommGetAsyncError(Pointer comm, IntByReference error);

        int ncclCommDestroy(Pointer comm);

        String ncclGetErrorString(int result);
    }

    /** size_t. */
    public static final class NativeSize extends com.sun.jna.IntegerType {
        private static final long serialVersionUID = 1L;

        public NativeSize() {
            this(0);
        }

        public NativeSize(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    private final Functions functions;
    private Pointer comm;

    /**
     * Loads the library; no communication yet.
     *
     * @throws UserError if there is no NCCL, or it is older than 2.10
     */
    Nccl() {
        Path inside = Path.of(LibUtils.getLibtorchPath(), "libtorch_cuda.so");
        functions = load(Files.exists(inside) ? inside.toString() : "libnccl.so.2");
        int version = version();
        if (version < 21000) {
            throw UserError.failure("NCCL 2.10 or newer is needed, found version code " + version, null);
        }
    }

    private static Functions load(String name) {
        try {
            Functions functions = Native.load(name, Functions.class);
            functions.ncclGetVersion(new IntByReference()); // bound only now
            return functions;
        } catch (UnsatisfiedLinkError e) {
            if (!name.equals("libnccl.so.2")) {
                return load("libnccl.so.2");
            }
            throw UserError.missing("several ranks on GPUs need NCCL, and neither libtorch_cuda.so nor libnccl.so.2 has it: "
                    + "bin/reproduce --build-only --device gpu fetches it, or load the site's module for NCCL");
        }
    }

    /** 10000 major + 100 minor + patch. */
    int version() {
        IntByReference version = new IntByReference();
        check("ncclGetVersion", functions.ncclGetVersion(version));
        return version.getValue();
    }

    /** On rank 0: a new group's identity. */
    byte[] newId() {
        UniqueId id = new UniqueId();
        check("ncclGetUniqueId", functions.ncclGetUniqueId(id));
        return id.internal.clone();
    }

    /** Joins the group, on the calling thread's GPU; returns when all ranks have. */
    void join(Ranks ranks, byte[] id) {
        UniqueId.ByValue value = new UniqueId.ByValue();
        System.arraycopy(id, 0, value.internal, 0, ID_BYTES);
        PointerByReference made = new PointerByReference();
        check("ncclCommInitRank", functions.ncclCommInitRank(made, ranks.size(), value, ranks.rank()));
        comm = made.getValue();
    }

    /** In place, on the stream; the calling thread goes on. */
    void sum(Pointer values, long count, Type type, Pointer stream) {
        check("ncclAllReduce", functions.ncclAllReduce(values, values, new NativeSize(count), type.number, SUM, comm, stream));
    }

    void broadcast(Pointer values, long count, Type type, int root, Pointer stream) {
        check("ncclBroadcast", functions.ncclBroadcast(values, values, new NativeSize(count), type.number, root, comm, stream));
    }

    void gather(Pointer all, Pointer mine, long count, Type type, Pointer stream) {
        check("ncclAllGather", functions.ncclAllGather(mine, all, new NativeSize(count), type.number, comm, stream));
    }

    /** Throws what went wrong in the background, such as a broken network. */
    void requireSound() {
        IntByReference error = new IntByReference();
        check("ncclCommGetAsyncError", functions.ncclCommGetAsyncError(comm, error));
        if (error.getValue() != IN_PROGRESS) {
            check("an exchange of NCCL", error.getValue());
        }
    }

    /** Only when nothing is under way on any rank. */
    void finish() {
        check("ncclCommDestroy", functions.ncclCommDestroy(comm));
    }

    private void check(String call, int status) {
        if (status != 0) {
            throw UserError.failure(call + " failed: " + functions.ncclGetErrorString(status) + "; NCCL_DEBUG=WARN tells more", null);
        }
    }
}
