package org.equirepro.vision.show;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.equirepro.base.Draws;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/**
 * Some samples of one split, drawn by a seed, in the order of the data set.
 *
 * @param split {@code train}, {@code val} or {@code test}
 * @param count how many; fewer if there are not so many
 * @param seed of the draw
 */
public record SampleChoice(String split, int count, int seed) {

    /** Gives what lies beside a picture, if anything does. */
    private interface Beside {
        Optional<byte[]> member(String name) throws IOException;
    }

    /** Samples of a prepared data set. */
    public List<Annotated> of(ShardSet set) {
        Split from = set.split(split);
        List<Annotated> samples = new ArrayList<>();
        for (int i : chosen(from.size())) {
            samples.add(annotated(from.key(i), from.label(i), set.classes(), set.members(), from.encoded(i),
                    name -> from.member(i, name)));
        }
        return samples;
    }

    /** Samples of a data set in its original form. */
    public List<Annotated> of(Reader reader) {
        List<Sample> all = new ArrayList<>();
        for (Iterator<Sample> samples = reader.samples(); samples.hasNext(); ) {
            Sample sample = samples.next();
            if (sample.split().equals(split)) {
                all.add(sample);
            }
        }
        if (all.isEmpty()) {
            throw UserError.usage("the data set has no pictures in split " + split);
        }
        List<Annotated> chosen = new ArrayList<>();
        for (int i : chosen(all.size())) {
            Sample sample = all.get(i);
            try {
                chosen.add(annotated(sample.key(), sample.label(), reader.classes(), reader.members(), sample.bytes().get(), name -> {
                    Sample.Bytes member = sample.members().get(name);
                    return member == null ? Optional.empty() : Optional.of(member.get());
                }));
            } catch (IOException e) {
                throw UserError.badData(Path.of(sample.key()), "cannot be read: " + e.getMessage(), e);
            }
        }
        return chosen;
    }

    private int[] chosen(int size) {
        int[] order = Draws.at(seed, "show").permutation(size);
        return Arrays.stream(order).limit(count).sorted().toArray();
    }

    private static Annotated annotated(String key, int label, List<String> classes, List<String> members, byte[] picture,
            Beside beside) {
        try {
            Optional<LabelMap> labels = beside.member("png").map(bytes -> PictureDecoder.labels(key, bytes));
            Optional<DepthMap> depth = depth(key, members, beside);
            List<Instance> objects = beside.member("json").map(bytes -> PictureObjects.parse(key, bytes).objects()).orElse(List.of());
            String caption = members.contains("json") ? census(objects, classes)
                    : labels.map(SampleChoice::census).orElse(classes.get(label));
            return new Annotated(key, caption, PictureDecoder.decode(key, picture), labels, depth, objects);
        } catch (IOException e) {
            throw UserError.badData(Path.of(key), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<DepthMap> depth(String key, List<String> members, Beside beside) throws IOException {
        DepthMap.Unit unit = DepthMap.Unit.among(members).orElse(null);
        return unit == null ? Optional.empty() : beside.member(unit.member()).map(bytes -> unit.decode(key, bytes));
    }

    private static String census(List<Instance> objects, List<String> classes) {
        Map<Integer, Integer> counts = new TreeMap<>();
        objects.forEach(object -> counts.merge(object.label(), 1, Integer::sum));
        return objects.isEmpty() ? "no objects" : counts.entrySet().stream().map(c -> c.getValue() + " " + classes.get(c.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static String census(LabelMap map) {
        boolean[] seen = new boolean[256];
        int ignored = 0;
        for (byte label : map.labels()) {
            seen[label & 0xFF] = true;
            ignored += (label & 0xFF) == LabelMap.IGNORE ? 1 : 0;
        }
        int classes = 0;
        for (int label = 0; label < LabelMap.IGNORE; label++) {
            classes += seen[label] ? 1 : 0;
        }
        return classes + " classes, " + Math.round(100.0 * ignored / map.labels().length) + " % not labelled";
    }
}
