package org.equirepro.evaluation.probes;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Preparation;

/** A small data set and a small untrained encoder on disk, as the pipeline writes them. */
final class TinyData {

    static final int CLASSES = 3;

    private TinyData() {}

    /** Pictures with a bar of the class's colour on a random background; the last one of each class is not square. */
    static Path shards(Path folder, int trainPerClass, int testPerClass) throws IOException {
        return shards(folder, trainPerClass, testPerClass, 0);
    }

    /** The same with the classes of the test pictures moved on by {@code shift}; without test pictures there is no such split. */
    static Path shards(Path folder, int trainPerClass, int testPerClass, int shift) throws IOException {
        Path source = folder.resolve("source");
        for (int c = 0; c < CLASSES; c++) {
            pictures(source.resolve("train/class" + c), c, trainPerClass, 0);
            pictures(source.resolve("test/class" + (c + shift) % CLASSES), c, testPerClass, 1);
        }
        Path shards = folder.resolve("tiny");
        Preparation.run(Settings.parseJson("tiny", "{\"dataset\": \"tiny\", \"kind\": \"imagefolder\"}"), source, shards);
        return shards;
    }

    private static void pictures(Path folder, int label, int count, int split) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            Draws draws = Draws.at(label, split, i, 0, "tiny");
            int width = i == count - 1 ? 21 : 16;
            BufferedImage picture = new BufferedImage(width, 16, BufferedImage.TYPE_INT_RGB);
            int[] back = {40 + draws.below(120), 40 + draws.below(120), 40 + draws.below(120)};
            int top = draws.below(10);
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < width; x++) {
                    boolean bar = y >= top && y < top + 4;
                    int rgb = 0;
                    for (int c = 0; c < 3; c++) {
                        int value = bar ? c == label ? 230 : 20 : back[c] + draws.below(30);
                        rgb = rgb << 8 | value;
                    }
                    picture.setRGB(x, y, rgb);
                }
            }
            ImageIO.write(picture, "png", folder.resolve(String.format("%04d.png", i)).toFile());
        }
    }

    /** An encoder's folder. */
    static Path encoder(Path folder, String backbone, int split, int equivariant) {
        String recipe = "{\"backbone\": " + backbone + ", \"split\": {\"dim\": " + split + ", \"equivariant\": " + equivariant
                + "}, \"normalise\": {\"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25]}}";
        try (Torch torch = Torch.start(1)) {
            Encoder.create(torch, Settings.parseJson("recipe", recipe), 5).save(folder.resolve(Encoder.FILE));
        }
        return folder;
    }

    static Path vit(Path folder) {
        String backbone = "{\"name\": \"vit\", \"image\": 16, \"patch\": 4, \"dim\": 24, \"depth\": 1, \"heads\": 2}";
        return encoder(folder, backbone, 32, 16);
    }

    /** A task's configuration around a recipe. */
    static Settings config(String recipe) {
        return Settings.parseJson("config.json", "{\"study\": \"s\", \"encoder\": \"e\", \"seed\": 3, \"dataset\": \"tiny\", "
                + "\"recipe_name\": \"r\", \"recipe\": " + recipe + "}");
    }
}
