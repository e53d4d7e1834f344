package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * How far a shard folder is filled. It is saved in the unfinished folder whenever a shard is whole, so that a run that was killed
 * goes on from there, provided that configuration and source are the same; the finished folder does not depend on it.
 */
final class ShardProgress {

    private static final String FILE = ".progress.json";

    /** What has been written of a split. */
    static final class Split {
        int samples;
        int shards;
        int groups;
        String lastKey = "";
        String lastGroup = "";
    }

    private final ObjectNode origin;
    private final Map<String, Split> splits = new TreeMap<>();
    private int[] widths = {Integer.MAX_VALUE, 0};
    private int[] heights = {Integer.MAX_VALUE, 0};
    /** Size and SHA-256 of the shards that are whole. */
    ObjectNode files = Settings.object();
    /** Key and reason of every picture that was left out. */
    final ArrayNode refused = files.arrayNode();
    /** Length of index.csv with the rows of those shards. */
    long indexBytes;
    /** Key of the last picture that was written or left out. */
    String lastSeen = "";

    private ShardProgress(ObjectNode origin) {
        this.origin = origin;
    }

    /** Nothing written yet; removes what another configuration or source left in the folder, but not its temporary files. */
    static ShardProgress fresh(Path folder, Reader reader, Settings config) throws IOException {
        delete(folder, name -> !name.startsWith(".") || name.equals(FILE));
        return new ShardProgress(origin(reader, config));
    }

    /** Removes what only unfinished folders hold. */
    static void clean(Path folder) throws IOException {
        delete(folder, name -> name.startsWith("."));
    }

    private static void delete(Path folder, Predicate<String> wanted) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(f -> wanted.test(f.getFileName().toString())).toList()) {
                Files.delete(file);
            }
        }
    }

    /** As it was saved; a fresh one if nothing was, or for another configuration or source. */
    static ShardProgress read(Path folder, Reader reader, Settings config) throws IOException {
        Path file = folder.resolve(FILE);
        ObjectNode origin = origin(reader, config);
        if (Files.exists(file)) {
            try {
                Settings saved = Settings.read(file);
                if (Settings.canonical(saved.at("origin").node()).equals(Settings.canonical(origin))) {
                    ShardProgress progress = new ShardProgress(origin);
                    progress.load(saved);
                    if (progress.filesAreThere(folder)) {
                        return progress;
                    }
                }
            } catch (UserError otherForm) {
                // written by another release: begin again
            }
        }
        return fresh(folder, reader, config);
    }

    private static ObjectNode origin(Reader reader, Settings config) {
        ObjectNode origin = Settings.object().put("format", ShardWriter.FORMAT);
        origin.set("config", config.node());
        ObjectNode source = origin.putObject("source");
        reader.provenance().forEach(source::put);
        return origin;
    }

    private boolean filesAreThere(Path folder) throws IOException {
        for (String name : Settings.of(FILE, files).keys()) {
            Path file = folder.resolve(name);
            if (!Files.exists(file) || Files.size(file) != files.get(name).get("bytes").longValue()) {
                return false;
            }
        }
        Path index = folder.resolve("index.csv");
        return Files.exists(index) && Files.size(index) >= indexBytes;
    }

    /** Passes over the pictures that have been seen; false if the last of them has another key. */
    boolean skip(Iterator<Sample> samples) {
        String key = "";
        for (int i = samples() + refused.size(); i > 0; i--) {
            if (!samples.hasNext()) {
                return false;
            }
            key = samples.next().key();
        }
        return key.equals(lastSeen);
    }

    Split split(String name) {
        return splits.computeIfAbsent(name, n -> new Split());
    }

    int samples() {
        return splits.values().stream().mapToInt(s -> s.samples).sum();
    }

    /** Takes account of a picture's size. */
    void size(int width, int height) {
        widths = new int[] {Math.min(widths[0], width), Math.max(widths[1], width)};
        heights = new int[] {Math.min(heights[0], height), Math.max(heights[1], height)};
    }

    /** Adds counts, sizes, files and refusals to a receipt. */
    void describe(ObjectNode receipt) {
        ObjectNode counts = receipt.putObject("splits");
        splits.forEach((name, s) -> counts.putObject(name).put("samples", s.samples).put("shards", s.shards)
                .put("groups", s.lastGroup.isEmpty() ? 0 : s.groups));
        receipt.putObject("width").put("least", widths[0]).put("most", widths[1]);
        receipt.putObject("height").put("least", heights[0]).put("most", heights[1]);
        receipt.set("files", files);
        receipt.set("refused", refused);
    }

    void save(Path folder) {
        ObjectNode root = Settings.object().put("index_bytes", indexBytes).put("last_seen", lastSeen);
        root.set("origin", origin);
        describe(root);
        splits.forEach((name, s) -> ((ObjectNode) root.get("splits").get(name)).put("groups", s.groups)
                .put("last_key", s.lastKey).put("last_group", s.lastGroup));
        AtomicFiles.write(folder.resolve(FILE), out -> out.write(Settings.pretty(root)));
    }

    private void load(Settings saved) {
        indexBytes = saved.node().path("index_bytes").longValue();
        lastSeen = saved.text("last_seen");
        files = (ObjectNode) saved.at("files").node();
        for (JsonNode one : saved.node().path("refused")) {
            refused.add(one);
        }
        widths = new int[] {saved.at("width").integer("least"), saved.at("width").integer("most")};
        heights = new int[] {saved.at("height").integer("least"), saved.at("height").integer("most")};
        for (String name : saved.at("splits").keys()) {
            Settings s = saved.at("splits").at(name);
            Split split = split(name);
            split.samples = s.integer("samples");
            split.shards = s.integer("shards");
            split.groups = s.integer("groups");
            split.lastKey = s.text("last_key");
            split.lastGroup = s.text("last_group");
        }
    }
}
