package org.equirepro.vision.data;

import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.AdeClasses;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/**
 * ADE20K as the scene parsing benchmark has it (Zhou et al. 2017), {@code ADEChallengeData2016.zip} or what it unpacks to:
 * {@code images/training/NAME.jpg} beside {@code annotations/training/NAME.png}, likewise {@code validation}, which becomes the
 * split {@code test}. The member {@code png} holds classes 0 .. 149 and 255 where the annotation says "other" (0 in the file;
 * its 1 .. 150 are the classes). Pictures and annotations that lie in {@code images/} and {@code annotations/} without folders
 * of their own are taken for {@code test}.
 *
 * <p>Keys of the configuration: {@code max_pictures}, {@code test_max_pictures}.
 */
final class AdeReader {

    private static final String ARCHIVE = "ADEChallengeData2016\\.zip";

    private AdeReader() {}

    /** Takes the source over. */
    static Reader open(Source source) throws IOException {
        Part pictures = source.part("images/((?:training/|validation/)?[^/]+)\\.jpg", ARCHIVE);
        Part annotations = source.part("annotations/((?:training/|validation/)?[^/]+)\\.png", ARCHIVE);
        Part names = source.optional("(objectInfo150)\\.(?:csv|txt)", ARCHIVE);
        List<String> classes = names.names().isEmpty() ? AdeClasses.NAMES
                : AdeClasses.parse(names.path("objectInfo150"), names.text("objectInfo150"));
        source.published().requireClasses(source.path(), classes.size());
        TreeMap<String, List<String>> splits = new TreeMap<>();
        splits.put("train", pictures.names().stream().filter(name -> name.startsWith("training/")).toList());
        splits.put("test", pictures.names().stream().filter(name -> !name.startsWith("training/")).toList());
        DenseReader reader = new DenseReader(source, classes, "png");
        for (String split : splits.descendingKeySet()) {
            source.published().requireCount(source.path(), split, "pictures", splits.get(split).size());
            for (String name : splits.get(split)) {
                if (!annotations.has(name)) {
                    throw UserError.missing(annotations.path("annotations/" + name + ".png"), "no such annotation, but its picture "
                            + pictures.path(name) + " is there");
                }
            }
            splits.get(split).stream().limit(DenseReader.most(source.config(), split)).forEach(name -> reader.add(name + ".jpg",
                    split, () -> pictures.read(name), () -> labels(annotations, name, classes.size())));
        }
        return reader;
    }

    /** 0 becomes 255, every other label one less. */
    private static byte[] labels(Part annotations, String name, int classes) throws IOException {
        LabelMap raw = PictureDecoder.labels(annotations.path(name).toString(), annotations.read(name));
        byte[] labels = new byte[raw.labels().length];
        for (int i = 0; i < labels.length; i++) {
            int value = raw.labels()[i] & 0xFF;
            if (value > classes) {
                throw UserError.badData(annotations.path(name), "has label " + value + ", labels are 0 to " + classes);
            }
            labels[i] = (byte) (value - 1);
        }
        return PictureDecoder.png(new LabelMap(raw.width(), raw.height(), labels));
    }
}
