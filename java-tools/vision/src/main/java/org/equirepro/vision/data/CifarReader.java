package org.equirepro.vision.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * CIFAR-10 and CIFAR-100 in their binary versions (Krizhevsky 2009), as an archive or unpacked. A record is a label byte (CIFAR-100:
 * a coarse and a fine one) and 3072 bytes [3, 32, 32]; pictures become lossless PNG. One file is in memory at a time.
 *
 * <p>Keys of the configuration: {@code labels} (CIFAR-100 only: fine or coarse, 100 or 20 classes; the default is fine),
 * {@code max_per_class}, {@code test_max_per_class}.
 */
final class CifarReader implements Reader {

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final List<String> NAMES10 = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
            "ship", "truck");

    /** What differs: {@code batches} in order, the last for testing; which of {@code labelBytes} is the label. */
    private record Form(List<String> batches, String archive, int labelBytes, int labelAt, int classes) {
        int record() {
            return labelBytes + 3 * PLANE;
        }
    }

    private final Source source;
    private final Part files;
    private final Form form;
    private final List<String> classes;

    private CifarReader(Source source, Part files, Form form, List<String> classes) {
        this.source = source;
        this.files = files;
        this.form = form;
        this.classes = classes;
    }

    static Reader open10(Source source) {
        Form form = new Form(Stream.concat(IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i),
                Stream.of("test_batch")).toList(), "cifar-10-binary\\.tar\\.gz", 1, 0, 10);
        return open(source, form, "batches.meta.txt", NAMES10);
    }

    static Reader open100(Source source) {
        String level = source.config().text("labels", "fine");
        if (!level.equals("fine") && !level.equals("coarse")) {
            throw UserError.usage(source.config().source() + ": labels must be fine or coarse, found " + level);
        }
        boolean fine = level.equals("fine");
        Form form = new Form(List.of("train", "test"), "cifar-100-binary\\.tar\\.gz", 2, fine ? 1 : 0, fine ? 100 : 20);
        return open(source, form, level + "_label_names.txt", Labels.named(Map.of(form.classes - 1, "" + (form.classes - 1))));
    }

    /** {@code unnamed}: names where the list of names is missing. */
    private static Reader open(Source source, Form form, String meta, List<String> unnamed) {
        Part files = source.part("((?:" + String.join("|", form.batches) + ")\\.bin|" + meta.replace(".", "\\.") + ")",
                form.archive);
        for (String batch : form.batches) {
            if (!files.has(batch + ".bin")) {
                throw UserError.missing(source.path(), "has no " + batch + ".bin; the binary version has it: "
                        + source.published().page());
            }
        }
        List<String> classes = files.has(meta) ? files.lines(meta) : unnamed;
        if (classes.size() != form.classes) {
            throw UserError.badData(files.path(meta), "names " + classes.size() + " classes, not " + form.classes);
        }
        return new CifarReader(source, files, form, classes);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Iterator<Sample> samples() {
        return new Records();
    }

    @Override
    public Map<String, String> provenance() {
        return source.provenance();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private final class Records implements Iterator<Sample> {

        private int batch = -1;
        private byte[] bytes = new byte[0];
        private int record;
        private int found;
        private int[] taken = new int[form.classes];
        private Sample next;

        @Override
        public boolean hasNext() {
            while (next == null) {
                if ((record + 1L) * form.record() <= bytes.length) {
                    next = sample(bytes, record++);
                } else if (batch < form.batches.size()) {
                    load(++batch);
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

        private void load(int number) {
            int test = form.batches.size() - 1;
            if (number >= test) { // a split has been read
                source.published().requireCount(source.path(), number == test ? "train" : "test", "pictures", found);
                found = 0;
                taken = new int[form.classes];
            }
            record = 0;
            bytes = number <= test ? whole(form.batches.get(number) + ".bin") : new byte[0];
            found += bytes.length / form.record();
        }

        private byte[] whole(String name) {
            byte[] read = files.bytes(name);
            if (read.length == 0) {
                throw UserError.badData(files.path(name), "is empty (0 bytes)");
            }
            if (read.length % form.record() != 0) {
                throw UserError.badData(files.path(name), "truncated: " + read.length + " bytes are not whole records of "
                        + form.record() + "; record " + read.length / form.record() + " has only " + read.length % form.record());
            }
            return read;
        }

        /** Null if the class has enough pictures already. */
        private Sample sample(byte[] from, int number) {
            int at = number * form.record();
            int label = from[at + form.labelAt] & 0xFF;
            String name = form.batches.get(batch);
            if (label >= form.classes) {
                throw UserError.badData(files.path(name + ".bin"), "record " + number + " has label " + label
                        + ", labels are 0 to " + (form.classes - 1));
            }
            String split = batch == form.batches.size() - 1 ? "test" : "train";
            if (taken[label]++ >= PictureList.most(source.config(), split)) {
                return null;
            }
            return Sample.of(String.format("%s/%05d.png", name, number), split, label, () -> png(from, at + form.labelBytes));
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
