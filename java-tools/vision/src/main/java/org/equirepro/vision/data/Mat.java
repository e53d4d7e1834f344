package org.equirepro.vision.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.equirepro.base.UserError;

/**
 * A MATLAB file of version 5 (level 5 MAT-file, what {@code save -v6} and {@code -v7} write), of either byte order: numeric
 * arrays, texts, cell arrays and struct arrays, compressed or not. Memory follows the bytes that are there, never a length that
 * the file claims.
 */
public final class Mat {

    private static final int HEADER = 128;
    private static final int COMPRESSED = 15;
    private static final int MATRIX = 14;
    /** What one file may inflate to; the largest list of a data set here, MPII's, has 60 MB. */
    private static final int MOST_INFLATED = 512 << 20;

    private final Path file;
    private final Map<String, Value> variables;

    private Mat(Path file, Map<String, Value> variables) {
        this.file = file;
        this.variables = variables;
    }

    /**
     * Reads all variables.
     *
     * @param file for errors
     * @throws UserError (bad data) if the bytes are no such file, or a part of one
     */
    public static Mat read(Path file, byte[] bytes) {
        if (bytes.length >= 10 && new String(bytes, 0, 10, StandardCharsets.ISO_8859_1).equals("MATLAB 7.3")) {
            throw UserError.badData(file, "is a MATLAB file of version 7.3 (HDF5), which is not read; save it with -v7");
        }
        if (bytes.length < HEADER) {
            throw UserError.badData(file, "is not a MATLAB file of version 5");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        String order = "" + (char) bytes[126] + (char) bytes[127];
        if (!order.equals("IM") && !order.equals("MI")) {
            throw UserError.badData(file, "is not a MATLAB file of version 5");
        }
        in.order(order.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).position(HEADER);
        Map<String, Value> variables = new LinkedHashMap<>();
        int inflated = 0;
        MatParser parser = new MatParser(file);
        while (in.remaining() >= 8) {
            MatParser.Element element = parser.element(in);
            if (element.type() == COMPRESSED) {
                byte[] plain = inflate(file, element.data(), MOST_INFLATED - inflated);
                inflated += plain.length;
                element = parser.element(ByteBuffer.wrap(plain).order(in.order()));
            }
            if (element.type() == MATRIX) {
                Value value = parser.matrix(element.data(), 0);
                variables.put(value.name(), value);
            }
        }
        return new Mat(file, variables);
    }

    private static byte[] inflate(Path file, ByteBuffer packed, int most) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            while (!inflater.finished()) {
                int n = inflater.inflate(buffer);
                if (n == 0 && !inflater.finished()) {
                    throw UserError.badData(file, "truncated: a compressed variable ends early");
                }
                plain.write(buffer, 0, n);
                if (plain.size() > most) {
                    throw UserError.badData(file, "unpacks to more than " + MOST_INFLATED + " bytes; refused as a bomb");
                }
            }
            return plain.toByteArray();
        } catch (DataFormatException e) {
            throw UserError.badData(file, "damaged: a compressed variable cannot be unpacked (" + e.getMessage() + ")", e);
        } finally {
            inflater.end();
        }
    }

    /** A variable that must be there. */
    public Value get(String name) {
        Value value = variables.get(name);
        if (value == null) {
            throw UserError.badData(file, "has no variable " + name + "; it has " + String.join(", ", variables.keySet()));
        }
        return value;
    }

    /** An array of the file; which of the methods fit depends on what it holds, and the others are errors that name the file. */
    public interface Value {

        /** The variable's or field's name; empty in a cell. */
        String name();

        /** Number of elements. */
        int size();

        /** All numbers, column by column as MATLAB keeps them. */
        double[] doubles();

        /** The only number. */
        default double number() {
            double[] values = doubles();
            if (values.length != 1) {
                throw unfit("a single number");
            }
            return values[0];
        }

        /** The only number, which must be whole. */
        default int integer() {
            double value = number();
            if (value != (int) value) {
                throw unfit("a whole number");
            }
            return (int) value;
        }

        /** A row of characters. */
        String text();

        /** An element of a cell array. */
        Value cell(int i);

        /** A field of an element of a struct array. */
        Value field(int i, String name);

        /** Whether a struct array has the field. */
        boolean hasField(String name);

        /** The error for an array that does not hold what is needed. */
        UserError unfit(String needed);
    }
}
