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
 * flat, with the labels of the development kit ({@code ILSVRC2012_devkit_t12.tar.gz} or unpacked), or in folders {@code nNNNNNNNN}.
 * Classes are the WordNet ids, sorted, which is the order of torchvision and timm; the development kit's own ids are not used as
 * labels. The validation set, the labelled test, is the split test.
 */
final class ImageNetReader {

    private static final Pattern VAL = Pattern.compile("(?:(n[0-9]{8})/)?(ILSVRC2012_val_([0-9]+)\\.JPEG)");

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
        List<String> truth = flat ? truth(source) : List.of();
        for (String name : val.names()) {
            Matcher m = VAL.matcher(name);
            m.matches();
            if (m.group(1) == null) {
                int number = m.group(3).length() > 9 ? 0 : Integer.parseInt(m.group(3));
                if (number < 1 || number > truth.size()) {
                    throw UserError.badData(val.path(name), "has no label: the development kit has " + truth.size());
                }
                wnids.put(name, truth.get(number - 1));
            } else {
                wnids.put(name, m.group(1));
            }
        }
        return wnids;
    }

    /** WordNet ids of the validation pictures in the order of their numbers, from the development kit. */
    private static List<String> truth(Source source) {
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
