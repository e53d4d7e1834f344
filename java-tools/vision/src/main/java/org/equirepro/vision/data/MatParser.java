package org.equirepro.vision.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.UserError;

/** Data elements and arrays of {@link Mat} files. Every length is compared with the bytes that are left before it is used. */
final class MatParser {

    private static final int DEEPEST = 64;
    private static final int MATRIX = 14;
    private static final int CELL = 1;
    private static final int STRUCT = 2;
    private static final int CHAR = 4;
    private static final int FIRST_NUMERIC = 6;
    private static final int LAST_NUMERIC = 15;
    private static final int COMPLEX = 0x800;

    /** A tagged stretch of bytes; {@code data} has the file's byte order. */
    record Element(int type, ByteBuffer data) {}

    private final Path file;

    MatParser(Path file) {
        this.file = file;
    }

    UserError damaged(String what) {
        return UserError.badData(file, "damaged or truncated: " + what);
    }

    /** The next element, with its padding. */
    Element element(ByteBuffer in) {
        try {
            int tag = in.getInt();
            boolean small = tag >>> 16 != 0;
            int type = small ? tag & 0xFFFF : tag;
            int length = small ? tag >>> 16 : in.getInt();
            int room = small ? 4 : in.remaining();
            if (length < 0 || length > room || length > in.remaining()) {
                throw damaged("an element of " + length + " bytes where " + in.remaining() + " are left");
            }
            ByteBuffer data = in.slice(in.position(), length).order(in.order());
            int padded = small ? 4 : type == 15 ? length : (length + 7) / 8 * 8; // compressed ones are not padded
            in.position(Math.min(in.limit(), in.position() + padded));
            return new Element(type, data);
        } catch (BufferUnderflowException e) {
            throw damaged("it ends in the middle of an element");
        }
    }

    /** An array: flags, dimensions, name, contents. */
    Mat.Value matrix(ByteBuffer in, int depth) {
        if (depth > DEEPEST) {
            throw damaged("arrays nested deeper than " + DEEPEST);
        }
        if (!in.hasRemaining()) {
            return MatValue.empty(file);
        }
        ByteBuffer head = element(in).data();
        if (head.remaining() < 8) {
            throw damaged("an array without flags");
        }
        int flags = head.getInt();
        int kind = flags & 0xFF;
        if (kind < CELL || kind > LAST_NUMERIC || kind == 3 || kind == 5) {
            return MatValue.unread(file, kind); // objects, sparse arrays, function handles
        }
        int count = count(element(in).data());
        String name = ascii(element(in).data());
        if (kind == CELL) {
            return MatValue.cells(file, name, elements(in, count, 1, depth));
        }
        if (kind == STRUCT) {
            List<String> fields = fieldNames(in);
            return MatValue.structs(file, name, count, fields, elements(in, count, fields.size(), depth));
        }
        if ((flags & COMPLEX) != 0) {
            throw UserError.badData(file, name + " is complex, which is not read");
        }
        Element data = count == 0 && !in.hasRemaining() ? new Element(2, in.slice()) : element(in);
        if (kind == CHAR) {
            return MatValue.text(file, name, text(data));
        }
        int width = width(data.type());
        if (kind < FIRST_NUMERIC || (long) count * width != data.data().remaining()) {
            throw damaged(name + " has " + count + " numbers in " + data.data().remaining() + " bytes");
        }
        return MatValue.numbers(file, name, count, data);
    }

    private int count(ByteBuffer dimensions) {
        long count = 1;
        if (dimensions.remaining() < 8) {
            throw damaged("an array without dimensions");
        }
        while (dimensions.remaining() >= 4) {
            int n = dimensions.getInt();
            count *= n;
            if (n < 0 || count > Integer.MAX_VALUE) {
                throw damaged("an array of impossible dimensions");
            }
        }
        return (int) count;
    }

    private List<String> fieldNames(ByteBuffer in) {
        ByteBuffer lengths = element(in).data();
        ByteBuffer names = element(in).data();
        int length = lengths.remaining() >= 4 ? lengths.getInt() : 0;
        if (length <= 0 || names.remaining() % length != 0) {
            throw damaged("a struct's names of fields");
        }
        List<String> fields = new ArrayList<>();
        while (names.hasRemaining()) {
            ByteBuffer one = names.slice(names.position(), length);
            names.position(names.position() + length);
            fields.add(ascii(one).replaceFirst("\0.*$", ""));
        }
        return fields;
    }

    /** {@code count * each} arrays one after the other; each takes at least the 8 bytes of its tag. */
    private List<Mat.Value> elements(ByteBuffer in, int count, int each, int depth) {
        long all = (long) count * each;
        if (all > in.remaining() / 8) {
            throw damaged("an array of " + all + " elements in " + in.remaining() + " bytes");
        }
        List<Mat.Value> values = new ArrayList<>((int) all);
        for (long i = 0; i < all; i++) {
            Element one = element(in);
            if (one.type() != MATRIX) {
                throw damaged("an element of type " + one.type() + " where an array is needed");
            }
            values.add(matrix(one.data(), depth + 1));
        }
        return values;
    }

    private static String ascii(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    private String text(Element data) {
        Charset utf16 = data.data().order() == ByteOrder.LITTLE_ENDIAN ? StandardCharsets.UTF_16LE
                : StandardCharsets.UTF_16BE;
        Charset charset = switch (data.type()) {
            case 1, 2 -> StandardCharsets.ISO_8859_1;
            case 16 -> StandardCharsets.UTF_8;
            case 4, 17 -> utf16;
            default -> throw damaged("characters of type " + data.type());
        };
        return charset.decode(data.data().duplicate()).toString();
    }

    private int width(int type) {
        return switch (type) {
            case 1, 2 -> 1;
            case 3, 4 -> 2;
            case 5, 6, 7 -> 4;
            case 9, 12, 13 -> 8;
            default -> throw damaged("numbers of type " + type);
        };
    }

    /** The numbers of an element, whatever type they have been packed to. */
    static double[] numbers(Element element, int count) {
        ByteBuffer data = element.data();
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (element.type()) {
                case 1 -> data.get(i);
                case 2 -> data.get(i) & 0xFF;
                case 3 -> data.getShort(2 * i);
                case 4 -> data.getShort(2 * i) & 0xFFFF;
                case 5 -> data.getInt(4 * i);
                case 6 -> data.getInt(4 * i) & 0xFFFFFFFFL;
                case 7 -> data.getFloat(4 * i);
                case 9 -> data.getDouble(8 * i);
                case 12 -> data.getLong(8 * i);
                default -> unsigned(data.getLong(8 * i));
            };
        }
        return values;
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : (bits >>> 1) * 2.0;
    }
}
