package org.equirepro.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may write saved states. That a lock holds back a second process is a matter of processes: {@code tests/slurm.sh}. */
final class CheckpointStoreTest {

    private static final double WAIT = 1;

    @TempDir
    Path folder;

    private CheckpointStore locked() {
        CheckpointStore store = new CheckpointStore(folder, "key");
        store.lock(WAIT);
        return store;
    }

    private static TreeMap<String, SafeTensors.Tensor> weights(float... values) {
        return new TreeMap<>(Map.of("weight", SafeTensors.Tensor.of(values, values.length)));
    }

    /** What a file server that has lost its locks, or given them to another node, looks like from here: a new, free lock. */
    private void loseLocks() throws IOException {
        Files.delete(folder.resolve("key/lock"));
    }

    @Test
    void aZombieThatLostItsLockWritesNoMore() throws IOException {
        CheckpointStore zombie = locked();
        zombie.save(weights(1), 10);
        loseLocks();
        try (CheckpointStore heir = locked()) {
            assertEquals(10, heir.newest().orElseThrow().step());
            heir.save(weights(2), 20);
            UserError e = assertThrows(UserError.class, () -> zombie.save(weights(3), 15));
            assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode());
            assertTrue(e.getMessage().contains("lost to process " + ProcessHandle.current().pid()), e.getMessage());
            assertEquals(20, heir.newest().orElseThrow().step());
            zombie.close();
            heir.save(weights(4), 30);
            assertEquals(30, heir.newest().orElseThrow().step());
        }
    }

    @Test
    void whoseLockWasRemovedWritesNoMore() throws IOException {
        try (CheckpointStore store = locked()) {
            loseLocks();
            assertThrows(UserError.class, () -> store.save(weights(1), 10));
            assertTrue(store.newest().isEmpty());
        }
    }

    @Test
    void whatAKilledOwnerLeftHalfWrittenIsRemovedByTheNext() throws IOException {
        try (CheckpointStore store = locked()) {
            store.save(weights(1), 10);
        }
        for (String left : new String[] {"next-1.safetensors", ".next-1.safetensors.part"}) {
            Files.writeString(folder.resolve("key").resolve(left), "half");
        }
        try (CheckpointStore store = locked()) {
            assertEquals(10, store.newest().orElseThrow().step());
            assertFalse(Arrays.stream(folder.resolve("key").toFile().list()).anyMatch(name -> name.contains("next")));
        }
    }

    @Test
    void afterAKillBetweenTwoRenamesBothNamesHoldTheStateAndTheNextIsSavedBesideIt() throws IOException {
        try (CheckpointStore store = locked()) {
            store.save(weights(1), 10);
            Files.createLink(folder.resolve("key/checkpoint.previous.safetensors"), store.newestFile());
            store.save(weights(2), 20);
            assertEquals(20, store.newest().orElseThrow().step());
            assertEquals(10, store.at(10).step());
            assertFalse(Arrays.stream(folder.resolve("key").toFile().list()).anyMatch(name -> name.contains("next")));
        }
    }

    @Test
    void aDamagedStateIsLeftOutForTheOneBeforeIt() throws IOException {
        try (CheckpointStore store = locked()) {
            store.save(weights(1), 10);
            store.save(weights(2), 20);
            Path newest = store.newestFile();
            byte[] bytes = Files.readAllBytes(newest);
            bytes[bytes.length - 1] ^= 1;
            Files.write(newest, bytes);
            assertEquals(10, store.newest().orElseThrow().step());
        }
    }
}
