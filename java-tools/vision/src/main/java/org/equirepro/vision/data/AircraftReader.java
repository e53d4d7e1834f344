package org.equirepro.vision.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * FGVC-Aircraft (Maji et al. 2013): {@code data/images/ID.jpg} and lists {@code images_LEVEL_SPLIT.txt} with the lines
 * {@code ID NAME}; names may hold blanks and slashes. Classes are in the order of {@code variants.txt}, {@code families.txt} or
 * {@code manufacturers.txt}.
 *
 * <p>Keys of the configuration: {@code labels} (variant, family or manufacturer; 100, 70 or 30 classes; the default is variant),
 * {@code crop_banner} (leaves out the lowest 20 rows, which name the photographer; such pictures are stored as PNG).
 */
final class AircraftReader {

    private static final String ARCHIVE = "fgvc-aircraft-2013b\\.tar\\.gz";
    private static final int BANNER = 20;
    private static final Map<String, String> CLASS_FILES = Map.of("variant", "variants.txt", "family", "families.txt",
            "manufacturer", "manufacturers.txt");
    private static final Map<String, Integer> CLASSES = Map.of("variant", 100, "family", 70, "manufacturer", 30);

    private AircraftReader() {}

    static Reader open(Source source) {
        Settings config = source.config();
        String level = config.text("labels", "variant");
        if (!CLASSES.containsKey(level)) {
            throw UserError.usage(config.source() + ": labels must be variant, family or manufacturer, found " + level);
        }
        boolean crop = config.flag("crop_banner", false);
        Part lists = source.part("data/([a-z_]+\\.txt)", ARCHIVE);
        Part pictures = source.part("data/images/([^/]+)\\.jpg", ARCHIVE);
        List<String> classes = lists.lines(CLASS_FILES.get(level));
        if (!source.subset()) {
            source.published().withClasses(CLASSES.get(level)).requireClasses(source.path(), classes.size());
        }
        Map<String, Integer> labels = Labels.byName(classes);
        PictureList list = new PictureList(source, classes);
        for (String split : PictureList.SPLITS) {
            String file = "images_" + level + "_" + split + ".txt";
            for (String line : lists.lines(file)) {
                String[] words = line.split("\\s+", 2);
                if (words.length < 2) {
                    throw UserError.badData(lists.path(file), "has the line '" + line + "', which should be 'ID NAME'");
                }
                int label = Labels.of(labels, lists, file, words[1]);
                if (crop && pictures.has(words[0])) {
                    list.add(split, words[0] + ".png", label, () -> withoutBanner(words[0], pictures.read(words[0])));
                } else {
                    list.add(split, pictures, words[0], words[0] + ".jpg", label);
                }
            }
        }
        return list.reader();
    }

    private static byte[] withoutBanner(String name, byte[] bytes) {
        Picture whole = PictureDecoder.decode(name, bytes);
        if (whole.height() <= BANNER) {
            throw UserError.badData(Path.of(name), "has only " + whole.height() + " rows; its banner cannot be cut off");
        }
        int height = whole.height() - BANNER;
        return PictureDecoder.png(new Picture(whole.width(), height, Arrays.copyOf(whole.rgb(), 3 * whole.width() * height)));
    }
}
