package org.equirepro.tensor.dist;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.equirepro.base.UserError;

/**
 * The few functions of Open MPI 4 and 5 (libmpi.so.40 in both; its handles are addresses of exported objects) that ranks need. All
 * calls must come from the thread that made this object.
 *
 * <p>Collectives are started and then asked for, with short sleeps, instead of waited for inside of the library: its waiting
 * takes a whole core, which on CPUs the backward pass needs, and cannot be given up after a time.
 */
final class OpenMpi {

    private static final String FILE = "libmpi.so.40";
    private static final int LAZY_GLOBAL = 0x101; // RTLD: Open MPI's plug-ins look for its symbols globally
    private static final int THREAD_FUNNELED = 1;
    private static final Pointer IN_PLACE = Pointer.createConstant(1);
    private static final Pointer IGNORE_STATUS = Pointer.NULL;
    private static final int ERROR_TEXT = 256;
    private static final int VERSION_TEXT = 512;

    /** Counts are C ints: longer tensors go in pieces. */
    private static final long PIECE = 1 << 28;

    private static final long SPIN_NANOS = 200_000;
    private static final long SLEEP_NANOS = 50_000;

    /** Element types, by Open MPI's names. */
    enum Type {
        BYTE("ompi_mpi_byte", 1), FLOAT32("ompi_mpi_float", 4), FLOAT64("ompi_mpi_double", 8);

        private final String symbol;
        private final int bytes;

        Type(String symbol, int bytes) {
            this.symbol = symbol;
            this.bytes = bytes;
        }
    }

    private interface Functions extends Library {
        int MPI_Init_thread(Pointer argc, Pointer argv, int required, IntByReference provided);

        int MPI_Comm_rank(Pointer comm, IntByReference rank);

        int MPI_Comm_size(Pointer comm, IntByReference size);

        int MPI_Comm_set_errhandler(Pointer comm, Pointer handler);

        int MPI_Error_string(int code, byte[] text, IntByReference length);

        int MPI_Get_library_version(byte[] text, IntByReference length);

        int MPI_Iallreduce(Pointer send, Pointer receive, int count, Pointer type, Pointer operation, Pointer comm, PointerByReference request);

        int MPI_Ibcast(Pointer buffer, int count, Pointer type, int root, Pointer comm, PointerByReference request);

        int MPI_Iallgather(Pointer send, int sendCount, Pointer sendType, Pointer receive, int receiveCount, Pointer receiveType,
                Pointer comm, PointerByReference request);

        int MPI_Ibarrier(Pointer comm, PointerByReference request);

        int MPI_Test(PointerByReference request, IntByReference done, Pointer status);

        int MPI_Finalize();
    }

    private interface Start {
        int call(PointerByReference request);
    }

    private final NativeLibrary library;
    private final Functions functions;
    private final Pointer world;
    private final Pointer sum;
    private final int rank;
    private final int size;

    /**
     * Loads and starts MPI.
     *
     * @throws UserError if there is no Open MPI, or it sees other ranks than the launcher's variables name
     */
    OpenMpi(Ranks ranks) {
        library = load(ranks);
        functions = Native.load(FILE, Functions.class, Map.of(Library.OPTION_OPEN_FLAGS, LAZY_GLOBAL));
        world = object("ompi_mpi_comm_world");
        sum = object("ompi_mpi_op_sum");
        check("MPI_Init_thread", functions.MPI_Init_thread(Pointer.NULL, Pointer.NULL, THREAD_FUNNELED, new IntByReference()));
        check("MPI_Comm_set_errhandler", functions.MPI_Comm_set_errhandler(world, object("ompi_mpi_errors_return")));
        IntByReference value = new IntByReference();
        check("MPI_Comm_rank", functions.MPI_Comm_rank(world, value));
        rank = value.getValue();
        check("MPI_Comm_size", functions.MPI_Comm_size(world, value));
        size = value.getValue();
        if (rank != ranks.rank() || size != ranks.size()) {
            throw UserError.usage(ranks.launcher() + " started " + ranks + ", but MPI sees rank " + rank + " of " + size
                    + (ranks.launcher().equals("SLURM") ? "; start with srun --mpi=pmix (srun --mpi=list names what is there)"
                            : "; mpirun and libmpi must be of one installation"));
        }
    }

    private static NativeLibrary load(Ranks ranks) {
        try {
            return NativeLibrary.getInstance(FILE, Map.of(Library.OPTION_OPEN_FLAGS, LAZY_GLOBAL));
        } catch (UnsatisfiedLinkError e) {
            throw UserError.missing(ranks.launcher() + " started " + ranks.size() + " ranks, but Open MPI (" + FILE + ") is not found: install it, "
                    + "load the site's module for Open MPI 4 or 5, or start one rank");
        }
    }

    private Pointer object(String name) {
        try {
            return library.getGlobalVariableAddress(name);
        } catch (UnsatisfiedLinkError e) {
            throw UserError.failure(library.getFile() + " is not Open MPI 4 or 5: it has no " + name, e);
        }
    }

    /** The first line of what the library says of itself. */
    static String version() {
        Functions functions = Native.load(FILE, Functions.class, Map.of(Library.OPTION_OPEN_FLAGS, LAZY_GLOBAL));
        byte[] text = new byte[VERSION_TEXT * 2];
        IntByReference length = new IntByReference();
        functions.MPI_Get_library_version(text, length);
        return new String(text, 0, length.getValue(), StandardCharsets.US_ASCII).lines().findFirst().orElse("").strip();
    }

    void sum(Pointer values, long count, Type type, long endNanos) {
        for (long at = 0; at < count; at += PIECE) {
            Pointer piece = values.share(at * type.bytes);
            int length = (int) Math.min(PIECE, count - at);
            run("MPI_Iallreduce", endNanos, r -> functions.MPI_Iallreduce(IN_PLACE, piece, length, object(type.symbol), sum, world, r));
        }
    }

    void broadcast(Pointer values, long count, Type type, int root, long endNanos) {
        for (long at = 0; at < count; at += PIECE) {
            Pointer piece = values.share(at * type.bytes);
            int length = (int) Math.min(PIECE, count - at);
            run("MPI_Ibcast", endNanos, r -> functions.MPI_Ibcast(piece, length, object(type.symbol), root, world, r));
        }
    }

    /** {@code count} elements of each rank; they may not be more than an int counts. */
    void gather(Pointer all, Pointer mine, long count, Type type, long endNanos) {
        int length = Math.toIntExact(count);
        Pointer element = object(type.symbol);
        run("MPI_Iallgather", endNanos, r -> functions.MPI_Iallgather(mine, length, element, all, length, element, world, r));
    }

    void barrier(long endNanos) {
        run("MPI_Ibarrier", endNanos, r -> functions.MPI_Ibarrier(world, r));
    }

    /** Only when nothing is under way on any rank. */
    void finish() {
        check("MPI_Finalize", functions.MPI_Finalize());
    }

    private void run(String call, long endNanos, Start start) {
        PointerByReference request = new PointerByReference();
        check(call, start.call(request));
        IntByReference done = new IntByReference();
        long began = System.nanoTime();
        while (true) {
            check(call, functions.MPI_Test(request, done, IGNORE_STATUS));
            if (done.getValue() != 0) {
                return;
            }
            long now = System.nanoTime();
            if (now - endNanos > 0) {
                throw UserError.failure(String.format("rank %d of %d waited %.0f s in %s: another rank hangs, or is not at the same place",
                        rank, size, (now - began) / 1e9, call), null);
            }
            if (now - began < SPIN_NANOS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(SLEEP_NANOS);
            }
        }
    }

    private void check(String call, int status) {
        if (status == 0) {
            return;
        }
        byte[] text = new byte[ERROR_TEXT];
        IntByReference length = new IntByReference();
        functions.MPI_Error_string(status, text, length);
        throw UserError.failure(call + " failed: " + new String(text, 0, length.getValue(), StandardCharsets.US_ASCII), null);
    }
}
