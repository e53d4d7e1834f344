package org.equirepro.vision.data;

import static org.equirepro.vision.data.Layout.join;
import static org.equirepro.vision.data.Layout.pack;
import static org.equirepro.vision.data.Layout.text;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writers of small data sets in the forms of the published ones. */
final class Layouts {

    private Layouts() {}

    static Layout food101() {
        Layout.Builder b = new Layout.Builder("food101");
        return b.archive("food-101.tar.gz", "", join(List.of(
                b.pictures("food-101/images/apple_pie/1.jpg", "food-101/images/apple_pie/2.jpg", "food-101/images/waffles/3.jpg",
                        "food-101/images/waffles/4.jpg"),
                Map.of("food-101/meta/train.json", text("{\"waffles\": [\"waffles/3\"], \"apple_pie\": [\"apple_pie/2\"]}"),
                        "food-101/meta/test.json", text("{\"waffles\": [\"waffles/4\"], \"apple_pie\": [\"apple_pie/1\"]}"),
                        "food-101/meta/._test.json", text("a shadow of macOS"))))).build();
    }

    static Layout pets() {
        Layout.Builder b = new Layout.Builder("oxford-pets");
        return b.archive("images.tar.gz", "", b.pictures("images/Bengal_1.jpg", "images/Bengal_2.jpg", "images/great_pyrenees_1.jpg",
                        "images/great_pyrenees_20.jpg"))
                .archive("annotations.tar.gz", "", Map.of(
                        "annotations/trainval.txt", text("Bengal_1 1 1 1", "great_pyrenees_20 2 2 1"),
                        "annotations/test.txt", text("Bengal_2 1 1 1", "great_pyrenees_1 2 2 1"))).build();
    }

    /** Variants with blanks and slashes in their names. */
    static Layout aircraft() {
        Layout.Builder b = new Layout.Builder("fgvc-aircraft");
        String data = "fgvc-aircraft-2013b/data/";
        Map<String, byte[]> lists = new TreeMap<>(Map.of(data + "variants.txt", text("707-320", "F/A-18 C"),
                data + "manufacturers.txt", text("Boeing", "McDonnell Douglas"), data + "families.txt", text("Boeing 707", "F/A-18"),
                data + "images_box.txt", text("0000001 1 1 5 5")));
        String[] splits = {"train", "val", "test"};
        for (int i = 0; i < 3; i++) {
            lists.put(data + "images_variant_" + splits[i] + ".txt", text("000000" + i + " F/A-18 C", "000001" + i + " 707-320"));
            lists.put(data + "images_manufacturer_" + splits[i] + ".txt", text("000000" + i + " McDonnell Douglas"));
        }
        String[] pictures = new String[6];
        for (int i = 0; i < 6; i++) {
            pictures[i] = data + "images/00000" + i / 3 + i % 3 + ".jpg";
        }
        return b.archive("fgvc-aircraft-2013b.tar.gz", "", join(List.of(b.pictures(pictures), lists))).build();
    }

    static Layout flowers() {
        Layout.Builder b = new Layout.Builder("flowers102");
        return b.archive("102flowers.tgz", "", b.pictures("jpg/image_00001.jpg", "jpg/image_00002.jpg", "jpg/image_00003.jpg",
                        "jpg/image_00004.jpg"))
                .loose("imagelabels.mat", MatWriter.file("labels", new byte[] {3, 1, 3, 2}))
                .loose("setid.mat", new MatWriter(java.nio.ByteOrder.LITTLE_ENDIAN, true).put("trnid", new int[] {4, 1})
                        .put("valid", new int[] {2}).put("tstid", new int[] {3}).bytes()).build();
    }

    static Layout cars() {
        Layout.Builder b = new Layout.Builder("stanford-cars");
        return b.archive("cars_train.tgz", "", b.pictures("cars_train/00001.jpg", "cars_train/00002.jpg"))
                .archive("cars_test.tgz", "", b.pictures("cars_test/00001.jpg"))
                .archive("car_devkit.tgz", "", Map.of(
                        "devkit/cars_meta.mat", MatWriter.file("class_names", List.of("AM General Hummer SUV 2000", "Acura RL")),
                        "devkit/cars_train_annos.mat", cars("00001.jpg", 2, "00002.jpg", 1)))
                .loose("cars_test_annos_withlabels.mat", cars("00001.jpg", 2)).build();
    }

    private static byte[] cars(Object... namesAndClasses) {
        Map<?, ?>[] rows = new Map<?, ?>[namesAndClasses.length / 2];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new TreeMap<>(Map.of("bbox_x1", new int[] {1}, "class", new int[] {(int) namesAndClasses[2 * i + 1]},
                    "fname", namesAndClasses[2 * i]));
        }
        return MatWriter.file("annotations", rows);
    }

    /** Two partitions of the ten. */
    static Layout textures() {
        Layout.Builder b = new Layout.Builder("dtd");
        return b.archive("dtd-r1.0.1.tar.gz", "", join(List.of(
                b.pictures("dtd/images/banded/banded_0001.jpg", "dtd/images/banded/banded_0002.jpg",
                        "dtd/images/polka-dotted/polka-dotted_0001.jpg"),
                Map.of("dtd/labels/train1.txt", text("banded/banded_0001.jpg"), "dtd/labels/val1.txt", text("banded/banded_0002.jpg"),
                        "dtd/labels/test1.txt", text("polka-dotted/polka-dotted_0001.jpg"),
                        "dtd/labels/train10.txt", text("polka-dotted/polka-dotted_0001.jpg"),
                        "dtd/labels/val10.txt", text("banded/banded_0002.jpg"),
                        "dtd/labels/test10.txt", text("banded/banded_0001.jpg"))))).build();
    }

    static Layout sun397() {
        Layout.Builder b = new Layout.Builder("sun397");
        return b.archive("SUN397.tar.gz", "", b.pictures("SUN397/a/abbey/sun_a1.jpg", "SUN397/b/bakery/shop/sun_b1.jpg",
                        "SUN397/b/bakery/shop/sun_b2.jpg"))
                .archive("Partitions.zip", "", Map.of("ClassName.txt", text("/a/abbey", "/b/bakery/shop"),
                        "Training_01.txt", text("/b/bakery/shop/sun_b2.jpg"),
                        "Testing_01.txt", text("/a/abbey/sun_a1.jpg", "/b/bakery/shop/sun_b1.jpg"))).build();
    }

    /** As it is fetched today: a tar.gz in a zip. */
    static Layout caltech101() {
        Layout.Builder b = new Layout.Builder("caltech101");
        Map<String, byte[]> pictures = caltechPictures(b);
        return b.unpackedOnly(pictures).packedOnly("caltech-101.zip", pack("caltech-101.zip", Map.of(
                "caltech-101/101_ObjectCategories.tar.gz", pack("x.tar.gz", pictures),
                "__MACOSX/caltech-101/._101_ObjectCategories.tar.gz", new byte[] {1, 2, 3}))).build();
    }

    /** As it was fetched until 2022. */
    static Layout caltech101Old() {
        Layout.Builder b = new Layout.Builder("caltech101");
        return b.archive("101_ObjectCategories.tar.gz", "", caltechPictures(b)).build();
    }

    private static Map<String, byte[]> caltechPictures(Layout.Builder b) {
        String[] names = new String[15];
        for (int i = 0; i < names.length; i++) {
            names[i] = "101_ObjectCategories/" + List.of("BACKGROUND_Google", "ant", "brain").get(i / 5) + "/image_000" + (1 + i % 5)
                    + ".jpg";
        }
        Map<String, byte[]> pictures = b.pictures(names);
        pictures.put("101_ObjectCategories/BACKGROUND_Google/tmp", new byte[4]); // the published archive has it
        return pictures;
    }

    /** A tar of tars that begins with an entry for its root, as some copies do. */
    static Layout imagenet() {
        Layout.Builder b = new Layout.Builder("imagenet");
        Map<String, byte[]> tench = b.pictures("n01440764_10026.JPEG", "n01440764_3.JPEG");
        Map<String, byte[]> shark = b.pictures("n01484850_17.JPEG");
        tench.forEach((name, bytes) -> b.unpackedOnly(Map.of("train/n01440764/" + name, bytes)));
        shark.forEach((name, bytes) -> b.unpackedOnly(Map.of("train/n01484850/" + name, bytes)));
        b.packedOnly("ILSVRC2012_img_train.tar", pack("x.tar", Map.of("n01440764.tar", pack("x.tar", tench), "n01484850.tar",
                pack("x.tar", shark))));
        return b.archive("ILSVRC2012_img_val.tar", "val/", b.pictures("ILSVRC2012_val_00000001.JPEG",
                        "ILSVRC2012_val_00000002.JPEG", "ILSVRC2012_val_00000003.JPEG"))
                .archive("ILSVRC2012_devkit_t12.tar.gz", "", devkit()).build();
    }

    /** Ids that are not in the order of the WordNet ids. */
    private static Map<String, byte[]> devkit() {
        Map<?, ?>[] synsets = {new TreeMap<>(Map.of("ILSVRC2012_ID", new int[] {1}, "WNID", "n01484850", "words", "white shark")),
            new TreeMap<>(Map.of("ILSVRC2012_ID", new int[] {2}, "WNID", "n01440764", "words", "tench"))};
        return Map.of("ILSVRC2012_devkit_t12/data/meta.mat", MatWriter.file("synsets", synsets),
                "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", text("2", "1", "2"),
                "ILSVRC2012_devkit_t12/readme.txt", text("read me"));
    }

    static Layout inaturalist() {
        Layout.Builder b = new Layout.Builder("inaturalist2018");
        return b.archive("train_val2018.tar.gz", "", b.pictures("train_val2018/Aves/2/a.jpg", "train_val2018/Aves/2/b.jpg",
                        "train_val2018/Fungi/0/c.jpg"))
                .archive("train2018.json.tar.gz", "", Map.of("train2018.json", inaturalist("7 2 Aves/2/b", "9 0 Fungi/0/c")))
                .archive("val2018.json.tar.gz", "", Map.of("val2018.json", inaturalist("1 2 Aves/2/a"))).build();
    }

    private static byte[] inaturalist(String... pictures) {
        StringBuilder images = new StringBuilder();
        StringBuilder annotations = new StringBuilder();
        for (String picture : pictures) {
            String[] words = picture.split(" ");
            String comma = images.length() == 0 ? "" : ", ";
            images.append(comma).append("{\"file_name\": \"train_val2018/").append(words[2]).append(".jpg\", \"id\": ").append(words[0])
                    .append("}");
            annotations.append(comma).append("{\"image_id\": ").append(words[0]).append(", \"category_id\": ").append(words[1])
                    .append("}");
        }
        return text("{\"info\": {\"year\": 2018}, \"annotations\": [" + annotations + "], \"images\": [" + images
                + "], \"categories\": [{\"id\": 0, \"name\": \"zero\"}, {\"id\": 2, \"name\": \"two\"}]}");
    }

    static Layout places365() {
        Layout.Builder b = new Layout.Builder("places365");
        return b.archive("train_256_places365standard.tar", "", b.pictures("data_256/a/airfield/00000001.jpg",
                        "data_256/b/bakery/shop/00000001.jpg"))
                .archive("val_256.tar", "", b.pictures("val_256/Places365_val_00000001.jpg"))
                .archive("filelist_places365-standard.tar", "", Map.of(
                        "categories_places365.txt", text("/a/airfield 0", "/b/bakery/shop 1"),
                        "places365_train_standard.txt", text("/a/airfield/00000001.jpg 0", "/b/bakery/shop/00000001.jpg 1"),
                        "places365_val.txt", text("Places365_val_00000001.jpg 1"))).build();
    }

    /** Both archives have folders of the same names. */
    static Layout voc2007() {
        Layout.Builder b = new Layout.Builder("voc2007");
        String root = "VOCdevkit/VOC2007/";
        return b.archive("VOCtrainval_06-Nov-2007.tar", "", join(List.of(
                        b.pictures(root + "JPEGImages/000005.jpg", root + "JPEGImages/000007.jpg"),
                        Map.of(root + "Annotations/000005.xml", voc("dog 0", "person 1"),
                                root + "Annotations/000007.xml", voc("person 0", "person 1", "chair 0"),
                                root + "ImageSets/Main/train.txt", text("000007"), root + "ImageSets/Main/val.txt", text("000005"),
                                root + "ImageSets/Main/dog_train.txt", text("000007 -1")))))
                .archive("VOCtest_06-Nov-2007.tar", "", join(List.of(b.pictures(root + "JPEGImages/000001.jpg"),
                        Map.of(root + "Annotations/000001.xml", voc("cat 1"), root + "ImageSets/Main/test.txt", text("000001")))))
                .build();
    }

    /** Pictures are 8 x 6. */
    private static byte[] voc(String... objects) {
        StringBuilder xml = new StringBuilder("<annotation><size><width>8</width><height>6</height><depth>3</depth></size>");
        for (String object : objects) {
            String[] words = object.split(" ");
            xml.append("<object><name>").append(words[0]).append("</name><difficult>").append(words[1]).append("</difficult>")
                    .append("<bndbox><xmin>2</xmin><ymin>1</ymin><xmax>7</xmax><ymax>5</ymax></bndbox></object>");
        }
        return text(xml + "</annotation>");
    }

    static Layout cifar100() {
        Layout.Builder b = new Layout.Builder("cifar100");
        return b.archive("cifar-100-binary.tar.gz", "", Map.of("cifar-100-binary/train.bin", cifar100(4, 11, 3, 99, 0, 0),
                "cifar-100-binary/test.bin", cifar100(19, 50))).build();
    }

    /** Pairs of a coarse and a fine label. */
    private static byte[] cifar100(int... labels) {
        byte[] bytes = new byte[labels.length / 2 * 3074];
        for (int i = 0; i < labels.length / 2; i++) {
            for (int k = 0; k < 3074; k++) {
                bytes[i * 3074 + k] = (byte) (k < 2 ? labels[2 * i + k] : 31 * i + k);
            }
        }
        return bytes;
    }

    static List<Layout> all() {
        return List.of(food101(), pets(), aircraft(), flowers(), cars(), textures(), sun397(), caltech101(), caltech101Old(),
                imagenet(), inaturalist(), places365(), voc2007(), cifar100());
    }
}
