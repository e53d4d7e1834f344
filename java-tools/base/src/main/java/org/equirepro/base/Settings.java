package org.equirepro.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A tree of settings read from YAML or JSON that knows where it came from: a missing key or a value of the wrong type is a
 * {@link UserError} that names the file and the whole key, such as {@code recipes/vicreg.yml: reconstruction.count}.
 */
public final class Settings {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder(YAMLFactory.builder().build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private final String source;
    private final String prefix;
    private final JsonNode node;

    private Settings(String source, String prefix, JsonNode node) {
        this.source = source;
        this.prefix = prefix;
        this.node = node;
    }

    /** Wraps a tree; {@code source} is named in errors. */
    public static Settings of(String source, JsonNode node) {
        return new Settings(source, "", node);
    }

    /** Reads a file as YAML when its name ends in .yml or .yaml, else as JSON. */
    public static Settings read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such file");
        }
        try {
            return parse(file.toString(), Files.readString(file), file.toString().matches(".*\\.ya?ml"));
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Parses JSON text. */
    public static Settings parseJson(String source, String text) {
        return parse(source, text, false);
    }

    private static Settings parse(String source, String text, boolean yaml) {
        try {
            JsonNode tree = (yaml ? YAML : JSON).readTree(text);
            if (tree == null || !tree.isObject()) {
                throw UserError.usage(source + ": must hold keys and values, not a single value or nothing");
            }
            return new Settings(source, "", tree);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw UserError.usage(source + ": not valid " + (yaml ? "YAML" : "JSON") + where + ": " + firstLine(e.getOriginalMessage()));
        }
    }

    /** The section below {@code key}; it must be there. */
    public Settings at(String key) {
        JsonNode child = need(key);
        if (!child.isObject()) {
            throw wrong(key, "a section with keys", child);
        }
        return new Settings(source, prefix + key + ".", child);
    }

    /** True if the key is there and not null. */
    public boolean has(String key) {
        JsonNode child = node.get(key);
        return child != null && !child.isNull();
    }

    public String text(String key) {
        JsonNode child = need(key);
        if (!child.isTextual()) {
            throw wrong(key, "a text", child);
        }
        return child.textValue();
    }

    public String text(String key, String absent) {
        return has(key) ? text(key) : absent;
    }

    public int integer(String key) {
        JsonNode child = need(key);
        if (!child.isIntegralNumber() || !child.canConvertToInt()) {
            throw wrong(key, "a whole number", child);
        }
        return child.intValue();
    }

    public int integer(String key, int absent) {
        return has(key) ? integer(key) : absent;
    }

    public double real(String key) {
        JsonNode child = need(key);
        if (!child.isNumber()) {
            throw wrong(key, "a number", child);
        }
        return child.doubleValue();
    }

    public double real(String key, double absent) {
        return has(key) ? real(key) : absent;
    }

    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode child = need(key);
        if (!child.isBoolean()) {
            throw wrong(key, "true or false", child);
        }
        return child.booleanValue();
    }

    /** A list of numbers. */
    public double[] reals(String key) {
        JsonNode child = need(key);
        if (!child.isArray()) {
            throw wrong(key, "a list of numbers", child);
        }
        double[] values = new double[child.size()];
        for (int i = 0; i < values.length; i++) {
            if (!child.get(i).isNumber()) {
                throw wrong(key + "[" + i + "]", "a number", child.get(i));
            }
            values[i] = child.get(i).doubleValue();
        }
        return values;
    }

    /** A list of whole numbers. */
    public int[] integers(String key) {
        double[] values = reals(key);
        int[] whole = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            if (values[i] != Math.rint(values[i])) {
                throw wrong(key + "[" + i + "]", "a whole number", node.get(key).get(i));
            }
            whole[i] = (int) values[i];
        }
        return whole;
    }

    /** A list of texts. */
    public List<String> texts(String key) {
        JsonNode child = need(key);
        if (!child.isArray()) {
            throw wrong(key, "a list of texts", child);
        }
        List<String> values = new ArrayList<>();
        for (JsonNode item : child) {
            if (!item.isTextual()) {
                throw wrong(key + "[" + values.size() + "]", "a text", item);
            }
            values.add(item.textValue());
        }
        return List.copyOf(values);
    }

    /** A list of sections. */
    public List<Settings> sections(String key) {
        JsonNode child = need(key);
        if (!child.isArray()) {
            throw wrong(key, "a list of sections", child);
        }
        List<Settings> values = new ArrayList<>();
        for (JsonNode item : child) {
            values.add(new Settings(source, prefix + key + "[" + values.size() + "].", item));
        }
        return List.copyOf(values);
    }

    /** The keys of this section in the order of the file. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return List.copyOf(keys);
    }

    public JsonNode node() {
        return node;
    }

    public String source() {
        return source;
    }

    /** One line of JSON with sorted keys: equal settings give equal texts, whatever file they came from. */
    public String canonical() {
        return canonical(node);
    }

    public static String canonical(JsonNode tree) {
        try {
            return JSON.writeValueAsString(sorted(tree));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree can always be written", e);
        }
    }

    /** Several lines of JSON with sorted keys and a final newline, for people. */
    public static byte[] pretty(JsonNode tree) {
        try {
            return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(sorted(tree)) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree can always be written", e);
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static JsonNode sorted(JsonNode tree) {
        if (tree.isObject()) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            tree.fields().forEachRemaining(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode object = object();
            fields.forEach(object::set);
            return object;
        }
        if (tree.isArray()) {
            var array = JsonNodeFactory.instance.arrayNode();
            tree.forEach(item -> array.add(sorted(item)));
            return array;
        }
        return tree;
    }

    private JsonNode need(String key) {
        JsonNode child = node.get(key);
        if (child == null || child.isNull()) {
            throw UserError.usage(source + ": " + prefix + key + " is missing");
        }
        return child;
    }

    private UserError wrong(String key, String expected, JsonNode found) {
        return UserError.usage(source + ": " + prefix + key + " must be " + expected + ", found " + found);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }
}
