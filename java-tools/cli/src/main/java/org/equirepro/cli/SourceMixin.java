package org.equirepro.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Catalogue;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A data set on disk, prepared or in its original form. */
final class SourceMixin {

    @Parameters(paramLabel = "PATH", description = "A prepared folder, or the folder or archive of a data set as it was fetched.")
    private Path path;

    @Option(names = "--kind", paramLabel = "KIND",
            description = "Kind of a data set in its original form, as equirepro data ls names it. Told from its archives if left out.")
    private String kind;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A key of the kind, such as year=2014. May be repeated.")
    private Map<String, String> keys = new TreeMap<>();

    Path path() {
        return path;
    }

    boolean prepared() {
        return kind == null && Files.isRegularFile(path.resolve("receipt.json"));
    }

    /** The configuration of a data set in its original form. */
    ObjectNode config() {
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
            } else {
                config.put(key, value);
            }
        });
        return config;
    }
}
