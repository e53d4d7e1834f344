package org.equirepro.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafeTensorsTest {

    @TempDir
    Path folder;

    private Path written() {
        Path file = folder.resolve("t.safetensors");
        TreeMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        tensors.put("b", SafeTensors.Tensor.of(new float[] {1.5f, -2, 3}, 3));
        tensors.put("a", SafeTensors.Tensor.of(new float[] {4, 5, 6, 7}, 2, 2));
        SafeTensors.write(file, tensors, new TreeMap<>(Map.of("k", "v")));
        return file;
    }

    @Test
    void whatIsWrittenIsReadBack() {
        SafeTensors file = SafeTensors.open(written());
        assertEquals("[a, b]", file.names().toString());
        assertArrayEquals(new float[] {1.5f, -2, 3}, file.floats("b"));
        assertArrayEquals(new long[] {2, 2}, file.shape("a"));
        assertEquals("v", file.metadata().get("k"));
    }

    @Test
    void equalContentsGiveEqualFiles() throws Exception {
        byte[] first = Files.readAllBytes(written());
        assertArrayEquals(first, Files.readAllBytes(written()));
    }

    @Test
    void aCutFileIsNamedAtEveryLength() throws Exception {
        byte[] whole = Files.readAllBytes(written());
        for (int length = 0; length < whole.length; length += 3) {
            Path cut = folder.resolve("cut.safetensors");
            Files.write(cut, Arrays.copyOf(whole, length));
            UserError e = assertThrows(UserError.class, () -> SafeTensors.open(cut), "length " + length);
            assertTrue(e.getMessage().contains("cut.safetensors"), e.getMessage());
        }
    }

    @Test
    void holesOverlapsAndWrongSizesAreRefused() throws Exception {
        for (String header : new String[] {
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
            "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}"}) {
            byte[] json = header.getBytes(StandardCharsets.UTF_8);
            ByteBuffer file = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(json.length).put(json);
            Path path = folder.resolve("odd.safetensors");
            Files.write(path, file.array());
            UserError e = assertThrows(UserError.class, () -> SafeTensors.open(path), header);
            assertEquals(ExitCode.BAD_DATA, e.exitCode());
        }
    }

    @Test
    void halfPrecisionIsWidened() throws Exception {
        byte[] json = "{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        for (int bits : new int[] {0x3C00, 0xC000, 0x0001, 0x7C00}) {
            file.putShort((short) bits);
        }
        Path path = folder.resolve("half.safetensors");
        Files.write(path, file.array());
        assertArrayEquals(new float[] {1, -2, 0x1p-24f, Float.POSITIVE_INFINITY}, SafeTensors.open(path).floats("a"));
    }

    private static Path withHeader(Path path, String header, int dataBytes) throws Exception {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(path, file.putLong(json.length).put(json).array());
        return path;
    }

    @Test
    void whatTheFormatDoesNotAllowIsRefused() throws Exception {
        for (String header : new String[] {
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8],\"more\":1}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8.0],\"data_offsets\":[0,8]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,0]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}} {}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[0,7]}}",
            "{\"__metadata__\":{\"k\":1},\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}",
            "[8]", " {}", "{\"a\":" + "[".repeat(5000)}) {
            Path path = withHeader(folder.resolve("odd.safetensors"), header, 8);
            UserError e = assertThrows(UserError.class, () -> SafeTensors.open(path), header);
            assertEquals(ExitCode.BAD_DATA, e.exitCode());
        }
    }

    @Test
    void anyChangeOfTheHeaderIsReadOrRefused() throws Exception {
        byte[] whole = Files.readAllBytes(written());
        java.util.Random random = new java.util.Random(3);
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            Path file = folder.resolve("fuzz.safetensors");
            Files.write(file, PthFileTest.mutated(whole, random));
            try {
                SafeTensors open = SafeTensors.open(file);
                open.names().forEach(open::doubles);
            } catch (UserError e) {
                refused++;
                assertEquals(ExitCode.BAD_DATA, e.exitCode());
            }
        }
        assertTrue(refused > 2000, refused + " refused");
    }

    @Test
    void aChangedByteIsFoundOnDemand() throws Exception {
        Path path = written();
        assertTrue(SafeTensors.open(path).verify());
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 1] ^= 1;
        Files.write(path, bytes);
        UserError e = assertThrows(UserError.class, () -> SafeTensors.open(path).verify());
        assertTrue(e.exitCode() == ExitCode.BAD_DATA && e.getMessage().contains("SHA-256"), e.getMessage());
        assertEquals("{k=v}", SafeTensors.open(path).metadata().toString());
    }

    @Test
    void everyTypeKeepsItsValues() {
        TreeMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        for (SafeTensors.Type type : SafeTensors.Type.values()) {
            ByteBuffer one = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            switch (type) {
                case F64 -> one.putDouble(0, 1);
                case F32 -> one.putFloat(0, 1);
                case F16 -> one.putShort(0, (short) 0x3C00);
                case BF16 -> one.putShort(0, (short) 0x3F80);
                default -> one.put(0, (byte) 1);
            }
            tensors.put(type.name(), new SafeTensors.Tensor(type, new long[0], Content.of(one)));
        }
        ByteBuffer large = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, (1L << 60) + 1);
        tensors.put("large", new SafeTensors.Tensor(SafeTensors.Type.I64, new long[] {1}, Content.of(large)));
        Path path = folder.resolve("types.safetensors");
        SafeTensors.write(path, tensors, new TreeMap<>());
        SafeTensors file = SafeTensors.open(path);
        for (SafeTensors.Type type : SafeTensors.Type.values()) {
            assertArrayEquals(new double[] {1}, file.doubles(type.name()), type.name());
            assertEquals(type, file.entry(type.name()).type());
        }
        assertArrayEquals(new long[] {(1L << 60) + 1}, file.longs("large"));
    }

    @Test
    void aTensorBeyondTwoGigabytesIsReadWithoutTheHeap() throws Exception {
        long count = 5L << 30;
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + count + "],\"data_offsets\":[0," + count + "]}}";
        Path path = withHeader(folder.resolve("sparse.safetensors"), header, 0);
        try (var channel = java.nio.channels.FileChannel.open(path, java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {42}), channel.size() + count - 1); // a hole of 5 GiB, then the last byte
        }
        SafeTensors file = SafeTensors.open(path);
        long before = heap();
        long[] seen = {0, 0};
        file.tensor("a").content().writeTo(chunk -> {
            seen[0] += chunk.remaining();
            seen[1] = chunk.get(chunk.limit() - 1);
        });
        assertArrayEquals(new long[] {count, 42}, seen);
        assertTrue(heap() - before < 20 << 20, "heap grew by " + (heap() - before));
        assertThrows(UserError.class, () -> file.bytes("a"));
        assertThrows(UserError.class, () -> file.floats("a"));
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
