package org.equirepro.vision.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.equirepro.base.UserError;

/**
 * An array of a {@link Mat} file. Numbers stay packed until they are asked for.
 *
 * @param holds in words, for errors
 * @param numbers of a numeric array, else null
 * @param characters of a text, else null
 * @param values elements of a cell array; of a struct array all fields of the first element, then of the second
 * @param fields of a struct array, else null
 */
record MatValue(Path file, String name, String holds, int size, Supplier<double[]> numbers, String characters,
        List<Mat.Value> values, List<String> fields) implements Mat.Value {

    static MatValue numbers(Path file, String name, int count, MatParser.Element data) {
        return new MatValue(file, name, "numbers", count, () -> MatParser.numbers(data, count), null, null, null);
    }

    /** An element that was never set: []. */
    static MatValue empty(Path file) {
        return new MatValue(file, "", "nothing", 0, () -> new double[0], "", List.of(), null);
    }

    static MatValue text(Path file, String name, String characters) {
        return new MatValue(file, name, "text", characters.length(), null, characters, null, null);
    }

    static MatValue cells(Path file, String name, List<Mat.Value> values) {
        return new MatValue(file, name, "cells", values.size(), null, null, values, null);
    }

    static MatValue structs(Path file, String name, int count, List<String> fields, List<Mat.Value> values) {
        return new MatValue(file, name, "structs", count, null, null, values, fields);
    }

    static MatValue unread(Path file, int kind) {
        return new MatValue(file, "", "an array of a kind that is not read (" + kind + ")", 0, null, null, null, null);
    }

    @Override
    public double[] doubles() {
        if (numbers == null) {
            throw unfit("numbers");
        }
        return numbers.get();
    }

    @Override
    public String text() {
        if (characters == null && !(numbers != null && size == 0)) { // MATLAB writes '' as [] too
            throw unfit("a text");
        }
        return characters == null ? "" : characters;
    }

    @Override
    public Mat.Value cell(int i) {
        if (values == null || fields != null) {
            throw unfit("a cell array");
        }
        return values.get(checked(i));
    }

    @Override
    public Mat.Value field(int i, String field) {
        int at = fields == null ? -1 : fields.indexOf(field);
        if (at < 0) {
            throw unfit("structs with the field " + field);
        }
        return values.get(checked(i) * fields.size() + at);
    }

    @Override
    public boolean hasField(String field) {
        return fields != null && fields.contains(field);
    }

    private int checked(int i) {
        if (i < 0 || i >= size) {
            throw UserError.badData(file, name + " has " + size + " elements, not " + (i + 1));
        }
        return i;
    }

    @Override
    public UserError unfit(String needed) {
        return UserError.badData(file, (name.isEmpty() ? "an array" : name) + " holds " + size + " x " + holds + " where " + needed
                + " is needed" + (fields == null ? "" : "; its fields are " + String.join(", ", fields)));
    }
}
