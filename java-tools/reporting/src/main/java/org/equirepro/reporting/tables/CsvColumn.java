package org.equirepro.reporting.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What one column of a CSV may hold, from its property in the JSON Schema. Numbers are written as in JSON: a decimal point, no
 * thousands mark, no leading plus sign, neither NaN nor infinity.
 */
record CsvColumn(String name, Type type, boolean nullable, Set<String> words, Pattern pattern, double minimum, double maximum,
        int minLength) {

    enum Type { STRING, INTEGER, NUMBER }

    /** Digits that surely fit into a long. */
    private static final int MOST_DIGITS = 18;
    private static final Pattern DECIMAL_COMMA = Pattern.compile("-?[0-9.]*,[0-9]+([eE][+-]?[0-9]+)?");
    private static final List<String> KEYWORDS = List.of("type", "enum", "pattern", "minimum", "maximum", "minLength",
            "description");

    static CsvColumn of(String name, Settings rule) {
        for (String keyword : rule.keys()) {
            if (!KEYWORDS.contains(keyword)) {
                throw UserError.usage(rule.source() + ": properties." + name + ": keyword " + keyword
                        + " is not among those checked here: " + KEYWORDS);
            }
        }
        boolean list = rule.node().path("type").isArray();
        List<String> types = list ? rule.texts("type") : List.of(rule.text("type"));
        List<String> kinds = types.stream().filter(type -> !type.equals("null")).toList();
        if (kinds.size() != 1 || !List.of("string", "integer", "number").contains(kinds.get(0))) {
            throw UserError.usage(rule.source() + ": properties." + name
                    + ".type must be string, integer or number, with null or not");
        }
        return new CsvColumn(name, Type.valueOf(kinds.get(0).toUpperCase(java.util.Locale.ROOT)), types.contains("null"),
                rule.has("enum") ? new LinkedHashSet<>(rule.texts("enum")) : Set.of(),
                rule.has("pattern") ? Pattern.compile(rule.text("pattern")) : null,
                rule.real("minimum", Double.NEGATIVE_INFINITY), rule.real("maximum", Double.POSITIVE_INFINITY),
                rule.integer("minLength", 0));
    }

    /** What is wrong with a cell, or null. */
    String problem(String cell) {
        if (cell.isEmpty() && nullable) {
            return null;
        }
        return type == Type.STRING ? textProblem(cell) : numberProblem(cell);
    }

    private String textProblem(String cell) {
        if (cell.codePointCount(0, cell.length()) < minLength) {
            return "is empty";
        }
        if (!words.isEmpty() && !words.contains(cell)) {
            return "must be one of " + String.join(", ", words) + ", found '" + cell + "'";
        }
        if (pattern != null && !pattern.matcher(cell).find()) {
            return "must match " + pattern + ", found '" + cell + "'";
        }
        return null;
    }

    private String numberProblem(String cell) {
        boolean whole = type == Type.INTEGER;
        if (whole ? !isWhole(cell) : !isNumber(cell)) {
            if (DECIMAL_COMMA.matcher(cell).matches()) {
                return "'" + cell + "' has a decimal comma; write a decimal point";
            }
            return "not a " + (whole ? "whole" : "finite") + " number: '" + cell + "'";
        }
        double value = Double.parseDouble(cell);
        if (!Double.isFinite(value)) {
            return "too large to be a number here: " + cell;
        }
        if (value < minimum || value > maximum) {
            return "must be " + (value < minimum ? "at least " + plain(minimum) : "at most " + plain(maximum)) + ", found "
                    + cell;
        }
        return null;
    }

    private static boolean isWhole(String cell) {
        int first = cell.startsWith("-") ? 1 : 0;
        int at = digits(cell, first);
        return at == cell.length() && at > first && at - first <= MOST_DIGITS && (cell.charAt(first) != '0' || at == first + 1);
    }

    /** {@code -?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?}, by hand: most cells are numbers. */
    private static boolean isNumber(String cell) {
        int at = cell.startsWith("-") ? 1 : 0;
        int first = at;
        at = digits(cell, at);
        boolean good = at > first && (cell.charAt(first) != '0' || at == first + 1);
        if (good && at < cell.length() && cell.charAt(at) == '.') {
            int from = at + 1;
            at = digits(cell, from);
            good = at > from;
        }
        if (good && at < cell.length() && (cell.charAt(at) == 'e' || cell.charAt(at) == 'E')) {
            int from = at + 1;
            from += from < cell.length() && (cell.charAt(from) == '+' || cell.charAt(from) == '-') ? 1 : 0;
            at = digits(cell, from);
            good = at > from;
        }
        return good && at == cell.length();
    }

    private static int digits(String cell, int from) {
        int at = from;
        while (at < cell.length() && cell.charAt(at) >= '0' && cell.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    JsonNode value(String cell) {
        if (cell.isEmpty() && nullable) {
            return NullNode.getInstance();
        }
        return type == Type.STRING ? TextNode.valueOf(cell) : DecimalNode.valueOf(new BigDecimal(cell));
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
