package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;

final class NpyTest {

    private static final Path FILE = Path.of("x.npy");

    private static byte[] npy(int version, String type, boolean fortran, String shape, byte[] data) {
        byte[] header = ("{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape
                + ", }   \n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate((version == 1 ? 10 : 12) + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version).put((byte) 0);
        if (version == 1) {
            out.putShort((short) header.length);
        } else {
            out.putInt(header.length);
        }
        return out.put(header).put(data).array();
    }

    private static byte[] shorts(ByteOrder order, int... values) {
        ByteBuffer data = ByteBuffer.allocate(2 * values.length).order(order);
        for (int v : values) {
            data.putShort((short) v);
        }
        return data.array();
    }

    @Test
    void readsEveryVersionAndByteOrder() {
        for (int version = 1; version <= 3; version++) {
            Npy little = Npy.read(FILE, npy(version, "<i2", false, "(2, 2)", shorts(ByteOrder.LITTLE_ENDIAN, 1, -2, 3, 4)));
            Npy big = Npy.read(FILE, npy(version, ">u2", false, "(4,)", shorts(ByteOrder.BIG_ENDIAN, 1, -2, 3, 4)));
            assertArrayEquals(new int[] {2, 2}, little.shape());
            assertArrayEquals(new long[] {1, -2, 3, 4}, little.longs());
            assertArrayEquals(new double[] {1, 65534, 3, 4}, big.doubles());
        }
        assertThrows(UserError.class, () -> Npy.read(FILE, npy(4, "<i2", false, "(0,)", new byte[0])));
    }

    @Test
    void elementsInFortranOrderComeInCOrder() {
        // a[i, j, k] = 100 i + 10 j + k of shape [2, 3, 2], the first axis fastest
        int[] file = {0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121};
        Npy array = Npy.read(FILE, npy(1, "<i2", true, "(2, 3, 2)", shorts(ByteOrder.LITTLE_ENDIAN, file)));
        assertArrayEquals(new long[] {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}, array.longs());
    }

    @Test
    void lengthsAreComparedWithTheBytesThatAreThere() {
        for (String shape : new String[] {"(2147483647, 2147483647)", "(65536, 65536)", "(4294967296,)", "(3,)",
            "(2147483647, 2147483647, 2147483647, 4)"}) {
            UserError error = assertThrows(UserError.class, () -> Npy.read(FILE, npy(1, "<f4", false, shape, new byte[16])));
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
            assertTrue(error.getMessage().startsWith("x.npy: "), error.getMessage());
        }
        assertEquals(0, Npy.read(FILE, npy(1, "<f4", false, "(0, 2147483647)", new byte[0])).doubles().length);
        for (String type : new String[] {"<U0", "|O", "<c8", "|S5", "<M8[ns]"}) {
            assertTrue(assertThrows(UserError.class, () -> Npy.read(FILE, npy(1, type, false, "(2147483647,)", new byte[0])))
                    .getMessage().contains("is not read"), type);
        }
        byte[] longHeader = npy(2, "<f4", false, "(4,)", new byte[16]);
        ByteBuffer.wrap(longHeader).order(ByteOrder.LITTLE_ENDIAN).putInt(8, Integer.MAX_VALUE);
        assertThrows(UserError.class, () -> Npy.read(FILE, longHeader));
    }

    @Test
    void textOfBothByteOrders() {
        byte[] little = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt('a').putInt(0x1F600).putInt('c').array();
        byte[] big = ByteBuffer.allocate(16).putInt('a').putInt(0x1F600).putInt('c').array();
        for (byte[] file : new byte[][] {npy(1, "<U2", false, "(2,)", little), npy(1, ">U2", false, "(2,)", big)}) {
            assertArrayEquals(new String[] {"a\uD83D\uDE00", "c"}, Npy.read(FILE, file).strings());
        }
        byte[] wrong = npy(1, "<U2", false, "(2,)", big);
        assertTrue(assertThrows(UserError.class, () -> Npy.read(FILE, wrong).strings()).getMessage().contains("is not text"));
    }
}
