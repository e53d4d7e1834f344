package org.equirepro.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** Checks a tree against a JSON Schema (draft 2020-12) and says what is wrong in one line that names file and whole key. */
final class SchemaCheck {

    private final JsonNode schemaTree;
    private final JsonSchema schema;

    /** Reads the schema {@code name.json} of the folder. */
    SchemaCheck(Path folder, String name) {
        this.schemaTree = Settings.read(folder.resolve(name + ".json")).node();
        this.schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schemaTree);
    }

    /**
     * @param source file named in errors
     * @param prefix key of {@code tree} within the file, with a final dot, or empty
     * @throws UserError with exit code 2 on the first violation (unknown keys before all others, then by key)
     */
    void check(String source, String prefix, JsonNode tree) {
        List<ValidationMessage> found = new ArrayList<>(schema.validate(tree));
        if (found.isEmpty()) {
            return;
        }
        found.sort(Comparator.<ValidationMessage>comparingInt(m -> m.getType().equals("additionalProperties") ? 0 : 1)
                .thenComparing(m -> key(prefix, m)).thenComparing(ValidationMessage::getMessage));
        ValidationMessage first = found.get(0);
        String more = found.size() == 1 ? "" : " (and " + (found.size() - 1) + " more)";
        throw UserError.usage(source + ": " + key(prefix, first) + " " + problem(first, tree) + more);
    }

    private String problem(ValidationMessage m, JsonNode tree) {
        JsonNode rule = m.getSchemaNode();
        return switch (m.getType()) {
            case "additionalProperties" -> "is not a known key" + NearNames.hint(m.getProperty(), knownKeys(m));
            case "required" -> "is missing";
            case "type" -> "must be " + typeName(rule) + ", found " + value(m) + numberHint(m);
            case "enum" -> wrongChoice(m, rule);
            case "minimum" -> "must be at least " + rule + ", found " + value(m);
            case "exclusiveMinimum" -> "must be more than " + rule + ", found " + value(m);
            case "maximum" -> "must be at most " + rule + ", found " + value(m);
            case "exclusiveMaximum" -> "must be less than " + rule + ", found " + value(m);
            case "minItems" -> "must have at least " + rule + " entries, found " + value(m);
            case "maxItems" -> "must have at most " + rule + " entries, found " + value(m);
            case "minProperties" -> "must have at least " + rule + " entries";
            case "uniqueItems" -> "must not name anything twice, found " + value(m);
            case "pattern" -> "must match " + rule.asText() + ", found " + value(m);
            case "minLength" -> "must not be empty";
            case "not", "false" -> "has no meaning here; remove it";
            default -> "is wrong: " + m.getMessage();
        };
    }

    private static String value(ValidationMessage m) {
        return String.valueOf(m.getInstanceNode());
    }

    private static String wrongChoice(ValidationMessage m, JsonNode rule) {
        List<String> known = new ArrayList<>();
        rule.forEach(item -> known.add(item.asText()));
        String found = m.getInstanceNode() == null ? "" : m.getInstanceNode().asText();
        List<String> near = NearNames.near(found, known);
        return "must be one of " + String.join(", ", known) + ", found " + value(m)
                + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?");
    }

    private static String numberHint(ValidationMessage m) {
        JsonNode found = m.getInstanceNode();
        boolean looksLikeNumber = found != null && found.isTextual() && found.asText().matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");
        return looksLikeNumber ? "; write it without quotes" : "";
    }

    private static String typeName(JsonNode rule) {
        List<String> names = new ArrayList<>();
        (rule.isArray() ? rule : List.of(rule)).forEach(type -> names.add(switch (type.asText()) {
            case "object" -> "a section with keys";
            case "array" -> "a list";
            case "string" -> "a text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            default -> "null";
        }));
        return String.join(" or ", names);
    }

    private List<String> knownKeys(ValidationMessage m) {
        JsonNodePath path = m.getSchemaLocation().getFragment();
        JsonNode at = schemaTree;
        for (int i = 0; i < path.getNameCount() - 1; i++) {
            Object element = path.getElement(i);
            at = element instanceof Integer index ? at.path(index) : at.path(element.toString());
        }
        List<String> keys = new ArrayList<>();
        at.path("properties").fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static String key(String prefix, ValidationMessage m) {
        StringBuilder key = new StringBuilder(prefix);
        JsonNodePath path = m.getInstanceLocation();
        for (int i = 0; i < path.getNameCount(); i++) {
            append(key, path.getElement(i));
        }
        if (m.getProperty() != null && !m.getType().equals("dependentRequired")) {
            append(key, m.getProperty());
        }
        return key.isEmpty() ? "the file" : key.toString().replaceAll("\\.$", "");
    }

    private static void append(StringBuilder key, Object element) {
        if (element instanceof Integer index) {
            key.append('[').append(index).append(']');
        } else {
            boolean first = key.isEmpty() || key.charAt(key.length() - 1) == '.';
            key.append(first ? "" : ".").append(element);
        }
    }
}
