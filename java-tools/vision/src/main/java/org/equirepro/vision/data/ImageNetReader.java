package org.equirepro.vision.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.UserError;

/**
 * ImageNet-1k, ILSVRC2012 (Russakovsky et al., IJCV 2015). Training pictures: {@code ILSVRC2012_img_train.tar}, the tars
 * {@code nNNNNNNNN.tar} in it, or folders {@code nNNNNNNNN}. Validation pictures: {@code ILSVRC2012_img_val.tar} or unpacked, either
 * flat, with the labels of the development kit ({@code ILSVRC2012_devkit_t12.tar.gz} or unpacked) or of {@code LOC_val_solution.csv}
 * (the form in which Kaggle has the set), or in folders {@code nNNNNNNNN}.
 * Classes are the WordNet ids, sorted, which is the order of torchvision and timm; the development kit's own ids are not used as
 * labels. The validation set, the labelled test, is the split test.
 */
final class ImageNetReader {

    private static final Pattern VAL = Pattern.compile("(?:(n[0-9]{8})/)?ILSVRC2012_val_([0-9]+)\\.JPEG");
    private static final Pattern SOLUTION = Pattern.compile("ILSVRC2012_val_([0-9]+),(n[0-9]{8}) .*");

    private ImageNetReader() {}

    static Reader open(Source source) {
        Part train = source.part("(n[0-9]{8}/n[0-9]{8}_[^/]+\\.JPEG)", "ILSVRC2012_img_train\\.tar", "n[0-9]{8}\\.tar");
        Part val = source.optional("((?:n[0-9]{8}/)?ILSVRC2012_val_[0-9]+\\.JPEG)", "ILSVRC2012_img_val\\.tar");
        Map<String, String> wnids = wnids(source, val);
        TreeSet<String> all = new TreeSet<>(wnids.values());
        train.names().forEach(name -> all.add(synset(name)));
        List<String> classes = List.copyOf(all);
        Map<String, Integer> labels = Labels.byName(classes);
        PictureList list = new PictureList(source, classes);
        for (String name : train.names()) {
            list.add("train", train, name, "train/" + name, labels.get(synset(name)));
        }
        for (String name : val.names()) {
            list.add("val", val, name, "val/" + name.substring(name.lastIndexOf('/') + 1), labels.get(wnids.get(name)));
        }
        return list.reader();
    }

    private static String synset(String name) {
        return name.substring(0, name.indexOf('/'));
    }

    /** WordNet ids of the validation pictures by name. */
    private static Map<String, String> wnids(Source source, Part val) {
        Map<String, String> wnids = new HashMap<>();
        boolean flat = val.names().stream().anyMatch(name -> name.indexOf('/') < 0);
        Map<Integer, String> truth = flat ? truth(source) : Map.of();
        for (String name : val.names()) {
            Matcher m = VAL.matcher(name);
            m.matches();
            String wnid = m.group(1) != null ? m.group(1) : truth.get(number(m.group(2)));
            if (wnid == null) {
                throw UserError.badData(val.path(name), "has no label; there are labels of " + truth.size() + " validation pictures");
            }
            wnids.put(name, wnid);
        }
        return wnids;
    }

    /** Number of a validation picture from 1, whatever its zeros in front; 0 if it has none. */
    private static int number(String digits) {
        return digits.matches("0*[0-9]{1,8}") ? Integer.parseInt(digits) : 0;
    }

    /** WordNet ids of the validation pictures by their numbers. */
    private static Map<Integer, String> truth(Source source) {
        Part solution = source.optional("(LOC_val_solution\\.csv)");
        Map<Integer, String> truth = new HashMap<>();
        if (solution.names().isEmpty()) {
            for (String wnid : developmentKit(source)) {
                truth.put(truth.size() + 1, wnid);
            }
            return truth;
        }
        for (String line : solution.lines("LOC_val_solution.csv")) { // ImageId,PredictionString: wnid and box, again and again
            Matcher m = SOLUTION.matcher(line);
            if (m.matches()) {
                truth.put(number(m.group(1)), m.group(2));
            }
        }
        return truth;
    }

    /** WordNet ids of the validation pictures in the order of their numbers, from the development kit. */
    private static List<String> developmentKit(Source source) {
        Part kit = source.part("data/(ILSVRC2012_validation_ground_truth\\.txt|meta\\.mat)", "ILSVRC2012_devkit_t12\\.tar\\.gz");
        Mat.Value synsets = Mat.read(kit.path("meta.mat"), kit.bytes("meta.mat")).get("synsets");
        Map<Integer, String> byId = new HashMap<>();
        for (int i = 0; i < synsets.size(); i++) {
            byId.put(synsets.field(i, "ILSVRC2012_ID").integer(), synsets.field(i, "WNID").text());
        }
        String file = "ILSVRC2012_validation_ground_truth.txt";
        return kit.words(file, 1).stream().map(words -> {
            String wnid = byId.get(kit.number(file, words[0]));
            if (wnid == null) {
                throw UserError.badData(kit.path(file), "has the id " + words[0] + ", which meta.mat does not have");
            }
            return wnid;
        }).toList();
    }
}
