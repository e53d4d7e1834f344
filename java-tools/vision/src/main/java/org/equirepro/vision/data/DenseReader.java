package org.equirepro.vision.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Pictures with something beside them. Their own label is 0: the classes are those of objects or pixels.
 *
 * <p>Keys of the configuration: {@code max_pictures} and {@code test_max_pictures}, the first by key.
 */
final class DenseReader implements Reader {

    private final Source source;
    private final List<String> classes;
    private final String member;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, String> facts = new TreeMap<>();
    private final List<AutoCloseable> spools = new ArrayList<>();

    /** Takes the source over. {@code member} is what every picture has beside it. */
    DenseReader(Source source, List<String> classes, String member) {
        this.source = source;
        this.classes = List.copyOf(classes);
        this.member = member;
    }

    /** A picture; the pictures of one split come in the order of their keys, and the training pictures first. */
    void add(String key, String split, Sample.Bytes picture, Sample.Bytes beside) {
        add(key, split, "", 0, picture, beside);
    }

    /** A picture of a group, such as a frame of a video; {@code view} is its number in the group, from 0. */
    void add(String key, String split, String group, int view, Sample.Bytes picture, Sample.Bytes beside) {
        samples.add(new Sample(key, split, 0, group, view, new double[0], picture, Map.of(member, beside)));
    }

    /** A fact for the receipt. */
    void fact(String name, String value) {
        facts.put(name, value);
    }

    /** Closed with the reader. */
    void keep(AutoCloseable spool) {
        spools.add(spool);
    }

    /** How many pictures a split may have. */
    static int most(Settings config, String split) {
        String key = split.equals("train") ? "max_pictures" : "test_max_pictures";
        int most = config.integer(key, Integer.MAX_VALUE);
        if (most < 1) {
            throw UserError.usage(config.source() + ": " + key + " must be at least 1");
        }
        return most;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public List<String> members() {
        return List.of(member);
    }

    @Override
    public Iterator<Sample> samples() {
        return samples.iterator();
    }

    @Override
    public Map<String, String> provenance() {
        Map<String, String> all = new TreeMap<>(source.provenance());
        all.putAll(facts);
        return all;
    }

    @Override
    public void close() throws IOException {
        try {
            for (AutoCloseable spool : spools) {
                spool.close();
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
        source.close();
    }
}
