package org.equirepro.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeSetTest {

    private static final long SMALL = 8 << 20;

    @TempDir
    Path folder;

    @Test
    void theFolderThatMavenUnpackedIsTheSetOfItsName() throws IOException {
        Path unpacked = Path.of(System.getenv("PYTORCH_LIBRARY_PATH"));
        NativeSet set = NativeSet.named(unpacked.getFileName().toString());
        assertEquals(System.getenv("PYTORCH_VERSION"), set.libtorch());
        assertEquals(List.of(), set.problems(unpacked, SMALL));
    }

    @Test
    void everySetHoldsTheJniLibraryOfItsVersionAndFlavour() {
        for (String name : NativeSet.NAMES) {
            NativeSet set = NativeSet.named(name);
            assertTrue(set.jars().get(0).path().contains("native-" + set.flavour() + "/" + set.libtorch() + "/"), name);
            assertTrue(set.jars().get(1).path().contains("pytorch-jni/" + set.libtorch() + "-"), name);
            assertEquals("jnilib/linux-x86_64/" + set.flavour() + "/", set.jars().get(1).folder());
        }
    }

    /** DJL loads every library of the folder itself, and this one needs a driver. */
    @Test
    void theCudaSetKeepsWhatNeedsADriverInAFolderOfItsOwn() {
        NativeSet.named("cu124").files().forEach(file ->
                assertEquals(file.name().contains("nvrtc"), file.name().startsWith("nvrtc/"), file.name()));
    }

    @Test
    void missingCutAndChangedFilesAreNamed() throws IOException {
        NativeSet.Library a = new NativeSet.Library("a.so", "a.so", 3, "00");
        NativeSet.Library b = new NativeSet.Library("b.so", "b.so", 3, "00");
        NativeSet.Library c = new NativeSet.Library("c.so", "c.so", 3, "00");
        NativeSet set = new NativeSet("x", "1", "cpu", List.of(new NativeSet.Jar("p", 1, "00", "f/", List.of(a, b, c))));
        Files.writeString(folder.resolve("b.so"), "12");
        Files.writeString(folder.resolve("c.so"), "123");
        assertEquals(List.of("a.so is missing", "b.so has 2 bytes instead of 3", "c.so has other contents (SHA-256)"),
                set.problems(folder, SMALL));
        UserError e = assertThrows(UserError.class, () -> NativeSets.check(set, folder));
        assertTrue(e.getMessage().contains("bin/reproduce --build-only"), e.getMessage());
    }
}
