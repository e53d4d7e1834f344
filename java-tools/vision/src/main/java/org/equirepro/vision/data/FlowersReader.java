package org.equirepro.vision.data;

import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/**
 * Oxford Flowers-102 (Nilsback and Zisserman 2008): {@code jpg/image_NNNNN.jpg}, {@code imagelabels.mat} (labels of all pictures
 * from 1) and {@code setid.mat} (numbers of the pictures of {@code trnid}, {@code valid}, {@code tstid}). Labels are the
 * published ones less one; classes, which the files do not name, are called by the published number.
 */
final class FlowersReader {

    private static final Map<String, String> SETS = new TreeMap<>(Map.of("train", "trnid", "val", "valid", "test", "tstid"));

    private FlowersReader() {}

    static Reader open(Source source) {
        Part lists = source.part("((?:imagelabels|setid)\\.mat)");
        Part pictures = source.part("jpg/(image_[0-9]+)\\.jpg", "102flowers\\.tgz");
        double[] labels = Mat.read(lists.path("imagelabels.mat"), lists.bytes("imagelabels.mat")).get("labels").doubles();
        Mat sets = Mat.read(lists.path("setid.mat"), lists.bytes("setid.mat"));
        Map<Integer, String> names = new TreeMap<>();
        for (double label : labels) {
            names.put((int) label - 1, Integer.toString((int) label));
        }
        PictureList list = new PictureList(source, Labels.named(names));
        SETS.forEach((split, name) -> {
            for (double number : sets.get(name).doubles()) {
                if (!(number >= 1 && number <= labels.length)) {
                    throw UserError.badData(lists.path("setid.mat"), name + " has the number " + number + ", there are "
                            + labels.length + " labels");
                }
                String picture = String.format("image_%05d", (int) number);
                list.add(split, pictures, picture, picture + ".jpg", (int) labels[(int) number - 1] - 1);
            }
        });
        return list.reader();
    }
}
