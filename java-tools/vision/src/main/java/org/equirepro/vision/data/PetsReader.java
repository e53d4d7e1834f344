package org.equirepro.vision.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/**
 * Oxford-IIIT Pets (Parkhi et al., CVPR 2012): {@code images/BREED_N.jpg} and {@code annotations/trainval.txt}, {@code test.txt}
 * with the lines {@code BREED_N CLASS SPECIES BREED}. Labels are CLASS less one, classes are named by the breed before the last
 * {@code _}. The split train is trainval. A list that has a class 0 counts from 0.
 */
final class PetsReader {

    private record Line(String split, String picture, int id) {}

    private PetsReader() {}

    static Reader open(Source source) {
        Part lists = source.part("annotations/((?:trainval|test)\\.txt)", "annotations\\.tar\\.gz");
        Part pictures = source.part("images/([^/]+)\\.jpg", "images\\.tar\\.gz");
        List<Line> lines = new ArrayList<>();
        for (String split : List.of("train", "test")) {
            String file = split.equals("train") ? "trainval.txt" : "test.txt";
            for (String[] words : lists.words(file, 2)) {
                if (!words[0].startsWith("#")) {
                    lines.add(new Line(split, words[0], lists.number(file, words[1])));
                }
            }
        }
        int first = lines.stream().anyMatch(line -> line.id == 0) ? 0 : 1;
        Map<Integer, String> names = new TreeMap<>();
        for (Line line : lines) {
            String breed = line.picture.replaceFirst("_[^_]*$", "");
            String other = names.put(line.id - first, breed);
            if (other != null && !other.equals(breed)) {
                throw UserError.badData(lists.path("trainval.txt"), "gives class " + line.id + " to " + other + " and " + breed);
            }
        }
        PictureList list = new PictureList(source, Labels.named(names));
        lines.forEach(line -> list.add(line.split, pictures, line.picture, line.picture + ".jpg", line.id - first));
        return list.reader();
    }
}
