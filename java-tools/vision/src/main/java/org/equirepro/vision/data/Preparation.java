package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * Makes a shard folder of a data set (one {@code kind} a reader): every picture
 * is read and decoded once, with its objects and label map where it has them, so that a bad one is found here and not in the
 * middle of a training; its bytes are kept as they are.
 *
 * <p>Keys of the configuration that all kinds have: {@code dataset}, {@code kind}, {@code bad_limit} (share of pictures that may
 * be undecodable and are then left out and listed in the receipt; 0 = the first ends the run), {@code shard_bytes} (size at
 * which a new shard begins, 256 MiB), {@code check_sizes} (whether annotations must have been made for the picture's size, true).
 */
public final class Preparation {

    /** Of a shard, unless the configuration says otherwise: 1.3 million pictures of 110 kB fill about 550. */
    static final int SHARD_BYTES = 256 << 20;

    /** A picture that has been read, or the reason why it cannot be. */
    private record Checked(Sample sample, byte[] bytes, Picture picture, Map<String, byte[]> members, UserError problem) {}

    private Preparation() {}

    /**
     * Prepares the data set into the new folder {@code out}, which appears whole or not at all. A folder that was made from a source
     * of this name with this configuration is left as it is. A run that was killed goes on after its last whole shard, and the
     * result is the same to the byte; a run that fails leaves nothing.
     *
     * @param source folder or archive; null for kinds that make their pictures themselves
     * @return false if the folder was there already
     * @throws UserError for a wrong configuration (usage), a missing source, bad data
     */
    public static boolean run(Settings config, Path source, Path out) {
        if (isMade(config, source, out)) {
            return false;
        }
        make(config, out, folder -> Readers.open(config, source, folder));
        return true;
    }

    /** Opens the source; the folder is for temporary files. */
    @FunctionalInterface
    interface Opening {
        Reader open(Path folder) throws IOException;
    }

    static void make(Settings config, Path out, Opening opening) {
        double badLimit = config.real("bad_limit", 0);
        if (!(badLimit >= 0 && badLimit < 1)) {
            throw UserError.usage(config.source() + ": bad_limit must be at least 0 and below 1");
        }
        int shardBytes = config.integer("shard_bytes", SHARD_BYTES);
        if (shardBytes < 4096) {
            throw UserError.usage(config.source() + ": shard_bytes must be at least 4096");
        }
        AtomicFiles.continueFolder(out, folder -> {
            try (Reader reader = opening.open(folder)) {
                write(reader, config, badLimit, shardBytes, folder);
            }
            ShardProgress.clean(folder);
        });
    }

    private static boolean isMade(Settings config, Path source, Path out) {
        if (!Files.isRegularFile(out.resolve("receipt.json"))) {
            return false;
        }
        try (ShardSet made = ShardSet.open(out)) {
            String name = made.receipt().at("source").text("name", null); // of an archive
            boolean sameSource = name == null ? source == null || Files.isDirectory(source)
                    : source != null && source.endsWith(name);
            return sameSource && made.receipt().at("config").canonical().equals(config.canonical());
        }
    }

    private static void write(Reader reader, Settings config, double badLimit, int shardBytes, Path folder) throws IOException {
        boolean checkSizes = config.flag("check_sizes", true);
        int threads = Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));
        ExecutorService workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "prepare");
            thread.setDaemon(true);
            return thread;
        });
        Iterator<Sample> samples = reader.samples();
        ShardProgress progress = ShardProgress.read(folder, reader, config);
        if (!progress.skip(samples)) { // the source is another one after all
            samples = reader.samples();
            progress = ShardProgress.fresh(folder, reader, config);
        }
        try (ShardWriter writer = new ShardWriter(folder, reader, shardBytes, progress)) {
            Deque<Future<Checked>> ahead = new ArrayDeque<>(); // in order; bounds what is in memory
            while (samples.hasNext() || !ahead.isEmpty()) {
                while (samples.hasNext() && ahead.size() < 16 * threads) {
                    Sample sample = samples.next();
                    ahead.add(workers.submit(() -> checked(sample, checkSizes)));
                }
                Checked checked = result(ahead.remove());
                if (checked.problem == null) {
                    writer.add(checked.sample, checked.bytes, checked.picture, checked.members);
                } else if (badLimit == 0) {
                    throw checked.problem;
                } else {
                    writer.refuse(checked.sample.key(), checked.problem.getMessage());
                }
            }
            judge(writer, config, badLimit);
            writer.finish(config);
        } finally {
            workers.shutdownNow();
        }
    }

    private static void judge(ShardWriter writer, Settings config, double badLimit) {
        int all = writer.samples() + writer.refusals();
        if (writer.refusals() > badLimit * all) {
            throw UserError.badData(Path.of(config.text("dataset", "data set")), writer.refusals() + " of " + all
                    + " pictures cannot be decoded, more than bad_limit " + badLimit + " allows");
        }
        if (writer.samples() == 0) {
            throw UserError.badData(Path.of(config.text("dataset", "data set")), "has no pictures");
        }
    }

    private static Checked checked(Sample sample, boolean checkSizes) {
        byte[] bytes;
        Map<String, byte[]> members = new TreeMap<>();
        try {
            bytes = sample.bytes().get();
            for (Map.Entry<String, Sample.Bytes> member : sample.members().entrySet()) {
                members.put(member.getKey(), member.getValue().get());
            }
        } catch (IOException e) {
            throw UserError.badData(Path.of(sample.key()), "cannot be read: " + e.getMessage(), e);
        }
        try {
            Picture picture = PictureDecoder.decode(sample.key(), bytes);
            members.forEach((name, member) -> Members.check(sample.key(), name, member, checkSizes ? picture : null));
            return new Checked(sample, bytes, picture, members, null);
        } catch (UserError e) {
            if (e.exitCode() != ExitCode.BAD_DATA) {
                throw e;
            }
            return new Checked(sample, bytes, null, members, e);
        }
    }

    private static Checked result(Future<Checked> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UserError known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
