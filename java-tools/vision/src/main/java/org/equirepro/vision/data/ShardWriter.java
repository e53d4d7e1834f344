package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;

/** Fills a shard folder: tars by split, index.csv, classes.txt, and at last receipt.json, which says that all is there. */
final class ShardWriter implements Closeable {

    static final int FORMAT = 1;

    private static final class Split {
        private int samples;
        private int shards;
        private String lastKey = "";
        private String lastGroup = "";
        private int groups;
    }

    private final Path folder;
    private final long shardBytes;
    private final List<String> classes;
    private final int latents;
    private final List<String> members;
    private final OutputStream index;
    private final Map<String, Split> splits = new TreeMap<>();
    private final ObjectNode files = Settings.object();
    private final ArrayNode refused = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
    private final int[] widths = {Integer.MAX_VALUE, 0};
    private final int[] heights = {Integer.MAX_VALUE, 0};
    private TarShard shard;
    private String shardSplit = "";

    ShardWriter(Path folder, List<String> classes, int latents, List<String> members, long shardBytes) throws IOException {
        this.folder = folder;
        this.classes = classes;
        this.latents = latents;
        this.members = members;
        this.shardBytes = shardBytes;
        this.index = new BufferedOutputStream(Files.newOutputStream(folder.resolve("index.csv")), 1 << 16);
        index.write(Index.header(latents, members).getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a picture that has been decoded, and behind it its members by name. */
    void add(Sample sample, byte[] bytes, Picture picture, Map<String, byte[]> beside) throws IOException {
        check(sample);
        Split split = splits.computeIfAbsent(sample.split(), s -> new Split());
        if (sample.key().compareTo(split.lastKey) <= 0) {
            throw new IllegalStateException("keys are not ascending: " + split.lastKey + ", then " + sample.key());
        }
        if (!sample.group().equals(split.lastGroup)) {
            split.groups++;
        }
        long all = bytes.length + 512L + beside.values().stream().mapToLong(b -> b.length + 1024L).sum();
        if (shard == null || !shardSplit.equals(sample.split()) || shard.position() + all > shardBytes) {
            endShard();
            shard = new TarShard(folder.resolve(String.format("%s-%05d.tar", sample.split(), split.shards++)));
            shardSplit = sample.split();
        }
        long offset = shard.add(sample.key(), bytes);
        int[] memberLengths = new int[members.size()];
        for (int k = 0; k < memberLengths.length; k++) {
            byte[] member = beside.get(members.get(k));
            memberLengths[k] = member == null ? -1 : member.length;
            if (member != null) {
                shard.addMember(members.get(k), member);
            }
        }
        Index.write(index, sample, shard.file(), offset, bytes.length, memberLengths);
        split.samples++;
        split.lastKey = sample.key();
        split.lastGroup = sample.group();
        widths[0] = Math.min(widths[0], picture.width());
        widths[1] = Math.max(widths[1], picture.width());
        heights[0] = Math.min(heights[0], picture.height());
        heights[1] = Math.max(heights[1], picture.height());
    }

    private void check(Sample sample) {
        if (!members.containsAll(sample.members().keySet())) {
            throw new IllegalStateException(sample.key() + ": members " + sample.members().keySet() + " of " + members);
        }
        if (sample.latents().length != latents || sample.label() < 0 || sample.label() >= classes.size()) {
            throw new IllegalStateException(sample.key() + ": label " + sample.label() + " of " + classes.size() + ", "
                    + sample.latents().length + " latents of " + latents);
        }
        if (!sample.split().matches("train|val|test")) {
            throw new IllegalStateException(sample.key() + ": no such split: " + sample.split());
        }
        if ((sample.key() + sample.group()).chars().anyMatch(Character::isISOControl)) {
            throw UserError.badData(Path.of(sample.key().replaceAll("\\p{Cntrl}", "?")), "has control characters in its name");
        }
    }

    /** Lists a picture that was left out. */
    void refuse(String key, String reason) {
        refused.addObject().put("key", key).put("reason", reason);
    }

    int samples() {
        return splits.values().stream().mapToInt(s -> s.samples).sum();
    }

    int refusals() {
        return refused.size();
    }

    /** Writes what is left and the receipt. */
    void finish(Settings config, Map<String, String> provenance) throws IOException {
        endShard();
        index.close();
        Files.writeString(folder.resolve("classes.txt"), String.join("\n", classes) + "\n");
        for (String name : List.of("classes.txt", "index.csv")) {
            Path file = folder.resolve(name);
            files.putObject(name).put("bytes", Files.size(file)).put("sha256", Hashes.sha256(file));
        }
        ObjectNode receipt = Settings.object().put("format", FORMAT);
        receipt.put("classes", classes.size()).put("latents", latents).put("samples", samples());
        if (!members.isEmpty()) {
            members.forEach(receipt.putArray("members")::add);
        }
        receipt.set("config", config.node());
        ObjectNode counts = receipt.putObject("splits");
        splits.forEach((name, s) -> counts.putObject(name).put("samples", s.samples).put("shards", s.shards)
                .put("groups", s.lastGroup.isEmpty() ? 0 : s.groups));
        receipt.putObject("width").put("least", widths[0]).put("most", widths[1]);
        receipt.putObject("height").put("least", heights[0]).put("most", heights[1]);
        ObjectNode source = receipt.putObject("source");
        provenance.forEach(source::put);
        receipt.set("files", files);
        receipt.set("refused", refused);
        Files.write(folder.resolve("receipt.json"), Settings.pretty(receipt));
    }

    private void endShard() throws IOException {
        if (shard != null) {
            shard.close();
            files.putObject(shard.file()).put("bytes", shard.position()).put("sha256", shard.sha256());
            shard = null;
        }
    }

    @Override
    public void close() throws IOException {
        try (index) {
            if (shard != null) {
                shard.close();
            }
        }
    }
}
