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
}
