package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * A prepared data set: the folder that {@link Preparation} writes. Opening checks the receipt, the files' sizes and the
 * counts; {@link #verify} reads everything and checks the SHA-256 of every file.
 */
public final class ShardSet implements AutoCloseable {

    private final Path folder;
    private final Settings receipt;
    private final List<String> classes;
    private final Map<String, Split> splits = new TreeMap<>();
    private final Map<String, FileChannel> channels = new ConcurrentHashMap<>();

    private ShardSet(Path folder, Settings receipt, List<String> classes) {
        this.folder = folder;
        this.receipt = receipt;
        this.classes = classes;
    }

    /**
     * Opens the folder; the time is that of reading the index.
     *
     * @throws UserError if the folder is no shard folder, or a file is missing or not of the size that the receipt says
     */
    public static ShardSet open(Path folder) {
        Path file = folder.resolve("receipt.json");
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(folder, "is not a prepared data set (no receipt.json); make one with: equirepro prepare");
        }
        Settings receipt = Settings.read(file);
        if (receipt.integer("format") != ShardWriter.FORMAT) {
            throw UserError.badData(file, "format " + receipt.integer("format") + " is not known here; prepare the data again");
        }
        for (String name : receipt.at("files").keys()) {
            Path part = folder.resolve(name);
            long expected = receipt.at("files").at(name).node().get("bytes").longValue();
            long size = Files.isRegularFile(part) ? size(part) : -1;
            if (size != expected) {
                throw UserError.badData(part, size < 0 ? "is missing; prepare the data again"
                        : "corrupt or truncated: " + size + " bytes, the receipt says " + expected);
            }
        }
        ShardSet set = new ShardSet(folder, receipt, readClasses(folder.resolve("classes.txt")));
        set.readIndex();
        return set;
    }

    private static List<String> readClasses(Path file) {
        try {
            return List.copyOf(Files.readAllLines(file));
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private void readIndex() {
        Path file = folder.resolve("index.csv");
        int latents = receipt.integer("latents");
        List<String> members = members();
        Map<String, SplitBuilder> builders = new TreeMap<>();
        Index.read(file, latents, members, (key, split, label, group, view, shard, offset, length, values, memberLengths) -> {
            if (label < 0 || label >= classes.size() || offset < 0 || length < 0) {
                throw UserError.badData(file, "corrupt row of " + key);
            }
            builders.computeIfAbsent(split, s -> new SplitBuilder(s, latents, members))
                    .add(key, label, group, view, shard, offset, length, values, memberLengths);
        });
        Split.Shards shards = new Split.Shards() {
            @Override
            public FileChannel channel(String shard) throws IOException {
                return ShardSet.this.channel(shard);
            }

            @Override
            public Path path(String shard) {
                return folder.resolve(shard);
            }
        };
        builders.forEach((name, builder) -> splits.put(name, new Split(builder, shards)));
        for (String name : receipt.at("splits").keys()) {
            int expected = receipt.at("splits").at(name).integer("samples");
            int found = splits.containsKey(name) ? splits.get(name).size() : 0;
            if (found != expected) {
                throw UserError.badData(file, "has " + found + " rows of split " + name + ", the receipt says " + expected);
            }
        }
    }

    private FileChannel channel(String shard) throws IOException {
        FileChannel open = channels.get(shard);
        if (open != null && open.isOpen()) {
            return open;
        }
        synchronized (channels) {
            FileChannel again = channels.get(shard);
            if (again == null || !again.isOpen()) {
                again = FileChannel.open(folder.resolve(shard), StandardOpenOption.READ);
                channels.put(shard, again);
            }
            return again;
        }
    }

    /** Names of the classes in the order of the labels. */
    public List<String> classes() {
        return classes;
    }

    /** Numbers in {@link Split#latents}. */
    public int latents() {
        return receipt.integer("latents");
    }

    /** Names of what lies beside the pictures: {@link Split#member}. */
    public List<String> members() {
        return receipt.has("members") ? receipt.texts("members") : List.of();
    }

    /** Names of the splits, sorted. */
    public List<String> splits() {
        return List.copyOf(splits.keySet());
    }

    /** A split that must be there. */
    public Split split(String name) {
        Split split = splits.get(name);
        if (split == null) {
            throw UserError.badData(folder, "has no split " + name + "; it has " + String.join(", ", splits.keySet()));
        }
        return split;
    }

    /** What {@code prepare} wrote about the set. */
    public Settings receipt() {
        return receipt;
    }

    /** SHA-256 of the receipt, which holds those of all other files: equal for equal data and configuration. */
    public String sha256() {
        return Hashes.sha256(Settings.pretty(receipt.node()));
    }

    public Path folder() {
        return folder;
    }

    /** Reads every file and compares its SHA-256 with the receipt's. */
    public void verify() {
        for (String name : receipt.at("files").keys()) {
            JsonNode expected = receipt.at("files").at(name).node().get("sha256");
            try {
                if (!Hashes.sha256(folder.resolve(name)).equals(expected.asText())) {
                    throw UserError.badData(folder.resolve(name),
                            "corrupt: its SHA-256 is not the receipt's; prepare the data again");
                }
            } catch (IOException e) {
                throw UserError.badData(folder.resolve(name), "cannot be read: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        synchronized (channels) {
            try {
                for (FileChannel channel : channels.values()) {
                    channel.close();
                }
            } catch (IOException e) {
                throw UserError.failure(folder + ": cannot be closed (" + e.getMessage() + ")", e);
            }
            channels.clear();
        }
    }
}
