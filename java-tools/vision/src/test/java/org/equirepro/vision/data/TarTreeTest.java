package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarTreeTest {

    private static final ArchiveLimits SMALL = new ArchiveLimits(10, 1 << 20, 200);

    @TempDir
    private Path folder;

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("./train/a/1.png", TestData.png(1));
        files.put("train/b/" + "long-name-".repeat(15) + ".png", TestData.png(2));
        files.put("train/b/äöü.png", new byte[0]);
        files.put("z.bin", new byte[1536]);
        return files;
    }

    private UserError refused(String name, byte[] archive) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, archive);
        UserError error = assertThrows(UserError.class, () -> SourceTree.open(file, new Spool(folder, SMALL), Published.UNKNOWN));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith(file + ": "), error.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList(), "nothing is left behind");
        }
        Files.delete(file);
        return error;
    }

    @Test
    void readsPlainAndPackedArchivesAlike() throws IOException {
        Files.write(folder.resolve("a.tar"), TestData.tar(files()));
        Files.write(folder.resolve("a.tar.gz"), TestData.gzip(TestData.tar(files())));
        for (String name : List.of("a.tar", "a.tar.gz")) {
            try (SourceTree tree = SourceTree.open(folder.resolve(name), new Spool(folder, SMALL), Published.UNKNOWN)) {
                assertEquals(4, tree.files().size());
                for (Map.Entry<String, byte[]> file : files().entrySet()) {
                    assertArrayEquals(file.getValue(), tree.read(file.getKey().replace("./", "")), file.getKey());
                }
                assertEquals(name, tree.provenance().get("name"));
            }
        }
        try (var left = Files.list(folder)) {
            assertEquals(2, left.count(), "the unpacked form is gone");
        }
    }

    @Test
    void refusesArchivesThatEndEarly() throws IOException {
        byte[] tar = TestData.tar(files());
        byte[] packed = TestData.gzip(tar);
        for (int length : new int[] {0, 5, packed.length / 2, packed.length - 1}) {
            assertTrue(refused("cut.tar.gz", Arrays.copyOf(packed, length)).getMessage().contains("truncated"));
        }
        for (int length : new int[] {0, 300, 700, 1024, 1536}) {
            assertTrue(refused("cut.tar", Arrays.copyOf(tar, length)).getMessage().contains("truncated"), "at " + length);
        }
        refused("no.tar.gz", "<html>not found</html>".getBytes());
        packed[packed.length / 2] ^= 0x55;
        refused("damaged.tar.gz", packed);
    }

    @Test
    void refusesEntriesThatReachOutside() throws IOException {
        for (String name : List.of("/etc/passwd", "../up", "a/../../up", "C:/x", "a\\..\\b")) {
            byte[] tar = TestData.tar(out -> TestData.entry(out, name, new byte[3]));
            assertTrue(refused("bad.tar", tar).getMessage().contains("refused"), name);
        }
    }

    @Test
    void refusesLinksAndDevices() throws IOException {
        for (byte kind : new byte[] {TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_BLK,
                TarConstants.LF_FIFO}) {
            byte[] tar = TestData.tar(out -> {
                TarArchiveEntry entry = new TarArchiveEntry("train/a/1.png", kind);
                entry.setLinkName("/etc/passwd");
                out.putArchiveEntry(entry);
                out.closeArchiveEntry();
            });
            assertTrue(refused("link.tar", tar).getMessage().contains("refused"), "kind " + kind);
        }
    }

    @Test
    void refusesNamesTwiceAndBombs() throws IOException {
        assertTrue(refused("twice.tar", TestData.tar(out -> {
            TestData.entry(out, "a", new byte[3]);
            TestData.entry(out, "./a", new byte[3]);
        })).getMessage().contains("twice"));
        assertTrue(refused("many.tar", TestData.tar(out -> {
            for (int i = 0; i < 11; i++) {
                TestData.entry(out, "f" + i, new byte[0]);
            }
        })).getMessage().contains("bomb"));
        byte[] large = TestData.tar(out -> TestData.entry(out, "zeros", new byte[2 << 20]));
        assertTrue(refused("large.tar.gz", TestData.gzip(large)).getMessage().contains("bomb"));
        assertTrue(refused("large.tar", large).getMessage().contains("bomb"));
    }

    @Test
    void refusesARatioThatNoDataSetHas() throws IOException {
        Path file = folder.resolve("ratio.tar.gz");
        Files.write(file, TestData.gzip(TestData.tar(out -> TestData.entry(out, "zeros", new byte[70 << 20]))));
        UserError error = assertThrows(UserError.class, () -> SourceTree.open(file, folder));
        assertTrue(error.getMessage().contains("times its size"), error.getMessage());
    }

    @Test
    void namesAMissingSource() {
        UserError error = assertThrows(UserError.class, () -> SourceTree.open(folder.resolve("none.tar"), folder));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
    }
}
