package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * CIFAR-10 in its binary version (Krizhevsky 2009): data_batch_1.bin .. data_batch_5.bin and test_batch.bin, as an archive or
 * unpacked. A record is a label byte and 3072 bytes [3, 32, 32]; pictures become lossless PNG. One batch is in memory at a time.
 *
 * <p>Keys of the configuration: {@code max_per_class}, {@code test_max_per_class}.
 */
final class CifarReader implements Reader {

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + 3 * PLANE;
    private static final List<String> NAMES = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
            "ship", "truck");

    private final SourceTree tree;
    private final List<String> batches;
    private final List<String> classes;
    private final Settings config;

    private CifarReader(SourceTree tree, List<String> batches, List<String> classes, Settings config) {
        this.tree = tree;
        this.batches = batches;
        this.classes = classes;
        this.config = config;
    }

    /** Takes the tree over: closes it when closed itself. */
    static CifarReader open(SourceTree tree, Settings config) throws IOException {
        List<String> names = Stream.concat(IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin"),
                Stream.of("test_batch.bin")).toList();
        List<String> batches = names.stream().map(name -> find(tree, name)).toList();
        String meta = batches.get(0).replaceFirst("data_batch_1\\.bin$", "batches.meta.txt");
        List<String> classes = tree.files().contains(meta) ? classes(tree, meta) : NAMES;
        return new CifarReader(tree, batches, classes, config);
    }

    private static List<String> classes(SourceTree tree, String meta) throws IOException {
        List<String> classes = new String(tree.read(meta), StandardCharsets.UTF_8).lines().map(String::strip)
                .filter(line -> !line.isEmpty()).toList();
        if (classes.size() != NAMES.size()) {
            throw UserError.badData(tree.path(meta), "names " + classes.size() + " classes, not " + NAMES.size());
        }
        return classes;
    }

    private static String find(SourceTree tree, String name) {
        List<String> found = tree.files().stream().filter(f -> f.equals(name) || f.endsWith("/" + name)).toList();
        if (found.isEmpty()) {
            throw UserError.missing(tree.path(name), "no such file; the binary version of CIFAR-10 has it");
        }
        if (found.size() > 1) {
            throw UserError.badData(tree.path(found.get(1)), "is there a second time, beside " + found.get(0));
        }
        return found.get(0);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public int latents() {
        return 0;
    }

    @Override
    public Iterator<Sample> samples() {
        return new Records();
    }

    @Override
    public Map<String, String> provenance() {
        return tree.provenance();
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }

    private final class Records implements Iterator<Sample> {

        private int batch = -1;
        private byte[] bytes = new byte[0];
        private int record;
        private int[] taken = new int[NAMES.size()];
        private Sample next;

        @Override
        public boolean hasNext() {
            while (next == null) {
                if ((record + 1L) * RECORD <= bytes.length) {
                    next = sample(bytes, record++);
                } else if (++batch < batches.size()) {
                    load();
                } else {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Sample next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Sample sample = next;
            next = null;
            return sample;
        }

        private void load() {
            Path file = tree.path(batches.get(batch));
            try {
                bytes = tree.read(batches.get(batch));
            } catch (IOException e) {
                throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
            }
            record = 0;
            if (bytes.length == 0) {
                throw UserError.badData(file, "is empty (0 bytes)");
            }
            if (bytes.length % RECORD != 0) {
                throw UserError.badData(file, "truncated: " + bytes.length + " bytes are not whole records of " + RECORD
                        + "; record " + bytes.length / RECORD + " has only " + bytes.length % RECORD);
            }
            if (split().equals("test")) {
                taken = new int[NAMES.size()];
            }
        }

        private String split() {
            return batch == batches.size() - 1 ? "test" : "train";
        }

        /** Null if the class has enough pictures already. */
        private Sample sample(byte[] from, int number) {
            int at = number * RECORD;
            int label = from[at] & 0xFF;
            String file = batches.get(batch);
            if (label >= NAMES.size()) {
                throw UserError.badData(tree.path(file), "record " + number + " has label " + label + ", labels are 0 to "
                        + (NAMES.size() - 1));
            }
            if (taken[label]++ >= ImageFolderReader.most(config, split())) {
                return null;
            }
            String name = file.substring(file.lastIndexOf('/') + 1).replace(".bin", "");
            return Sample.of(String.format("%s/%05d.png", name, number), split(), label, () -> png(from, at + 1));
        }

        private byte[] png(byte[] from, int at) {
            byte[] rgb = new byte[3 * PLANE];
            for (int i = 0; i < PLANE; i++) {
                for (int c = 0; c < 3; c++) {
                    rgb[3 * i + c] = from[at + c * PLANE + i];
                }
            }
            return PictureDecoder.png(new Picture(SIDE, SIDE, rgb));
        }
    }
}
