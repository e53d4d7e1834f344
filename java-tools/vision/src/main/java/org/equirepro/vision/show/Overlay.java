package org.equirepro.vision.show;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.equirepro.vision.dense.AdeClasses;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * A picture at a given size with its annotations drawn over it: label maps and masks as coloured glass, boxes and names, skeletons
 * with the left side orange, the right side blue, and hidden points hollow, depth maps as an inset.
 */
final class Overlay {

    private static final double GLASS = 0.45;
    private static final double LABEL_GLASS = 0.55;
    /** Regions of a label map that are named: at least this share of the picture. */
    private static final double NAMED_SHARE = 0.02;
    /** The part of the picture's width and height that its depth map gets. */
    private static final double INSET = 0.34;
    private static final Color LEFT = new Color(255, 145, 30);
    private static final Color RIGHT = new Color(60, 150, 255);
    private static final Color MIDDLE = new Color(90, 220, 120);
    private static final Color CROWD = new Color(200, 200, 200);

    private final List<String> classes;
    private final Lettering lettering;

    Overlay(List<String> classes, Lettering lettering) {
        this.classes = classes;
        this.lettering = lettering;
    }

    /** The picture at width x height with everything on it. */
    BufferedImage draw(Annotated sample, int width, int height) {
        BufferedImage image = image(sample.picture(), width, height);
        double scale = (double) width / sample.picture().width();
        sample.labels().ifPresent(labels -> glass(image, labels));
        List<Instance> largestFirst = new ArrayList<>(sample.objects());
        largestFirst.sort(Comparator.comparingDouble((Instance o) -> -o.box().area()));
        for (Instance object : largestFirst) {
            object.mask().ifPresent(mask -> glass(image, mask.toRle(sample.picture().height(), sample.picture().width()).decode(),
                    sample.picture().width(), sample.picture().height(), colour(sample, object)));
        }
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        for (Instance object : largestFirst) {
            box(g, object, scale, colour(sample, object));
        }
        largestFirst.forEach(object -> skeleton(g, object, scale));
        for (Instance object : largestFirst) {
            name(g, object, scale, width, height, colour(sample, object));
        }
        sample.labels().ifPresent(labels -> names(g, labels, width, height));
        sample.depth().ifPresent(depth -> inset(g, depth, width, height));
        g.dispose();
        return image;
    }

    /** The depth map small in the lower right corner: red is near, blue is far, grey is not known. */
    private static void inset(Graphics2D g, DepthMap depth, int width, int height) {
        BufferedImage map = image(DepthColours.spanning(depth).picture(depth), depth.width(), depth.height());
        int w = (int) (INSET * width);
        int h = (int) (INSET * height);
        g.drawImage(map, width - w - 3, height - h - 3, w, h, null);
        g.setColor(Color.WHITE);
        g.setStroke(new BasicStroke(1.5f));
        g.draw(new Rectangle2D.Double(width - w - 3, height - h - 3, w, h));
    }

    private static Color colour(Annotated sample, Instance object) {
        return object.crowd() ? CROWD : Palette.of(sample.objects().indexOf(object));
    }

    /** A picture at the given size. */
    static BufferedImage image(Picture original, int width, int height) {
        Picture picture = Resampling.BICUBIC.resize(original, width, height);
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = picture.rgb();
        for (int y = 0, o = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++, o += 3) {
                image.setRGB(x, y, (rgb[o] & 0xFF) << 16 | (rgb[o + 1] & 0xFF) << 8 | rgb[o + 2] & 0xFF);
            }
        }
        return image;
    }

    private Color labelColour(int label) {
        boolean ade = classes.size() == AdeClasses.COLOURS.size();
        return ade && label < classes.size() ? new Color(AdeClasses.COLOURS.get(label)) : Palette.of(label);
    }

    private void glass(BufferedImage image, LabelMap labels) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int label = at(labels, x, y, image);
                if (label != LabelMap.IGNORE) {
                    image.setRGB(x, y, mixed(image.getRGB(x, y), labelColour(label), LABEL_GLASS));
                }
            }
        }
    }

    private static int at(LabelMap labels, int x, int y, BufferedImage image) {
        return labels.label(x * labels.width() / image.getWidth(), y * labels.height() / image.getHeight());
    }

    /** Tints what a mask [maskHeight, maskWidth] covers; its edge is drawn in the full colour. */
    private static void glass(BufferedImage image, byte[] mask, int maskWidth, int maskHeight, Color colour) {
        int width = image.getWidth();
        int height = image.getHeight();
        boolean[] covered = new boolean[width * height];
        for (int i = 0; i < covered.length; i++) {
            covered[i] = mask[i / width * maskHeight / height * maskWidth + i % width * maskWidth / width] != 0;
        }
        for (int i = 0; i < covered.length; i++) {
            if (covered[i]) {
                int x = i % width;
                boolean edge = x == 0 || x == width - 1 || i < width || i >= covered.length - width
                        || !(covered[i - 1] && covered[i + 1] && covered[i - width] && covered[i + width]);
                image.setRGB(x, i / width, mixed(image.getRGB(x, i / width), colour, edge ? 0.9 : GLASS));
            }
        }
    }

    private static int mixed(int rgb, Color colour, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double value = (1 - share) * (rgb >> shift & 0xFF) + share * (colour.getRGB() >> shift & 0xFF);
            mixed |= (int) (value + 0.5) << shift;
        }
        return mixed;
    }

    private static void box(Graphics2D g, Instance object, double scale, Color colour) {
        g.setColor(colour);
        g.setStroke(object.crowd() ? new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {5, 4}, 0)
                : new BasicStroke(2));
        g.draw(new Rectangle2D.Double(object.box().x() * scale, object.box().y() * scale, object.box().width() * scale,
                object.box().height() * scale));
    }

    private void name(Graphics2D g, Instance object, double scale, int width, int height, Color colour) {
        String name = object.label() < classes.size() ? classes.get(object.label()) : "class " + object.label();
        double top = object.box().y() * scale - lettering.height(g);
        lettering.chip(g, name + (object.crowd() ? " (crowd)" : ""), object.box().x() * scale,
                top < 0 ? object.box().y() * scale + 1 : top, width, height, colour);
    }

    private static void skeleton(Graphics2D g, Instance object, double scale) {
        double[] points = object.keypoints();
        Optional<KeypointLayout> layout = KeypointLayout.of(points.length / 3);
        g.setStroke(new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        layout.ifPresent(l -> {
            for (int[] bone : l.bones()) {
                if (points[3 * bone[0] + 2] > 0 && points[3 * bone[1] + 2] > 0) {
                    Color one = side(layout, bone[0]);
                    g.setColor(one.equals(side(layout, bone[1])) ? one : MIDDLE);
                    g.draw(new Line2D.Double(points[3 * bone[0]] * scale, points[3 * bone[0] + 1] * scale,
                            points[3 * bone[1]] * scale, points[3 * bone[1] + 1] * scale));
                }
            }
        });
        for (int i = 0; i < points.length / 3; i++) {
            if (points[3 * i + 2] > 0) {
                Ellipse2D dot = new Ellipse2D.Double(points[3 * i] * scale - 3, points[3 * i + 1] * scale - 3, 6, 6);
                g.setStroke(new BasicStroke(1.2f));
                g.setColor(side(layout, i));
                if (points[3 * i + 2] > 1) {
                    g.fill(dot);
                    g.setColor(Color.WHITE);
                }
                g.draw(dot);
            }
        }
    }

    private static Color side(Optional<KeypointLayout> layout, int point) {
        String name = layout.map(l -> l.names().get(point)).orElse("");
        return name.startsWith("left_") ? LEFT : name.startsWith("right_") ? RIGHT : MIDDLE;
    }

    /** Names the large regions, each at its pixel that is nearest to the region's middle. */
    private void names(Graphics2D g, LabelMap labels, int width, int height) {
        double[][] sums = new double[256][3];
        for (int i = 0; i < labels.labels().length; i++) {
            double[] sum = sums[labels.labels()[i] & 0xFF];
            sum[0] += i % labels.width();
            sum[1] += i / labels.width();
            sum[2]++;
        }
        for (int label = 0; label < LabelMap.IGNORE; label++) {
            if (sums[label][2] < NAMED_SHARE * labels.labels().length || label >= classes.size()) {
                continue;
            }
            double mx = sums[label][0] / sums[label][2];
            double my = sums[label][1] / sums[label][2];
            int nearest = -1;
            double least = Double.MAX_VALUE;
            for (int i = 0; i < labels.labels().length; i++) {
                double distance = Math.hypot(i % labels.width() - mx, i / labels.width() - my);
                if ((labels.labels()[i] & 0xFF) == label && distance < least) {
                    least = distance;
                    nearest = i;
                }
            }
            double x = (double) (nearest % labels.width()) * width / labels.width() - lettering.width(g, classes.get(label)) / 2.0;
            double y = (double) (nearest / labels.width()) * height / labels.height() - lettering.height(g) / 2.0;
            lettering.chip(g, classes.get(label), x, y, width, height, labelColour(label));
        }
    }
}
