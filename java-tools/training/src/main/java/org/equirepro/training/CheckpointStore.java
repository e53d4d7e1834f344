package org.equirepro.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.equirepro.base.Curves;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.SafeTensors;

/**
 * The saved states of one training, in a folder named by the content hash of what is trained, outside of any task's work
 * folder: a task that is run again, on another node too, goes on from the newest. The state before it is kept. A lock held
 * while the training runs keeps a second process from writing the same states. A process that was cut off for so long that its node's locks
 * were given to another finds the other's name in the lock, and writes no more.
 */
public final class CheckpointStore implements AutoCloseable {

    /** A saved state: the tensors and the number of steps done. */
    public record Saved(SafeTensors tensors, long step) {}

    private static final String STEP = "step";
    private static final String NEXT = "next";
    private static final long POLL_MILLIS = 500;

    private final Path folder;
    private final String id = UUID.randomUUID().toString();
    private FileChannel channel;
    private FileLock lock;
    private String owner;

    /** Touches nothing yet: ranks other than 0 only read. */
    public CheckpointStore(Path store, String key) {
        folder = store.resolve(key);
    }

    /**
     * Makes the folder and waits for the lock. What killed owners left half-written is removed.
     *
     * @param waitSeconds how long to wait for another process that trains the same
     */
    public void lock(double waitSeconds) {
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = acquire(waitSeconds);
            owner = sign();
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "{,.}" + NEXT + "*")) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw UserError.failure(folder + ": cannot be written (" + e.getMessage() + "); give another --store", e);
        }
    }

    /** Writes into the lock whose it is. */
    private String sign() throws IOException {
        String job = System.getenv("SLURM_JOB_ID");
        String name = "process " + ProcessHandle.current().pid() + (job == null ? "" : " of job " + job) + ", " + id;
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), 0);
        channel.force(true);
        return name;
    }

    private String holder() throws IOException {
        return Files.exists(lockFile()) ? Files.readString(lockFile()) : "";
    }

    private Path lockFile() {
        return folder.resolve("lock");
    }

    /**
     * Does nothing while the lock is this process's, or was never asked for.
     *
     * @throws UserError to run again, if another process has taken over
     */
    void requireOwned() {
        if (lock == null) {
            return;
        }
        try {
            String holder = holder();
            if (!holder.equals(owner)) {
                throw UserError.savedRunAgain(folder + ": lost to " + (holder.isEmpty() ? "someone who removed its lock" : holder)
                        + " while this process was cut off; it writes no more");
            }
        } catch (IOException e) {
            throw UserError.failure(folder + ": its lock cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private FileLock acquire(double waitSeconds) throws IOException {
        long end = System.nanoTime() + (long) Math.min(1e18, waitSeconds * 1e9);
        boolean told = false;
        for (FileLock got; ; ) {
            got = channel.tryLock();
            if (got != null) {
                return got;
            }
            if (!told) {
                System.err.println("waiting for another process that trains the same, in " + folder + ": " + holder());
                told = true;
            }
            if (System.nanoTime() > end) {
                throw UserError.savedRunAgain(folder + ": another process still trains the same; run again later");
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw UserError.savedRunAgain(folder + ": interrupted while waiting for another process");
            }
        }
    }

    /** The newest whole state; a damaged one is named and the one before it is taken. */
    public Optional<Saved> newest() {
        for (Path file : new Path[] {current(), previous()}) {
            if (Files.exists(file)) {
                try {
                    SafeTensors tensors = SafeTensors.open(file);
                    tensors.verify();
                    return Optional.of(new Saved(tensors, Long.parseLong(tensors.metadata().get(STEP))));
                } catch (UserError | NumberFormatException e) {
                    System.err.println("a saved state is left out: " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    /** The state after {@code step}, which rank 0 has found. */
    public Saved at(long step) {
        for (Path file : new Path[] {current(), previous()}) {
            try {
                SafeTensors tensors = SafeTensors.open(file);
                if (Long.toString(step).equals(tensors.metadata().get(STEP))) {
                    return new Saved(tensors, step);
                }
            } catch (UserError e) {
                continue; // absent or damaged; rank 0 has named it
            }
        }
        throw UserError.missing(folder, "holds no state after step " + step + ", which rank 0 sees there: --store must lie on a file system "
                + "that all ranks share");
    }

    /**
     * Writes a state; the one before it stays as {@code previous}.
     *
     * @throws UserError to run again, if another process has taken over
     */
    public void save(SortedMap<String, SafeTensors.Tensor> tensors, long step) {
        SortedMap<String, String> metadata = new TreeMap<>();
        metadata.put(STEP, Long.toString(step));
        requireOwned();
        // a name of its own: whoever took over meanwhile is writing too
        Path next = folder.resolve(NEXT + "-" + id + ".safetensors");
        SafeTensors.write(next, tensors, metadata);
        requireOwned();
        try {
            if (Files.exists(current())) {
                keepPrevious();
            }
            Files.move(next, current(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw UserError.failure(folder + ": state cannot be saved (" + e.getMessage() + ")", e);
        }
    }

    /** Under its old name too, until the new state takes it: a process that is killed right here loses no more than this state. */
    private void keepPrevious() throws IOException {
        Path second = folder.resolve(NEXT + "-" + id + ".previous");
        try {
            Files.createLink(second, current());
        } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
            second = current();
        }
        Files.move(second, previous(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!second.equals(current())) {
            Files.deleteIfExists(second); // renamed onto itself it stays
        }
    }

    private Path current() {
        return folder.resolve("checkpoint.safetensors");
    }

    private Path previous() {
        return folder.resolve("checkpoint.previous.safetensors");
    }

    /** Where the last state was saved. */
    Path newestFile() {
        return current();
    }

    /** Of this training; what is worth seeing while it runs lies beside the states. */
    public Path folder() {
        return folder;
    }

    /** Curves saved with the state. */
    public Path curves() {
        return folder.resolve("curves.csv");
    }

    @Override
    public void close() {
        if (lock == null) {
            return;
        }
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw UserError.failure(folder + ": lock cannot be released (" + e.getMessage() + ")", e);
        }
    }
}
