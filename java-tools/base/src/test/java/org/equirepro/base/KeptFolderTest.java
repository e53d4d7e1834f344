package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFolderTest {

    @TempDir
    private Path folder;
    private Path made;

    @BeforeEach
    void make() throws IOException {
        made = folder.resolve("work/made");
        Files.createDirectories(made.resolve("pictures"));
        Files.writeString(made.resolve("result.csv"), "a,b\n");
        Files.writeString(made.resolve("pictures/1.txt"), "one");
    }

    @Test
    void whatWasKeptIsGivenAfterItsFirstPlaceIsGone() throws IOException {
        KeptFolder kept = KeptFolder.in(folder.resolve("store"), "key");
        assertFalse(kept.exists());
        kept.keep(made);
        AtomicFiles.deleteTree(folder.resolve("work"));

        Path out = folder.resolve("elsewhere/out");
        KeptFolder found = KeptFolder.in(folder.resolve("store"), "key");
        assertTrue(found.exists());
        found.giveTo(out);
        assertEquals("a,b\n", Files.readString(out.resolve("result.csv")));
        assertEquals("one", Files.readString(out.resolve("pictures/1.txt")));
        assertFalse(KeptFolder.in(folder.resolve("store"), "other key").exists());
    }

    @Test
    void theFirstOfTwoIsKept() throws IOException {
        KeptFolder kept = KeptFolder.in(folder.resolve("store"), "key");
        kept.keep(made);
        Path again = folder.resolve("again");
        Files.createDirectories(again);
        Files.writeString(again.resolve("result.csv"), "other\n");
        kept.keep(again);
        kept.giveTo(folder.resolve("out"));
        assertEquals("a,b\n", Files.readString(folder.resolve("out/result.csv")));
    }

    @Test
    void ofManyAtOnceOneIsKeptAndNothingElse() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path store = folder.resolve("store" + round);
            List<Callable<Void>> writers = Collections.nCopies(4, () -> {
                KeptFolder.in(store, "key").keep(made);
                return null;
            });
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                for (Future<Void> writer : threads.invokeAll(writers)) {
                    writer.get();
                }
            } finally {
                threads.shutdown();
            }
            assertArrayEquals(new String[] {"finished"}, store.resolve("key").toFile().list());
            assertEquals("one", Files.readString(store.resolve("key/finished/pictures/1.txt")));
        }
    }

    @Test
    void anOutputFolderThatIsThereIsNotOverwritten() {
        KeptFolder kept = KeptFolder.in(folder.resolve("store"), "key");
        kept.keep(made);
        assertThrows(UserError.class, () -> kept.giveTo(made));
    }

    @Test
    void withoutAStoreNothingIsFoundAndKept() {
        KeptFolder kept = KeptFolder.in(null, "key");
        kept.keep(made);
        assertFalse(kept.exists());
    }
}
