package org.equirepro.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Catalogue;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A data set on disk, prepared or in its original form. */
final class SourceMixin {

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "A prepared folder, or the folder or archive of a data set as it "
            + "was fetched. None for kinds that are drawn here.")
    private Path path;

    @Option(names = "--kind", paramLabel = "KIND",
            description = "Kind of a data set in its original form, as equirepro data ls names it. Told from its archives if left out.")
    private String kind;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A key of the kind, such as year=2014 or "
            + "persons=[1,3]. May be repeated.")
    private Map<String, String> keys = new TreeMap<>();

    /** The place; null for a kind that is drawn. */
    Path path() {
        return path;
    }

    boolean prepared() {
        return kind == null && path != null && Files.isRegularFile(path.resolve("receipt.json"));
    }

    /** The configuration of a data set in its original form. */
    ObjectNode config() {
        if (kind == null && path == null) {
            throw UserError.usage("say where the data set lies, or with --kind which one is to be drawn");
        }
        String known = kind != null ? kind : Catalogue.kindOf(path).orElseThrow(() -> UserError.usage(path
                + ": say what it is with --kind (equirepro data ls names the kinds)"));
        ObjectNode config = Settings.object().put("kind", known);
        keys.forEach((key, value) -> {
            if (value.matches("-?\\d{1,9}")) {
                config.put(key, Integer.parseInt(value));
            } else if (value.matches("true|false")) {
                config.put(key, Boolean.parseBoolean(value));
            } else if (value.matches("-?\\d*\\.\\d+")) {
                config.put(key, Double.parseDouble(value));
            } else if (value.matches("\\[\\d{1,9}(,\\s*\\d{1,9})*\\]")) {
                ArrayNode list = config.putArray(key);
                Arrays.stream(value.substring(1, value.length() - 1).split(",\\s*")).map(Integer::valueOf).forEach(list::add);
            } else {
                config.put(key, value);
            }
        });
        return config;
    }
}
