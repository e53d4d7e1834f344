package org.equirepro.vision.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Pascal VOC 2007 (Everingham et al.): {@code VOCtrainval_06-Nov-2007.tar} and {@code VOCtest_06-Nov-2007.tar}, or the folder
 * {@code VOC2007} with {@code JPEGImages}, {@code Annotations} and {@code ImageSets/Main/train.txt}, {@code val.txt},
 * {@code test.txt}. A picture can show several of the 20 classes: all its objects are in the member {@code json}, those that are
 * marked difficult with {@code ignore}, and {@link MultiLabels} makes the labels of it. {@link Sample#label} is the class of the
 * first object. Boxes count pixels from 0, the annotation's from 1.
 *
 * <p>Key of the configuration: {@code join_val} (pictures of val become training pictures).
 */
final class VocReader implements Reader {

    private static final List<String> CLASSES = List.of("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
            "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
            "tvmonitor");
    private static final Map<String, Integer> LABELS = Labels.byName(CLASSES);

    private record Item(String name, String split, PictureObjects objects) {}

    private final Source source;
    private final Part pictures;
    private final List<Item> items;

    private VocReader(Source source, Part pictures, List<Item> items) {
        this.source = source;
        this.pictures = pictures;
        this.items = items;
    }

    static Reader open(Source source) {
        String[] archives = {"VOCtrainval_06-Nov-2007\\.tar", "VOCtest_06-Nov-2007\\.tar"};
        Part lists = source.part("VOC2007/ImageSets/Main/((?:train|val|test)\\.txt)", archives);
        Part annotations = source.part("VOC2007/Annotations/([0-9]+)\\.xml", archives);
        Part pictures = source.part("VOC2007/JPEGImages/([0-9]+)\\.jpg", archives);
        boolean join = source.config().flag("join_val", false);
        DocumentBuilder parser = parser();
        List<Item> items = new ArrayList<>();
        for (String split : PictureList.SPLITS) {
            List<String> names = lists.lines(split + ".txt").stream().map(line -> line.split("\\s+")[0]).toList();
            source.published().requireCount(source.path(), split, "pictures", (int) names.stream().filter(pictures::has).count());
            for (String name : names) {
                if (pictures.has(name) || !source.subset()) {
                    items.add(new Item(name, join && split.equals("val") ? "train" : split, objects(parser, annotations, name)));
                }
            }
        }
        items.sort(Comparator.<Item>comparingInt(i -> PictureList.SPLITS.indexOf(i.split)).thenComparing(Item::name));
        return new VocReader(source, pictures, items);
    }

    /** One that fetches and expands nothing. */
    private static DocumentBuilder parser() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder parser = factory.newDocumentBuilder();
            parser.setErrorHandler(null); // it throws; the default one prints too
            return parser;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the platform's XML parser lacks a feature", e);
        }
    }

    private static PictureObjects objects(DocumentBuilder parser, Part annotations, String name) {
        try {
            Element root = parser.parse(new ByteArrayInputStream(annotations.bytes(name))).getDocumentElement();
            List<Instance> objects = new ArrayList<>();
            NodeList nodes = root.getElementsByTagName("object");
            for (int i = 0; i < nodes.getLength(); i++) {
                objects.add(object(annotations, name, (Element) nodes.item(i), i));
            }
            return new PictureObjects(Long.parseLong(name), (int) number(annotations, name, root, "width"),
                    (int) number(annotations, name, root, "height"), objects);
        } catch (SAXException | IOException | NumberFormatException e) {
            throw UserError.badData(annotations.path(name), "damaged annotation (" + e.getMessage() + ")", e);
        }
    }

    private static Instance object(Part annotations, String name, Element node, int id) {
        Integer label = LABELS.get(text(node, "name"));
        if (label == null) {
            throw UserError.badData(annotations.path(name), "names the class '" + text(node, "name") + "', which VOC does not have");
        }
        double x = number(annotations, name, node, "xmin") - 1;
        double y = number(annotations, name, node, "ymin") - 1;
        double right = number(annotations, name, node, "xmax");
        double bottom = number(annotations, name, node, "ymax");
        BoundingBox box = new BoundingBox(x, y, right - x, bottom - y);
        return new Instance(id, label, label + 1, box, box.area(), false, text(node, "difficult").equals("1"), Optional.empty(),
                new double[0], Optional.empty());
    }

    private static double number(Part annotations, String name, Element node, String tag) {
        try {
            return Double.parseDouble(text(node, tag));
        } catch (NumberFormatException e) {
            throw UserError.badData(annotations.path(name), "has '" + text(node, tag) + "' as " + tag, e);
        }
    }

    /** The first element of the name: an object's own comes before those of its parts. */
    private static String text(Element node, String tag) {
        NodeList found = node.getElementsByTagName(tag);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    @Override
    public List<String> classes() {
        return CLASSES;
    }

    @Override
    public List<String> members() {
        return List.of("json");
    }

    @Override
    public Iterator<Sample> samples() {
        return items.stream().map(item -> new Sample(item.name + ".jpg", item.split, item.objects.objects().stream()
                .map(Instance::label).findFirst().orElse(0), "", 0, new double[0], () -> pictures.read(item.name),
                Map.of("json", item.objects::toBytes))).iterator();
    }

    @Override
    public Map<String, String> provenance() {
        return source.provenance();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
