package org.equirepro.vision.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.equirepro.base.Draws;

/** Damages bytes as bad disks, cut downloads and attackers do. Everything is fixed by the draws. */
final class Mutations {

    private static final int BLOCK = 512;
    private static final int[] LENGTHS = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7FFFFFF0, 1 << 30, 1 << 24, 0x10000, 0};
    private static final List<String> PATHS = List.of("../x", "/etc/x", "..\\x", "C:/x", "a/../../x", "./../x", "\0x", "//x");
    private static final List<String> TEXTS = List.of("1e999", "-1", "99999999999999999999", "null", "[[[[[[[[", "{}", "\"", "0.5",
            "2147483647", "NaN", "[]", "true", "-0", "\\u0000", "1e8", "}]");

    private Mutations() {}

    /** One to four damages. {@code others} are inputs of the same form to take pieces from. */
    static byte[] of(byte[] seed, List<byte[]> others, boolean text, Draws draws) {
        byte[] bytes = seed.clone();
        int times = 1 + draws.below(4);
        for (int i = 0; i < times; i++) {
            bytes = once(bytes, others.get(draws.below(others.size())), text, draws);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, byte[] other, boolean text, Draws draws) {
        if (bytes.length < 8) {
            return spliced(bytes, bytes.length, bytes.length, other);
        }
        int at = draws.below(bytes.length);
        int length = Math.min(bytes.length - at, 1 + draws.below(draws.chance(0.5) ? 8 : 256));
        switch (draws.below(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << draws.below(8));
            case 1 -> bytes[at] = (byte) draws.below(256);
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> blowUp(bytes, Math.min(at, bytes.length - 4), draws);
            case 4 -> { // twice
                return spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            }
            case 5 -> { // cut out
                return spliced(bytes, at, at + length, new byte[0]);
            }
            case 6 -> { // a piece of another input
                int from = draws.below(Math.max(1, other.length));
                return spliced(bytes, at, at + length, Arrays.copyOfRange(other, from, Math.min(other.length, from + length)));
            }
            case 7 -> put(bytes, at, text ? TEXTS.get(draws.below(TEXTS.size())) : PATHS.get(draws.below(PATHS.size())));
            default -> {
                for (int i = at; i < at + length; i++) {
                    bytes[i] = (byte) draws.below(256);
                }
            }
        }
        return bytes;
    }

    /** A field of two or four bytes, of either order, says that something is huge. */
    private static void blowUp(byte[] bytes, int at, Draws draws) {
        int value = LENGTHS[draws.below(LENGTHS.length)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(draws.chance(0.5) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (draws.chance(0.5)) {
            buffer.putInt(at, value);
        } else {
            buffer.putShort(at, (short) value);
        }
    }

    private static void put(byte[] bytes, int at, String text) {
        byte[] put = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(put, 0, bytes, at, Math.min(put.length, bytes.length - at));
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
        return ByteBuffer.allocate(from + piece.length + bytes.length - to).put(bytes, 0, from).put(piece)
                .put(bytes, to, bytes.length - to).array();
    }

    /** Damages the header of a tar's entry, its name or its size before all, and makes its checksum right again. */
    static byte[] tarHeader(byte[] tar, Draws draws) {
        byte[] bytes = tar.clone();
        if (bytes.length < BLOCK) {
            return bytes;
        }
        int header = draws.below(bytes.length / BLOCK) * BLOCK;
        switch (draws.below(4)) {
            case 0 -> put(bytes, header, PATHS.get(draws.below(PATHS.size())) + "\0");
            case 1 -> put(bytes, header + 124, List.of("77777777777", "00000000000", "-0000000001", "00000100000", "\u0080\0\0\0\377\377\377\377\377\377\377")
                    .get(draws.below(5)));
            case 2 -> bytes[header + 156] = (byte) "0123456789xgLKSDV\0".charAt(draws.below(18));
            default -> bytes[header + draws.below(BLOCK)] = (byte) draws.below(256);
        }
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : bytes[header + i] & 0xFF;
        }
        put(bytes, header + 148, String.format("%06o\0 ", sum));
        return bytes;
    }

    /** Damages a chunk of a PNG and makes its checksum right again. */
    static byte[] pngChunk(byte[] png, Draws draws) {
        byte[] bytes = png.clone();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = 8;
        for (int skip = draws.below(4); skip > 0 && at + 12 + buffer.getInt(at) < bytes.length - 12; skip--) {
            at += 12 + buffer.getInt(at);
        }
        int length = buffer.getInt(at);
        if (length == 0) {
            return bytes;
        }
        int place = at + 8 + draws.below(length);
        if (draws.chance(0.3) && length >= 4) {
            buffer.putInt(at + 8 + draws.below(length - 3), LENGTHS[draws.below(LENGTHS.length)]);
        } else {
            bytes[place] = (byte) draws.below(256);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes, at + 4, length + 4);
        buffer.putInt(at + 8 + length, (int) crc.getValue());
        return bytes;
    }
}
