package org.equirepro.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Curves;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.SafeTensors;

/**
 * The saved states of one training, in a folder named by the content hash of what is trained, outside of any task's work
 * folder: a task that is run again, on another node too, goes on from the newest. The state before it is kept. A lock held
 * while the training runs keeps a second process from writing the same states.
 */
public final class CheckpointStore implements AutoCloseable {

    /** A saved state: the tensors and the number of steps done. */
    public record Saved(SafeTensors tensors, long step) {}

    private static final String STEP = "step";
    private static final long POLL_MILLIS = 500;

    private final Path folder;
    private FileChannel channel;
    private FileLock lock;

    /** Touches nothing yet: ranks other than 0 only read. */
    public CheckpointStore(Path store, String key) {
        folder = store.resolve(key);
    }

    /**
     * Makes the folder and waits for the lock.
     *
     * @param waitSeconds how long to wait for another process that trains the same
     */
    public void lock(double waitSeconds) {
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = acquire(waitSeconds);
        } catch (IOException e) {
            throw UserError.failure(folder + ": cannot be written (" + e.getMessage() + "); give another --store", e);
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
                System.err.println("waiting for another process that trains the same, in " + folder);
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

    /** Writes a state; the one before it stays as {@code previous}. */
    public void save(SortedMap<String, SafeTensors.Tensor> tensors, long step) {
        SortedMap<String, String> metadata = new TreeMap<>();
        metadata.put(STEP, Long.toString(step));
        Path next = folder.resolve("next.safetensors");
        SafeTensors.write(next, tensors, metadata);
        try {
            if (Files.exists(current())) {
                Files.move(current(), previous(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(next, current(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw UserError.failure(folder + ": state cannot be saved (" + e.getMessage() + ")", e);
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
