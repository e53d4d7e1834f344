package org.equirepro.vision.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.UserError;

/**
 * A NumPy array file (.npy, format versions 1 to 3): real and whole numbers of 1 to 8 bytes, truth values or text ({@code U}), of
 * any shape, byte order and order of the axes. Elements are given in C order.
 */
final class Npy {

    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");
    private static final Pattern TYPE = Pattern.compile("[<>|=]?(f4|f8|i1|i2|i4|i8|u1|u2|u4|b1|U[1-9][0-9]{0,5})");

    private final Path file;
    private final String type;
    private final int[] shape;
    private final boolean fortran;
    private final ByteBuffer data;

    private Npy(Path file, String type, int[] shape, boolean fortran, ByteBuffer data) {
        this.file = file;
        this.type = type;
        this.shape = shape;
        this.fortran = fortran;
        this.data = data;
    }

    /**
     * Reads the header and checks the length.
     *
     * @param file for errors
     * @throws UserError if the bytes are no such array
     */
    static Npy read(Path file, byte[] bytes) {
        if (bytes.length < 10 || (bytes[0] & 0xFF) != 0x93 || !ascii(bytes, 1, 5).equals("NUMPY")) {
            throw UserError.badData(file, "is not a NumPy array file");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int version = bytes[6];
        int start = version == 1 ? 10 : 12;
        int length = version == 1 ? in.getShort(8) & 0xFFFF : bytes.length < 12 ? -1 : in.getInt(8);
        if (version < 1 || version > 3 || length < 0 || length > bytes.length - start) {
            throw UserError.badData(file, "corrupt or truncated NumPy header");
        }
        Matcher header = HEADER.matcher(ascii(bytes, start, length));
        if (!header.matches()) {
            throw UserError.badData(file, "NumPy header is not understood: " + ascii(bytes, start, length).strip());
        }
        int[] shape = shape(file, header.group(3));
        Matcher type = TYPE.matcher(header.group(1));
        if (!type.matches()) {
            throw UserError.badData(file, "NumPy type " + header.group(1) + " is not read; save it as float, int64 or text");
        }
        ByteBuffer data = in.position(start + length).slice()
                .order(header.group(1).startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (bytes(shape, width(type.group(1)), data.remaining()) != data.remaining()) {
            throw UserError.badData(file, "corrupt or truncated: " + data.remaining() + " bytes for shape (" + header.group(3)
                    + ") of type " + header.group(1));
        }
        return new Npy(file, type.group(1), shape, header.group(2).equals("True"), data);
    }

    /** Bytes of an array, or -1 if they are more than {@code most}. */
    private static long bytes(int[] shape, int width, int most) {
        long bytes = width;
        for (int n : shape) {
            bytes = n == 0 ? 0 : bytes;
        }
        for (int n : shape) {
            bytes = bytes < 0 || bytes * n > most ? -1 : bytes * n;
        }
        return bytes;
    }

    private static String ascii(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    private static int[] shape(Path file, String text) {
        try {
            String[] parts = text.replace(" ", "").isEmpty() ? new String[0] : text.replace(" ", "").split(",");
            int[] shape = new int[parts.length];
            for (int i = 0; i < parts.length; i++) {
                shape[i] = Integer.parseInt(parts[i]);
            }
            return shape;
        } catch (NumberFormatException e) {
            throw UserError.badData(file, "NumPy shape is not understood: (" + text + ")", e);
        }
    }

    private static int width(String type) {
        int digits = Integer.parseInt(type.substring(1));
        return type.startsWith("U") ? 4 * digits : digits;
    }

    int[] shape() {
        return shape.clone();
    }

    int size() {
        return data.capacity() / width(type);
    }

    /** Where the i-th element in C order lies among the elements of the file. */
    private int place(int i) {
        if (!fortran) {
            return i;
        }
        int place = 0;
        int stride = size();
        for (int axis = shape.length - 1, left = i; axis >= 0; axis--) { // in the file the first axis varies fastest
            stride /= shape[axis];
            place += left % shape[axis] * stride;
            left /= shape[axis];
        }
        return place;
    }

    /** Elements of a numeric array. */
    double[] doubles() {
        double[] values = new double[size()];
        for (int i = 0; i < values.length; i++) {
            int at = place(i) * width(type);
            values[i] = switch (type) {
                case "f4" -> data.getFloat(at);
                case "f8" -> data.getDouble(at);
                default -> whole(at);
            };
        }
        return values;
    }

    /** Elements of an integer array. */
    long[] longs() {
        long[] values = new long[size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = whole(place(i) * width(type));
        }
        return values;
    }

    private long whole(int at) {
        return switch (type) {
            case "i1" -> data.get(at);
            case "u1", "b1" -> data.get(at) & 0xFF;
            case "i2" -> data.getShort(at);
            case "u2" -> data.getShort(at) & 0xFFFF;
            case "i4" -> data.getInt(at);
            case "u4" -> data.getInt(at) & 0xFFFFFFFFL;
            case "i8" -> data.getLong(at);
            default -> throw UserError.badData(file, "holds " + type + " where whole numbers are needed");
        };
    }

    /** Elements of a text array, without the padding of zeros. */
    String[] strings() {
        if (!type.startsWith("U")) {
            throw UserError.badData(file, "holds " + type + " where texts are needed");
        }
        String[] values = new String[size()];
        for (int i = 0; i < values.length; i++) {
            StringBuilder text = new StringBuilder();
            int start = place(i) * width(type);
            for (int at = start; at < start + width(type); at += 4) {
                int point = data.getInt(at);
                if (!Character.isValidCodePoint(point)) {
                    throw UserError.badData(file, "corrupt: element " + i + " is not text");
                }
                if (point != 0) {
                    text.appendCodePoint(point);
                }
            }
            values[i] = text.toString();
        }
        return values;
    }
}
