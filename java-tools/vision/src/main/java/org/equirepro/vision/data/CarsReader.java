package org.equirepro.vision.data;

import java.util.Map;
import java.util.TreeMap;

/**
 * Stanford Cars (Krause et al. 2013): {@code cars_train/NNNNN.jpg}, {@code cars_test/NNNNN.jpg}, the development kit with
 * {@code cars_train_annos.mat} and {@code cars_meta.mat}, and {@code cars_test_annos_withlabels.mat}. Labels are the published
 * ones less one.
 */
final class CarsReader {

    private CarsReader() {}

    static Reader open(Source source) {
        Part kit = source.part("(cars_(?:train_annos|meta)\\.mat)", "car_devkit\\.tgz");
        Part tests = source.part("(cars_test_annos_withlabels\\.mat)", "car_devkit\\.tgz");
        Mat.Value train = annotations(kit, "cars_train_annos.mat");
        Mat.Value test = annotations(tests, "cars_test_annos_withlabels.mat");
        PictureList list = new PictureList(source, Labels.named(names(kit, train, test)));
        add(list, source, "train", train);
        add(list, source, "test", test);
        return list.reader();
    }

    private static Mat.Value annotations(Part part, String file) {
        return Mat.read(part.path(file), part.bytes(file)).get("annotations");
    }

    /** A kit without cars_meta.mat, which is never a whole one, leaves the classes their numbers. */
    private static Map<Integer, String> names(Part kit, Mat.Value... annotations) {
        Map<Integer, String> names = new TreeMap<>();
        for (Mat.Value split : annotations) {
            for (int i = 0; i < split.size(); i++) {
                int label = split.field(i, "class").integer() - 1;
                names.put(label, Integer.toString(label + 1));
            }
        }
        if (kit.has("cars_meta.mat")) {
            Mat.Value cells = Mat.read(kit.path("cars_meta.mat"), kit.bytes("cars_meta.mat")).get("class_names");
            for (int i = 0; i < cells.size(); i++) {
                names.put(i, cells.cell(i).text());
            }
        }
        return names;
    }

    private static void add(PictureList list, Source source, String split, Mat.Value annotations) {
        String folder = "cars_" + split;
        Part pictures = source.part(folder + "/([^/]+\\.jpg)", folder + "\\.tgz");
        for (int i = 0; i < annotations.size(); i++) {
            String name = annotations.field(i, "fname").text();
            list.add(split, pictures, name, folder + "/" + name, annotations.field(i, "class").integer() - 1);
        }
    }
}
