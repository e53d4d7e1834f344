package org.equirepro.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PthFileTest {

    @TempDir
    Path folder;

    /** {"model": {"w": 2 x 3, "wt": its transpose, "row": its second row}, "args": Namespace(lr=1)}. */
    private static PthWriter checkpoint() {
        PthWriter w = new PthWriter().storage("0", PthWriter.floats(0, 1, 2, 3, 4, 5), 6);
        w.op('}', '(').text("model").global("collections", "OrderedDict").op(')', 'R', '(');
        w.text("w").tensor("FloatStorage", "0", 0, new int[] {2, 3}, new int[] {3, 1});
        w.text("wt").tensor("FloatStorage", "0", 0, new int[] {3, 2}, new int[] {1, 3});
        w.text("row").tensor("FloatStorage", "0", 3, new int[] {3}, new int[] {1});
        w.op('u').text("args").global("argparse", "Namespace").op(')', 0x81, '}').text("lr").number(1).op('s', 'b');
        return w.op('u');
    }

    private float[] read(Path file, String section, String name) {
        SafeTensors.Tensor tensor = PthFile.open(file).tensors(section).get(name).tensor();
        TreeMap<String, SafeTensors.Tensor> one = new TreeMap<>(Map.of("t", tensor));
        Path out = folder.resolve("read.safetensors");
        SafeTensors.write(out, one, new TreeMap<>());
        return SafeTensors.open(out).floats("t");
    }

    private void checkViews(Path file) {
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, read(file, "model", "w"));
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, read(file, "model", "wt"));
        assertArrayEquals(new float[] {3, 4, 5}, read(file, "model", "row"));
        assertEquals("[model]", PthFile.open(file).sections().toString());
    }

    @Test
    void viewsOfOneStorageAreReadFromBothFormats() throws IOException {
        Path zip = folder.resolve("zip.pth");
        checkpoint().zip(zip);
        checkViews(zip);
        Path stream = folder.resolve("stream.pth");
        checkpoint().stream(stream);
        checkViews(stream);
    }

    @Test
    void anUnknownFunctionIsNeverCalledAndRefusedOnlyWhereItsResultIsNeeded() throws IOException {
        Path touched = folder.resolve("touched");
        PthWriter w = new PthWriter().storage("0", PthWriter.floats(7), 1).op('}', '(');
        w.text("evil").global("os", "system").op('(').text("touch " + touched).op('t', 'R');
        w.text("good").tensor("FloatStorage", "0", 0, new int[] {1}, new int[] {1}).op('u');
        Path file = folder.resolve("evil.pth");
        w.zip(file);
        assertArrayEquals(new float[] {7}, read(file, "", "good"));
        assertTrue(PthFile.open(file).tensors("").get("evil").problem().contains("os.system"));
        assertFalse(Files.exists(touched));
    }

    @Test
    void aViewBeyondItsStorageIsNotRead() throws IOException {
        for (int[][] view : new int[][][] {{{2, 3}, {3, 2}}, {{1 << 30, 1 << 30, 1 << 30}, {0, 0, 0}}, {{1 << 30}, {0}}}) {
            PthWriter w = new PthWriter().storage("0", PthWriter.floats(0, 1, 2, 3, 4, 5), 6).op('}').text("w");
            w.tensor("FloatStorage", "0", 0, view[0], view[1]).op('s');
            Path file = folder.resolve("beyond.pth");
            w.zip(file);
            assertTrue(PthFile.open(file).tensors("").get("w").problem() != null, Arrays.deepToString(view));
        }
    }

    @Test
    void aChangedByteOfTheDataIsFound() throws IOException {
        Path file = folder.resolve("flipped.pth");
        checkpoint().zip(file);
        byte[] bytes = Files.readAllBytes(file);
        byte[] five = PthWriter.floats(4, 5);
        for (int i = 0; ; i++) {
            if (Arrays.equals(bytes, i, i + 8, five, 0, 8)) {
                bytes[i] ^= 1;
                break;
            }
        }
        Files.write(file, bytes);
        UserError e = assertThrows(UserError.class, () -> PthFile.open(file));
        assertTrue(e.getMessage().contains("CRC-32") && e.exitCode() == ExitCode.BAD_DATA, e.getMessage());
    }

    @Test
    void whateverIsDoneToACheckpointIsAnErrorOfTheUsersFile() throws IOException {
        Path whole = folder.resolve("whole.pth");
        checkpoint().zip(whole);
        Path stream = folder.resolve("stream.pth");
        checkpoint().stream(stream);
        byte[] pickle = checkpoint().pickle();
        Random random = new Random(5);
        Path file = folder.resolve("fuzz.pth");
        for (int i = 0; i < 3000; i++) {
            switch (i % 3) {
                case 0 -> PthWriter.zip(file, mutated(pickle, random), checkpoint().storages());
                case 1 -> Files.write(file, mutated(Files.readAllBytes(whole), random));
                default -> Files.write(file, mutated(Files.readAllBytes(stream), random));
            }
            try {
                for (PthFile.Source source : PthFile.open(file).tensors("model").values()) {
                    if (source.tensor() != null) {
                        source.tensor().content().writeTo(chunk -> assertTrue(chunk.remaining() <= 1 << 26));
                    }
                }
            } catch (UserError e) {
                assertEquals(ExitCode.BAD_DATA, e.exitCode());
            }
        }
    }

    static byte[] mutated(byte[] bytes, Random random) {
        byte[] changed = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes.clone();
        for (int n = random.nextInt(4); n >= 0 && changed.length > 0; n--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }

    private static final String PYTHON = """
            import sys, torch, argparse, collections
            w = torch.arange(24, dtype=torch.float32).reshape(4, 6)
            state = collections.OrderedDict(w=w, wt=w.t(), part=w[1:3, 2:5], half=w.half(), bf=w.bfloat16(), double=w.double(),
                                            ints=w.long(), parameter=torch.nn.Parameter(w), none=torch.zeros(0, 3))
            root = {'teacher': {'inner': state}, 'args': argparse.Namespace(lr=1.0, device=torch.device('cpu')), 'epoch': 3}
            torch.save(root, sys.argv[1] + '/zip.pth')
            torch.save(root, sys.argv[1] + '/legacy.pth', _use_new_zipfile_serialization=False)
            torch.save(root, sys.argv[1] + '/protocol4.pth', pickle_protocol=4)
            """;

    @Test
    void filesOfPyTorchItselfAreRead() throws Exception {
        Process python;
        try {
            python = new ProcessBuilder(System.getenv().getOrDefault("EQUIREPRO_PYTHON", "python3"), "-c", PYTHON, folder.toString()).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile()).start();
        } catch (IOException e) {
            System.out.println("NOTICE skipped: no python3");
            return;
        }
        if (!python.waitFor(60, TimeUnit.SECONDS) || python.exitValue() != 0) {
            python.destroyForcibly();
            System.out.println("NOTICE skipped: python3 has no torch; set EQUIREPRO_PYTHON to one that has");
            return;
        }
        float[] w = new float[24];
        float[] transposed = new float[24];
        for (int i = 0; i < 24; i++) {
            w[i] = i;
            transposed[i % 6 * 4 + i / 6] = i;
        }
        for (String name : new String[] {"zip.pth", "legacy.pth", "protocol4.pth"}) {
            Path file = folder.resolve(name);
            for (String same : new String[] {"w", "half", "bf", "double", "ints", "parameter"}) {
                assertArrayEquals(w, read(file, "teacher.inner", same), name + " " + same);
            }
            assertArrayEquals(transposed, read(file, "teacher.inner", "wt"), name);
            assertArrayEquals(new float[] {8, 9, 10, 14, 15, 16}, read(file, "teacher.inner", "part"), name);
            assertArrayEquals(new float[0], read(file, "teacher.inner", "none"), name);
        }
    }
}
