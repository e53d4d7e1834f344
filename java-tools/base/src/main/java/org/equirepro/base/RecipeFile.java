package org.equirepro.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Recipes may differ from another in a few keys only: {@code base: NAME} takes all keys of {@code NAME.yml} of the same folder, and those of
 * the file are merged over them as a JSON merge patch (RFC 7396): sections key by key, null takes a key away, anything else replaces.
 */
public final class RecipeFile {

    private static final String BASE = "base";

    private RecipeFile() {
    }

    /**
     * Reads a recipe with all that it is based on; nothing of {@code base} is left in it.
     *
     * @throws UserError if a file is missing or is based on itself; errors of values name the file and what it is based on
     */
    public static Settings read(Path file) {
        List<Path> chain = new ArrayList<>();
        ObjectNode merged = read(file, chain);
        String source = file.toString();
        if (chain.size() > 1) {
            source += " on " + String.join(" on ", chain.subList(1, chain.size()).stream().map(p -> p.getFileName().toString()).toList());
        }
        return Settings.of(source, merged);
    }

    private static ObjectNode read(Path file, List<Path> chain) {
        if (chain.contains(file)) {
            throw UserError.usage(file + ": base leads back to it; take it out of one of " + chain.size() + " recipes");
        }
        chain.add(file);
        Settings own = Settings.read(file);
        ObjectNode patch = own.node().deepCopy();
        if (!own.has(BASE)) {
            return patch;
        }
        Path base = file.resolveSibling(own.text(BASE) + ".yml");
        if (!Files.isRegularFile(base)) {
            throw UserError.usage(file + ": base is " + own.text(BASE) + ", but there is no " + base);
        }
        patch.remove(BASE);
        return merge(read(base, chain), patch);
    }

    /** Changes and returns {@code target}. */
    private static ObjectNode merge(ObjectNode target, JsonNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String key = change.getKey();
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(key);
            } else if (value.isObject()) {
                ObjectNode section = target.get(key) instanceof ObjectNode there ? there : target.objectNode();
                target.set(key, merge(section, value));
            } else {
                target.set(key, value);
            }
        }
        return target;
    }
}
