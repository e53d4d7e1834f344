package org.equirepro.vision.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Collects the pictures of a data set that gives every picture a split and one class, and makes a {@link Reader} of them.
 *
 * <p>Keys of the configuration: {@code max_per_class} and {@code test_max_per_class} (the first of each class in the order of the
 * keys; the second is for val and test), {@code join_val} (pictures of val become training pictures). Where a set has val and no
 * test, val is called test: it is what such sets are scored on.
 */
final class PictureList {

    static final List<String> SPLITS = List.of("train", "val", "test");

    /** Gives the encoded picture. */
    private record Item(String key, String split, int label, Sample.Bytes bytes) {}

    private final Source source;
    private final List<String> classes;
    private final List<Item> items = new ArrayList<>();
    private Published expected;
    private int absent;
    private String firstAbsent = "";

    PictureList(Source source, List<String> classes) {
        this.source = source;
        this.classes = List.copyOf(classes);
        this.expected = source.published();
        expected.requireClasses(source.path(), classes.size());
    }

    /** Other numbers of pictures by split than the published ones; they count for whole sets only. */
    PictureList expecting(Map<String, Integer> counts) {
        if (!expected.counts().isEmpty()) {
            expected = expected.with(counts);
        }
        return this;
    }

    /** A picture that a list names; one that is not there is missed in {@link #reader}. */
    void add(String split, Part pictures, String name, String key, int label) {
        if (pictures.has(name)) {
            add(split, key, label, () -> pictures.read(name));
        } else if (absent++ == 0) {
            firstAbsent = name;
        }
    }

    void add(String split, String key, int label, Sample.Bytes bytes) {
        if (label < 0 || label >= classes.size()) {
            throw UserError.badData(source.path(), "says that " + key + " is of class " + label + ", classes are 0 to "
                    + (classes.size() - 1));
        }
        items.add(new Item(key, split, label, bytes));
    }

    /** The reader, which closes the source. */
    Reader reader() {
        if (absent > 0 && !source.subset()) {
            throw UserError.badData(source.path(), "lacks " + absent + " pictures that its lists name, the first " + firstAbsent
                    + "; get what is missing from " + source.published().page() + ", or set subset: true to use what is there");
        }
        expected.counts().keySet().forEach(split -> expected.requireCount(source.path(), split, "pictures",
                (int) items.stream().filter(i -> i.split.equals(split)).count()));
        Function<String, String> names = splitNames();
        List<Item> sorted = items.stream().map(i -> new Item(i.key, names.apply(i.split), i.label, i.bytes))
                .sorted(Comparator.<Item>comparingInt(i -> SPLITS.indexOf(i.split)).thenComparing(Item::key)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).key.equals(sorted.get(i - 1).key) && sorted.get(i).split.equals(sorted.get(i - 1).split)) {
                throw UserError.badData(source.path(), "lists " + sorted.get(i).key + " twice in one split");
            }
        }
        return new ListReader(source, classes, first(sorted));
    }

    private Function<String, String> splitNames() {
        boolean val = items.stream().anyMatch(i -> i.split.equals("val"));
        boolean test = items.stream().anyMatch(i -> i.split.equals("test"));
        boolean join = source.config().flag("join_val", false);
        if (join && !(val && test)) {
            throw UserError.usage(source.config().source() + ": join_val needs a data set with a val and a test split");
        }
        String as = join ? "train" : test ? "val" : "test";
        return split -> split.equals("val") ? as : split;
    }

    private List<Item> first(List<Item> sorted) {
        Map<String, Integer> taken = new HashMap<>();
        return sorted.stream().filter(i -> taken.merge(i.split + i.label, 1, Integer::sum) <= most(source.config(), i.split))
                .toList();
    }

    /** How many pictures (3DIEBench: objects) of a class a split may have. */
    static int most(Settings config, String split) {
        String key = split.equals("train") ? "max_per_class" : "test_max_per_class";
        int most = config.integer(key, Integer.MAX_VALUE);
        if (most < 1) {
            throw UserError.usage(config.source() + ": " + key + " must be at least 1");
        }
        return most;
    }

    /**
     * Draws a split of one class by {@code split_seed}.
     *
     * @param members sorted
     * @param tests how many of them are for testing
     * @return split by member
     */
    static <T> Map<T, String> drawn(Settings config, String name, List<T> members, int tests) {
        int[] order = Draws.at(config.integer("split_seed", 0), "split/" + name).permutation(members.size());
        Map<T, String> splits = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            splits.put(members.get(i), order[i] < tests ? "test" : "train");
        }
        return splits;
    }

    /** How many of {@code n} go to the test split by {@code key}, a fraction: rounded, but never none and never all. */
    static int testCount(Settings config, String key, int n) {
        double fraction = config.real(key);
        if (!(fraction > 0 && fraction < 1)) {
            throw UserError.usage(config.source() + ": " + key + " must lie between 0 and 1");
        }
        return (int) Math.max(Math.min(1, n - 1), Math.min(n - 1, Math.round(fraction * n)));
    }

    private record ListReader(Source source, List<String> classes, List<Item> items) implements Reader {

        @Override
        public Iterator<Sample> samples() {
            return items.stream().map(i -> Sample.of(i.key, i.split, i.label, i.bytes)).iterator();
        }

        @Override
        public Map<String, String> provenance() {
            return source.provenance();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
