package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {

    @TempDir
    Path folder;

    @Test
    void aFailedWriterLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFiles.writeText(file, "old");
        UserError e = assertThrows(UserError.class, () -> AtomicFiles.write(file, out -> {
            out.write('n');
            throw new IOException("disk full");
        }));
        assertTrue(e.getMessage().contains("a.txt") && e.getMessage().contains("disk full"), e.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(1, entries());
    }

    @Test
    void aFailedFolderIsAbsent() throws IOException {
        Path target = folder.resolve("out");
        assertThrows(IllegalStateException.class, () -> AtomicFiles.writeFolder(target, part -> {
            Files.writeString(part.resolve("half"), "x");
            throw new IllegalStateException("stop");
        }));
        assertEquals(0, entries());
        AtomicFiles.writeFolder(target, part -> Files.writeString(part.resolve("whole"), "x"));
        assertEquals("x", Files.readString(target.resolve("whole")));
    }

    @Test
    void whatAKilledWriterLeftIsRemoved() throws IOException {
        Path left = Files.createDirectories(folder.resolve(".out.part"));
        Files.writeString(left.resolve("half"), "x");
        AtomicFiles.writeFolder(folder.resolve("out"), part -> Files.writeString(part.resolve("whole"), "x"));
        assertFalse(Files.exists(folder.resolve("out/half")));
        assertEquals(1, entries());
    }

    @Test
    void anExistingFolderIsRefused() throws IOException {
        Path target = Files.createDirectory(folder.resolve("out"));
        UserError e = assertThrows(UserError.class, () -> AtomicFiles.writeFolder(target, part -> { }));
        assertTrue(e.getMessage().contains("exists already"), e.getMessage());
        assertTrue(Files.exists(target));
    }

    @Test
    void linksAreRemovedNotFollowed() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        AtomicFiles.deleteTree(tree);
        assertTrue(Files.exists(kept));
        assertFalse(Files.exists(tree));
    }

    private long entries() throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
