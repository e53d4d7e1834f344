package org.equirepro.vision.data;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * SUN397 (Xiao et al., CVPR 2010): {@code SUN397/a/abbey/sun_ID.jpg}, classes of two or three levels such as
 * {@code b/brewery/indoor}, and ten partitions {@code Training_01.txt}, {@code Testing_01.txt} with lines
 * {@code /a/abbey/sun_ID.jpg}. Classes are those of {@code ClassName.txt}, sorted by path.
 *
 * <p>Key of the configuration: {@code partition} (1 to 10; 1 by default).
 */
final class SunReader {

    private SunReader() {}

    static Reader open(Source source) {
        String number = String.format("_%02d.txt", TexturesReader.partition(source));
        Part lists = source.part("((?:Training|Testing)_[0-9]{2}\\.txt|ClassName\\.txt)", "Partitions\\.zip");
        Part pictures = source.part("SUN397(/[a-z]/[^.]+/sun_[^/]+\\.jpg)", "SUN397\\.tar\\.gz");
        List<String> classes = List.copyOf(new TreeSet<>(lists.has("ClassName.txt")
                ? lists.lines("ClassName.txt").stream().map(SunReader::named).toList()
                : pictures.names().stream().map(SunReader::folder).toList()));
        Map<String, Integer> labels = Labels.byName(classes);
        PictureList list = new PictureList(source, classes);
        for (String split : List.of("train", "test")) {
            String file = (split.equals("train") ? "Training" : "Testing") + number;
            for (String name : lists.lines(file)) {
                list.add(split, pictures, name, name.substring(1), Labels.of(labels, lists, file, folder(name)));
            }
        }
        return list.reader();
    }

    /** {@code /b/brewery/indoor} is called {@code b/brewery/indoor}. */
    private static String named(String path) {
        return path.replaceFirst("^/", "");
    }

    private static String folder(String name) {
        return named(name.substring(0, Math.max(0, name.lastIndexOf('/'))));
    }
}
