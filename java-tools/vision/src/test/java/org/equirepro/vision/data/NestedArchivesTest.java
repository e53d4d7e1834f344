package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip archives, archives in archives, and what of them is refused. */
final class NestedArchivesTest {

    private static final ArchiveLimits SMALL = new ArchiveLimits(10, 1 << 20, 200);

    @TempDir
    private Path folder;

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("a/1.png", TestData.png(1));
        files.put("a/2.png", TestData.png(2));
        files.put("b.txt", new byte[5000]);
        return files;
    }

    private SourceTree open(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
        return SourceTree.open(folder.resolve(name), new Spool(folder, SMALL), Published.UNKNOWN);
    }

    private void assertFiles(SourceTree tree) throws IOException {
        assertEquals(List.copyOf(files().keySet()), tree.files());
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            assertArrayEquals(file.getValue(), tree.read(file.getKey()));
            try (var in = tree.stream(file.getKey())) {
                assertArrayEquals(file.getValue(), in.readAllBytes());
            }
        }
    }

    @Test
    void everyArchiveIsReadAloneAndInEveryOther() throws IOException {
        List<String> endings = List.of(".tar", ".tar.gz", ".tgz", ".zip");
        for (String inner : endings) {
            for (String outer : endings) {
                byte[] within = Layout.pack("x" + inner, files());
                try (SourceTree tree = open("outer" + outer, Layout.pack("x" + outer, Map.of("sub/in" + inner, within, "c", new byte[3])));
                        SourceTree nested = tree.nested("sub/in" + inner, new Spool(folder, SMALL), Published.UNKNOWN)) {
                    assertFiles(nested);
                }
                assertEquals(List.of("outer" + outer), names(), "nothing temporary is left");
                Files.delete(folder.resolve("outer" + outer));
            }
            try (SourceTree alone = open("alone" + inner, Layout.pack("x" + inner, files()))) {
                assertFiles(alone);
            }
            Files.delete(folder.resolve("alone" + inner));
        }
    }

    private List<String> names() throws IOException {
        try (var left = Files.list(folder)) {
            return left.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private UserError refused(String name, byte[] archive, String part) throws IOException {
        UserError error = assertThrows(UserError.class, () -> {
            try (SourceTree tree = open(name, archive)) {
                for (String file : tree.files()) {
                    if (Archives.isArchive(file)) {
                        tree.nested(file, new Spool(folder, SMALL), Published.UNKNOWN).close();
                    }
                    tree.read(file);
                }
            } catch (IOException e) {
                throw UserError.badData(folder.resolve(name), e.getMessage(), e);
            }
        });
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith(folder.resolve(name).toString()) && error.getMessage().contains(part),
                error.getMessage());
        assertEquals(List.of(name), names(), "nothing is left behind");
        Files.delete(folder.resolve(name));
        return error;
    }

    private static byte[] zip(String name, int mode, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            ZipArchiveEntry entry = new ZipArchiveEntry(name);
            if (mode != 0) {
                entry.setUnixMode(mode);
            }
            zip.putArchiveEntry(entry);
            zip.write(bytes);
            zip.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    @Test
    void zipsWithLinksDevicesAndPathsThatReachOutsideAreRefused() throws IOException {
        refused("link.zip", zip("train/1.png", 0120777, "/etc/passwd".getBytes()), "link or a device");
        refused("device.zip", zip("train/1.png", 0020666, new byte[0]), "link or a device");
        for (String name : List.of("/etc/passwd", "../up", "a/../../up", "C:/x")) {
            refused("path.zip", zip(name, 0, new byte[3]), "refused");
        }
    }

    @Test
    void damagedAndCutZipsAreRefused() throws IOException {
        byte[] whole = Layout.pack("x.zip", files());
        for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
            refused("cut.zip", Arrays.copyOf(whole, length), "fetch it again");
        }
        byte[] bad = whole.clone();
        bad[45] ^= 0x11; // in the first picture
        refused("bad.zip", bad, "bad.zip");
    }

    @Test
    void bombsAreRefusedAtEveryDepth() throws IOException {
        byte[] zeros = new byte[2 << 20];
        refused("large.zip", zip("zeros", 0, zeros), "bomb");
        byte[] many = TestData.tar(out -> {
            for (int i = 0; i < 11; i++) {
                TestData.entry(out, "f" + i, new byte[0]);
            }
        });
        refused("many-within.zip", zip("in.tar.gz", 0, TestData.gzip(many)), "bomb");
        refused("large-within.tar", Layout.pack("x.tar", Map.of("in.tgz", TestData.gzip(TestData.tar(Map.of("zeros", zeros))))), "bomb");
        byte[] tar = TestData.tar(files());
        refused("cut-within.tar", Layout.pack("x.tar", Map.of("in.tar", Arrays.copyOf(tar, 1536))), "truncated");
    }

    @Test
    void aZipThatClaimsTooManyBytesIsABomb() throws IOException {
        Files.write(folder.resolve("ratio.zip"), zip("zeros", 0, new byte[70 << 20]));
        UserError error = assertThrows(UserError.class, () -> SourceTree.open(folder.resolve("ratio.zip"), folder));
        assertTrue(error.getMessage().contains("times its size"), error.getMessage());
    }

    @Test
    void whatLiesUnpackedIsPreferredAndNoArchiveIsOpenedForIt() throws IOException {
        Map<String, byte[]> both = new TreeMap<>(Layouts.food101().unpacked());
        both.put("food-101.tar.gz", "not an archive".getBytes());
        Settings config = Settings.parseJson("c", "{\"kind\":\"food101\",\"subset\":true}");
        Path root = Layout.write(folder.resolve("both"), both);
        try (Source source = Source.open(config, root, folder)) {
            assertEquals(4, source.part("images/([^/]+/[^/]+)\\.jpg", "food-101\\.tar\\.gz").names().size());
            assertEquals(Map.of("form", "folder"), source.provenance());
        }
        TestData.put(root, "copy/images/apple_pie/1.jpg", TestData.png(1));
        try (Source source = Source.open(config, root, folder)) {
            UserError error = assertThrows(UserError.class, () -> source.part("images/([^/]+/[^/]+)\\.jpg"));
            assertTrue(error.getMessage().contains("is there a second time, beside"), error.getMessage());
            assertEquals(ExitCode.MISSING_INPUT, assertThrows(UserError.class, () -> source.part("pictures/([^/]+)")).exitCode());
        }
    }
}
