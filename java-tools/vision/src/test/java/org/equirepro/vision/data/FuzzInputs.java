package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Path;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.TestData;

/** What is done with damaged inputs: as much as the program would do with whole ones. For the fuzz test, which lies elsewhere. */
public final class FuzzInputs {

    private FuzzInputs() {}

    /** Lists and reads everything. */
    public static void archive(Path file, Path spool) throws IOException {
        ArchiveLimits limits = new ArchiveLimits(1000, 1 << 22, 200);
        try (SourceTree tree = SourceTree.open(file, new Spool(spool, limits), Published.UNKNOWN)) {
            for (String name : tree.files()) {
                tree.read(name);
                try (var in = tree.stream(name)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
                if (Archives.isArchive(name)) {
                    tree.nested(name, new Spool(spool, limits), Published.UNKNOWN).close();
                }
            }
        }
    }

    public static void picture(byte[] bytes) {
        PictureDecoder.decode("picture", bytes);
    }

    public static void labels(byte[] bytes) {
        PictureDecoder.labels("labels", bytes);
    }

    public static void npy(byte[] bytes) {
        Npy array = Npy.read(Path.of("a.npy"), bytes);
        try {
            array.strings();
        } catch (UserError numbers) {
            array.longs();
            array.doubles();
        }
    }

    public static void mat(byte[] bytes) {
        Mat mat = Mat.read(Path.of("a.mat"), bytes);
        mat.get("labels").doubles();
        mat.get("names").cell(0).text();
        mat.get("annotations").field(1, "fname").text();
        mat.get("annotations").field(0, "class").integer();
    }

    public static void cocoJson(byte[] bytes) {
        CocoFile file = CocoFile.open(Path.of("a.json"), () -> new java.io.ByteArrayInputStream(bytes));
        file.annotations((image, object) -> object.mask().ifPresent(mask -> mask.toRle(file.images().get(image).height(),
                file.images().get(image).width()).text()));
    }

    public static void objects(byte[] bytes) {
        PictureObjects objects = PictureObjects.parse("a", bytes);
        objects.objects().forEach(o -> o.mask().ifPresent(mask -> mask.bounds()));
    }

    /** A file in a whole shard folder is damaged; what opens is read. */
    public static void shards(Path folder) {
        try (ShardSet set = ShardSet.open(folder)) {
            for (String name : set.splits()) {
                Split split = set.split(name);
                for (int i = 0; i < split.size(); i++) {
                    split.member(i, "json").ifPresent(FuzzInputs::objects);
                    split.picture(i);
                }
            }
        }
    }

    /** A small MATLAB file with all that lists of data sets have. */
    public static byte[] matSeed(boolean compressed) {
        return new MatWriter(java.nio.ByteOrder.LITTLE_ENDIAN, compressed).put("labels", new double[] {1, 2, 3, 70000})
                .put("names", java.util.List.of("cat", "a longer name of a dog"))
                .put("annotations", new java.util.Map[] {row("1.jpg", 3), row("2.jpg", 4)}).bytes();
    }

    private static java.util.Map<String, Object> row(String file, double label) {
        return new java.util.TreeMap<>(java.util.Map.of("fname", file, "class", new double[] {label}));
    }

    public static byte[] npySeed() {
        return TestData.npy("train/a", "train/bcd");
    }
}
