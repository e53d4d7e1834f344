package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * 3DIEBench (Garrido, Najman, LeCun: "Self-supervised learning of split invariant equivariant representations", ICML 2023):
 * {@code SYNSET/OBJECT/image_N.jpg}, unpacked or in {@code 3DIEBench.tar.gz}, with {@code latent_N.npy} of 7 numbers: rotation x, y, z, floor hue, light theta, light phi,
 * light hue. The class is the synset, the group the object; whole objects go to one split.
 *
 * <p>Keys of the configuration: {@code val_list} (a .npy of {@code /SYNSET/OBJECT/}, as published; all other objects are for
 * training) or {@code test_fraction} with {@code split_seed} (by class); without both a val_images.npy in the source is taken.
 * {@code train_list} keeps the training objects to those listed. {@code max_per_class} and {@code test_max_per_class} count
 * objects, {@code max_views} pictures of an object.
 */
final class ThreeDieBenchReader implements Reader {

    private static final int LATENTS = 7;
    private static final Pattern IMAGE = Pattern.compile("((?:.*/)?)([^/]+/[^/]+)/image_([0-9]{1,6})\\.(?:jpg|jpeg|png)");

    private record View(String key, String image, String latent, String split, int label, String object, int number) {}

    private final Source source;
    private final SourceTree tree;
    private final List<String> classes;
    private final List<View> views;

    private ThreeDieBenchReader(Source source, SourceTree tree, List<String> classes, List<View> views) {
        this.source = source;
        this.tree = tree;
        this.classes = classes;
        this.views = views;
    }

    static Reader open(Source source) throws IOException {
        SourceTree tree = source.holding(IMAGE, "3DIEBench\\.tar\\.gz");
        Settings config = source.config();
        Map<String, List<String>> objects = new TreeMap<>(); // SYNSET/OBJECT -> pictures in order
        Set<String> prefixes = new TreeSet<>();
        for (String file : tree.files()) {
            Matcher m = IMAGE.matcher(file);
            if (m.matches()) {
                prefixes.add(m.group(1));
                objects.computeIfAbsent(m.group(2), o -> new ArrayList<>()).add(file);
            }
        }
        if (prefixes.size() != 1) {
            throw UserError.badData(tree.path(""), objects.isEmpty() ? "has no SYNSET/OBJECT/image_N.jpg"
                    : "has more than one tree of objects: below '" + String.join("', '", prefixes) + "'");
        }
        List<String> classes = objects.keySet().stream().map(ThreeDieBenchReader::synset).distinct().sorted().toList();
        Map<String, String> splits = splits(source.tree(), config, objects.keySet());
        if (!config.has("test_fraction")) { // as published
            source.published().requireClasses(source.path(), classes.size());
            for (String split : List.of("train", "test")) {
                source.published().requireCount(source.path(), split, "objects",
                        (int) splits.values().stream().filter(split::equals).count());
            }
        }
        return new ThreeDieBenchReader(source, tree, classes, views(tree, config, objects, classes, splits));
    }

    private static String synset(String object) {
        return object.substring(0, object.indexOf('/'));
    }

    private static List<View> views(SourceTree tree, Settings config, Map<String, List<String>> objects, List<String> classes,
            Map<String, String> splits) {
        int maxViews = config.integer("max_views", Integer.MAX_VALUE);
        if (maxViews < 1) {
            throw UserError.usage(config.source() + ": max_views must be at least 1");
        }
        Set<String> files = new HashSet<>(tree.files());
        Map<String, Integer> taken = new HashMap<>();
        List<View> views = new ArrayList<>();
        for (String split : List.of("train", "test")) {
            for (Map.Entry<String, List<String>> object : objects.entrySet()) {
                String name = object.getKey();
                if (!split.equals(splits.get(name))
                        || taken.merge(split + "/" + synset(name), 1, Integer::sum) > PictureList.most(config, split)) {
                    continue;
                }
                int label = classes.indexOf(synset(name));
                for (String image : object.getValue()) {
                    Matcher m = IMAGE.matcher(image);
                    m.matches();
                    int number = Integer.parseInt(m.group(3));
                    String latent = m.group(1) + name + "/latent_" + m.group(3) + ".npy";
                    if (!files.contains(latent)) {
                        throw UserError.badData(tree.path(image), "has no latent_" + m.group(3) + ".npy beside it");
                    }
                    if (number < maxViews) {
                        views.add(new View(image.substring(m.group(1).length()), image, latent, split, label, name, number));
                    }
                }
            }
        }
        return views;
    }

    /** Split of each object; an object that is not in the map is left out. */
    private static Map<String, String> splits(SourceTree tree, Settings config, Set<String> objects) throws IOException {
        if (config.has("val_list") && config.has("test_fraction")) {
            throw UserError.usage(config.source() + ": give val_list or test_fraction, not both");
        }
        Optional<String> own = tree.files().stream()
                .filter(f -> f.equals("val_images.npy") || f.endsWith("/val_images.npy")).findFirst();
        Map<String, String> splits = new HashMap<>();
        if (config.has("val_list") || own.isPresent() && !config.has("test_fraction")) {
            Path name = config.has("val_list") ? listPath(tree, config.text("val_list")) : tree.path(own.get());
            byte[] bytes = config.has("val_list") ? read(name) : tree.read(own.get());
            Set<String> held = listed(name, bytes, objects);
            objects.forEach(o -> splits.put(o, held.contains(o) ? "test" : "train"));
        } else if (config.has("test_fraction")) {
            draw(config, objects, splits);
        } else {
            throw UserError.usage(config.source() + ": 3DIEBench needs val_list or test_fraction to know the test objects");
        }
        if (config.has("train_list")) {
            Path name = listPath(tree, config.text("train_list"));
            Set<String> kept = listed(name, read(name), objects);
            splits.entrySet().removeIf(e -> e.getValue().equals("train") && !kept.contains(e.getKey()));
        }
        return splits;
    }

    /** A list's path is absolute or relative to the source. */
    private static Path listPath(SourceTree tree, String text) {
        return Path.of(text).isAbsolute() ? Path.of(text) : tree.path(text);
    }

    private static byte[] read(Path list) throws IOException {
        if (!Files.isRegularFile(list)) {
            throw UserError.missing(list, "no such list of objects");
        }
        return Files.readAllBytes(list);
    }

    /** Objects of a published list; each must be in the source. */
    private static Set<String> listed(Path file, byte[] bytes, Set<String> objects) {
        Set<String> listed = new TreeSet<>();
        for (String line : Npy.read(file, bytes).strings()) {
            String object = line.replaceAll("^/+|/+$", "");
            if (!objects.contains(object)) {
                throw UserError.badData(file, "lists " + line + ", which the source does not have");
            }
            listed.add(object);
        }
        return listed;
    }

    private static void draw(Settings config, Set<String> objects, Map<String, String> splits) {
        Map<String, List<String>> byClass = new TreeMap<>();
        objects.stream().sorted().forEach(o -> byClass.computeIfAbsent(synset(o), s -> new ArrayList<>()).add(o));
        byClass.forEach((synset, names) ->
                splits.putAll(PictureList.drawn(config, synset, names, PictureList.testCount(config, "test_fraction", names.size()))));
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public int latents() {
        return LATENTS;
    }

    @Override
    public Iterator<Sample> samples() {
        return views.stream().map(view -> new Sample(view.key, view.split, view.label, view.object, view.number, latent(view),
                () -> tree.read(view.image))).iterator();
    }

    private double[] latent(View view) {
        Path file = tree.path(view.latent);
        try {
            double[] values = Npy.read(file, tree.read(view.latent)).doubles();
            if (values.length != LATENTS || !Arrays.stream(values).allMatch(Double::isFinite)) {
                throw UserError.badData(file, "must hold " + LATENTS + " finite numbers, found " + values.length);
            }
            return values;
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
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
