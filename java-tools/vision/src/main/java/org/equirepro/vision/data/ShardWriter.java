package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;

/** Fills a shard folder: tars by split, index.csv, classes.txt, and at last receipt.json, which says that all is there. */
final class ShardWriter implements Closeable {

    static final int FORMAT = 1;

    private final Path folder;
    private final Reader reader;
    private final long shardBytes;
    private final ShardProgress progress;
    private final FileChannel indexFile;
    private final OutputStream index;
    private TarShard shard;
    private String shardSplit = "";

    /** Goes on where {@code progress} is; all of a fresh one is before it. */
    ShardWriter(Path folder, Reader reader, long shardBytes, ShardProgress progress) throws IOException {
        this.folder = folder;
        this.reader = reader;
        this.shardBytes = shardBytes;
        this.progress = progress;
        this.indexFile = FileChannel.open(folder.resolve("index.csv"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        indexFile.truncate(progress.indexBytes).position(progress.indexBytes);
        this.index = new BufferedOutputStream(Channels.newOutputStream(indexFile), 1 << 16);
        if (progress.indexBytes == 0) {
            index.write(Index.header(reader.latents(), reader.members()).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Appends a picture that has been decoded, and behind it its members by name. */
    void add(Sample sample, byte[] bytes, Picture picture, Map<String, byte[]> beside) throws IOException {
        check(sample);
        ShardProgress.Split split = progress.split(sample.split());
        if (sample.key().compareTo(split.lastKey) <= 0) {
            throw new IllegalStateException("keys are not ascending: " + split.lastKey + ", then " + sample.key());
        }
        long all = bytes.length + 512L + beside.values().stream().mapToLong(b -> b.length + 1024L).sum();
        if (shard == null || !shardSplit.equals(sample.split()) || shard.position() + all > shardBytes) {
            endShard();
            shard = new TarShard(folder.resolve(String.format("%s-%05d.tar", sample.split(), split.shards++)));
            shardSplit = sample.split();
        }
        if (!sample.group().equals(split.lastGroup)) {
            split.groups++;
        }
        long offset = shard.add(sample.key(), bytes);
        List<String> members = reader.members();
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
        progress.lastSeen = sample.key();
        progress.size(picture.width(), picture.height());
    }

    private void check(Sample sample) {
        if (!reader.members().containsAll(sample.members().keySet())) {
            throw new IllegalStateException(sample.key() + ": members " + sample.members().keySet() + " of " + reader.members());
        }
        if (sample.latents().length != reader.latents() || sample.label() < 0 || sample.label() >= reader.classes().size()) {
            throw new IllegalStateException(sample.key() + ": label " + sample.label() + " of " + reader.classes().size() + ", "
                    + sample.latents().length + " latents of " + reader.latents());
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
        progress.refused.addObject().put("key", key).put("reason", reason);
        progress.lastSeen = key;
    }

    int samples() {
        return progress.samples();
    }

    int refusals() {
        return progress.refused.size();
    }

    /** Writes what is left and the receipt. */
    void finish(Settings config) throws IOException {
        endShard();
        index.close();
        Files.writeString(folder.resolve("classes.txt"), String.join("\n", reader.classes()) + "\n");
        for (String name : List.of("classes.txt", "index.csv")) {
            Path file = folder.resolve(name);
            progress.files.putObject(name).put("bytes", Files.size(file)).put("sha256", Hashes.sha256(file));
        }
        ObjectNode receipt = Settings.object().put("format", FORMAT);
        receipt.put("classes", reader.classes().size()).put("latents", reader.latents()).put("samples", samples());
        if (!reader.members().isEmpty()) {
            reader.members().forEach(receipt.putArray("members")::add);
        }
        receipt.set("config", config.node());
        progress.describe(receipt);
        ObjectNode source = receipt.putObject("source");
        reader.provenance().forEach(source::put);
        Files.write(folder.resolve("receipt.json"), Settings.pretty(receipt));
    }

    /** A whole shard is a point from which a killed run goes on. */
    private void endShard() throws IOException {
        if (shard != null) {
            shard.close();
            progress.files.putObject(shard.file()).put("bytes", shard.position()).put("sha256", shard.sha256());
            shard = null;
            index.flush();
            indexFile.force(false);
            progress.indexBytes = indexFile.position();
            progress.save(folder);
        }
    }

    @Override
    public void close() throws IOException {
        try (indexFile; index) {
            if (shard != null) {
                shard.close();
            }
        }
    }
}
