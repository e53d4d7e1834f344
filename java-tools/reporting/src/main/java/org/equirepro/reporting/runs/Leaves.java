package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** A tree of settings as its leaves with their whole keys. */
public final class Leaves {

    private Leaves() {}

    /** The leaves, sorted by key; a list of plain values is one leaf. */
    public static Map<String, String> of(JsonNode tree) {
        Map<String, String> leaves = new TreeMap<>();
        collect("", tree, leaves);
        return leaves;
    }

    /** The leaves that differ, as {@code key: left -> right}. */
    static List<String> differences(JsonNode left, JsonNode right) {
        Map<String, String> a = of(left);
        Map<String, String> b = of(right);
        TreeSet<String> keys = new TreeSet<>(a.keySet());
        keys.addAll(b.keySet());
        List<String> found = new ArrayList<>();
        for (String key : keys) {
            String before = a.getOrDefault(key, "not there");
            String after = b.getOrDefault(key, "not there");
            if (!before.equals(after)) {
                found.add(key + ": " + before + " -> " + after);
            }
        }
        return found;
    }

    private static void collect(String prefix, JsonNode node, Map<String, String> leaves) {
        boolean plainList = node.isArray()
                && StreamSupport.stream(node.spliterator(), false).noneMatch(JsonNode::isContainerNode);
        if (node.isObject() && !node.isEmpty()) {
            node.fields().forEachRemaining(field -> collect(prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(),
                    field.getValue(), leaves));
        } else if (node.isArray() && !plainList) {
            for (int i = 0; i < node.size(); i++) {
                collect(prefix + "[" + i + "]", node.get(i), leaves);
            }
        } else {
            leaves.put(prefix, node instanceof TextNode ? node.textValue() : node.toString());
        }
    }
}
