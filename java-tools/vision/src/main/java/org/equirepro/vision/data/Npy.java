package org.equirepro.vision.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.UserError;

/**
 * A NumPy array file (.npy, format versions 1 to 3): little-endian float32, float64, int32, int64, uint8 or text
 * ({@code <U}), of any shape in C order.
 */
final class Npy {

    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");

    private final Path file;
    private final String type;
    private final int[] shape;
    private final ByteBuffer data;

    private Npy(Path file, String type, int[] shape, ByteBuffer data) {
        this.file = file;
        this.type = type;
        this.shape = shape;
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
        if (header.group(2).equals("True") && shape.length > 1) {
            throw UserError.badData(file, "is in Fortran order, which is not read; save it with numpy.ascontiguousarray");
        }
        String type = header.group(1);
        long count = 1;
        for (int n : shape) {
            count *= n;
        }
        ByteBuffer data = in.position(start + length).slice().order(ByteOrder.LITTLE_ENDIAN);
        if (count * width(file, type) != data.remaining()) {
            throw UserError.badData(file, "corrupt or truncated: " + data.remaining() + " bytes for " + count
                    + " elements of type " + type);
        }
        return new Npy(file, type, shape, data);
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

    private static int width(Path file, String type) {
        return switch (type) {
            case "<f4", "<i4" -> 4;
            case "<f8", "<i8" -> 8;
            case "|u1" -> 1;
            default -> {
                if (type.matches("<U[0-9]{1,6}")) {
                    yield 4 * Integer.parseInt(type.substring(2));
                }
                throw UserError.badData(file, "NumPy type " + type + " is not read; save it as float, int64 or text");
            }
        };
    }

    int[] shape() {
        return shape.clone();
    }

    int size() {
        int size = 1;
        for (int n : shape) {
            size *= n;
        }
        return size;
    }

    /** Elements of a numeric array. */
    double[] doubles() {
        double[] values = new double[size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case "<f4" -> data.getFloat(4 * i);
                case "<f8" -> data.getDouble(8 * i);
                case "<i4" -> data.getInt(4 * i);
                case "<i8" -> data.getLong(8 * i);
                case "|u1" -> data.get(i) & 0xFF;
                default -> throw UserError.badData(file, "holds " + type + " where numbers are needed");
            };
        }
        return values;
    }

    /** Elements of an integer array. */
    long[] longs() {
        if (type.equals("<f4") || type.equals("<f8")) {
            throw UserError.badData(file, "holds " + type + " where whole numbers are needed");
        }
        if (type.equals("<i8")) {
            long[] values = new long[size()];
            data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
            return values;
        }
        double[] wide = doubles();
        long[] values = new long[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (long) wide[i];
        }
        return values;
    }

    /** Elements of a text array, without the padding of zeros. */
    String[] strings() {
        if (!type.startsWith("<U")) {
            throw UserError.badData(file, "holds " + type + " where texts are needed");
        }
        int width = Integer.parseInt(type.substring(2));
        String[] values = new String[size()];
        for (int i = 0; i < values.length; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = 0; k < width; k++) {
                int point = data.getInt(4 * (i * width + k));
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
