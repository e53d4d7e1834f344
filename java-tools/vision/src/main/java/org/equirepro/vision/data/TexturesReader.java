package org.equirepro.vision.data;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.equirepro.base.UserError;

/**
 * Describable Textures DTD r1.0.1 (Cimpoi et al., CVPR 2014): {@code images/CLASS/CLASS_NNNN.jpg} and {@code labels/train1.txt},
 * {@code val1.txt}, {@code test1.txt} to 10 with lines {@code CLASS/CLASS_NNNN.jpg}. Classes are sorted by name.
 *
 * <p>Key of the configuration: {@code partition} (1 to 10; 1 by default, as results are mostly reported).
 */
final class TexturesReader {

    private static final String ARCHIVE = "dtd-r1\\.0\\.1\\.tar\\.gz";

    private TexturesReader() {}

    static Reader open(Source source) {
        int partition = partition(source);
        Part lists = source.part("labels/((?:train|val|test)[0-9]+\\.txt)", ARCHIVE);
        Part pictures = source.part("images/([^/]+/[^/]+\\.jpg)", ARCHIVE);
        List<String> classes = List.copyOf(new TreeSet<>(pictures.names().stream().map(TexturesReader::folder).toList()));
        Map<String, Integer> labels = Labels.byName(classes);
        PictureList list = new PictureList(source, classes);
        for (String split : PictureList.SPLITS) {
            String file = split + partition + ".txt";
            for (String name : lists.lines(file)) {
                list.add(split, pictures, name, name, Labels.of(labels, lists, file, folder(name)));
            }
        }
        return list.reader();
    }

    /** The number of the published partition to use. */
    static int partition(Source source) {
        int partition = source.config().integer("partition", 1);
        if (partition < 1 || partition > 10) {
            throw UserError.usage(source.config().source() + ": partition must be 1 to 10, found " + partition);
        }
        return partition;
    }

    private static String folder(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }
}
