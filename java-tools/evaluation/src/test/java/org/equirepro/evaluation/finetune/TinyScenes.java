package org.equirepro.evaluation.finetune;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Preparation;

/** Small pictures with label maps in ADE20K's layout, and real ones from the fixtures. */
public final class TinyScenes {

    private TinyScenes() {}

    /**
     * Shards of pictures of 48 x 40 with a red and a blue rectangle on grey, the border without label; {@code blank} more training and
     * test pictures have no label at all.
     */
    public static Path shards(Path folder, int train, int test, int blank) throws IOException {
        Path source = folder.resolve("source");
        for (int i = 0; i < train + blank; i++) {
            picture(source, "training", i, i >= train);
        }
        for (int i = 0; i < test + blank; i++) {
            picture(source, "validation", 1000 + i, i >= test);
        }
        return prepared(source, folder.resolve("scenes"));
    }

    private static Path prepared(Path source, Path shards) {
        Preparation.run(Settings.parseJson("scenes", "{\"dataset\":\"scenes\",\"kind\":\"ade20k\",\"subset\":true}"), source, shards);
        return shards;
    }

    private static void picture(Path source, String split, int number, boolean blank) throws IOException {
        Draws draws = Draws.at(3, 0, number, 0, "tiny-scene");
        BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
        BufferedImage labels = new BufferedImage(48, 40, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D g = image.createGraphics();
        int grey = 60 + draws.below(120);
        g.setColor(new Color(grey, grey, grey));
        g.fillRect(0, 0, 48, 40);
        int[][] box = {{0, 0, 48, 40}, {2 + draws.below(8), 2 + draws.below(12), 16, 16}, {24 + draws.below(6), 4 + draws.below(16), 16, 16}};
        Color[] colours = {null, new Color(200 + draws.below(50), 20, 20), new Color(20, 20, 200 + draws.below(50))};
        for (int c = 0; c < 3; c++) {
            if (c > 0) {
                g.setColor(colours[c]);
                g.fillRect(box[c][0], box[c][1], box[c][2], box[c][3]);
            }
            for (int y = box[c][1]; y < box[c][1] + box[c][3]; y++) {
                for (int x = box[c][0]; x < box[c][0] + box[c][2]; x++) {
                    boolean border = x == 0 || y == 0 || x == 47 || y == 39;
                    labels.getRaster().setSample(x, y, 0, border || blank ? 0 : c + 1);
                }
            }
        }
        g.dispose();
        String name = String.format("%06d", number);
        Files.createDirectories(source.resolve("images").resolve(split));
        Files.createDirectories(source.resolve("annotations").resolve(split));
        ImageIO.write(image, "jpg", source.resolve("images/" + split + "/" + name + ".jpg").toFile());
        ImageIO.write(labels, "png", source.resolve("annotations/" + split + "/" + name + ".png").toFile());
    }

    /** A folder of the fixtures' data sets; empty, with a notice, where it is not there. */
    public static Optional<Path> fixtures(String name) {
        String given = System.getenv("EQUIREPRO_FIXTURES");
        Path fixtures = given != null ? Path.of(given).toAbsolutePath().normalize().getParent()
                : Path.of(System.getProperty("equirepro.home"), "..", "shared", "fixtures");
        Path folder = fixtures.resolve("datasets").resolve(name);
        if (!Files.isDirectory(folder)) {
            System.out.println("NOTICE skipped: " + folder + " is not there; set EQUIREPRO_FIXTURES");
            return Optional.empty();
        }
        return Optional.of(folder);
    }

    /** ADE20K's sample as training and test pictures alike. */
    public static Path ade(Path sample, Path folder) throws IOException {
        Path source = folder.resolve("ade");
        for (String kind : new String[] {"images", "annotations"}) {
            for (String split : new String[] {"training", "validation"}) {
                Files.createDirectories(source.resolve(kind).resolve(split));
                try (Stream<Path> files = Files.list(sample.resolve(kind))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, source.resolve(kind).resolve(split).resolve(file.getFileName()));
                    }
                }
            }
        }
        return prepared(source, folder.resolve("ade-shards"));
    }
}
