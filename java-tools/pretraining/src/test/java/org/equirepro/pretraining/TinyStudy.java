package org.equirepro.pretraining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Preparation;

/** A data set and recipes that train in a second, for the tests. */
final class TinyStudy {

    static final int BATCH = 16;

    private TinyStudy() {}

    /** 64 drawn pictures of 16 x 16 in two classes. */
    static Path pictures(Path folder) {
        Path shards = folder.resolve("pictures");
        Preparation.run(Settings.parseJson("pictures", "{\"dataset\":\"pictures\",\"kind\":\"render-pictures\",\"classes\":2,"
                + "\"train_per_class\":32,\"test_per_class\":4,\"size\":16,\"seed\":5}"), null, shards);
        return shards;
    }

    /** The first 64 training pictures of CIFAR-10 where its archive of pictures lies beside the fixtures, else drawn ones with a notice. */
    static Path realPictures(Path folder) throws IOException {
        String given = System.getenv("EQUIREPRO_FIXTURES");
        Path shared = given != null ? Path.of(given).toAbsolutePath().normalize().getParent().getParent()
                : Path.of(System.getProperty("equirepro.home"), "..", "shared");
        Path archive = shared.resolve("data/cifar10-jpeg.tar.gz");
        if (!Files.exists(archive)) {
            System.out.println("NOTICE drawn pictures instead of real ones: " + archive + " is not there; set EQUIREPRO_FIXTURES");
            return pictures(folder);
        }
        Path tree = folder.resolve("tree");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
            for (int count = 0; count < 68; ) { // four more for the test split, which a data set must have
                TarArchiveEntry entry = tar.getNextEntry();
                if (entry.isFile()) {
                    Path file = tree.resolve(count < 64 ? "train" : "test").resolve("pictures").resolve("%03d.jpg".formatted(count++));
                    Files.createDirectories(file.getParent());
                    Files.copy(tar, file);
                }
            }
        }
        Path shards = folder.resolve("real");
        Preparation.run(Settings.parseJson("real", "{\"dataset\":\"real\",\"kind\":\"imagefolder\"}"), tree, shards);
        return shards;
    }

    /** Renders of 16 objects for ResNet-18. */
    static Path objects(Path folder) {
        Path shards = folder.resolve("objects");
        Preparation.run(Settings.parseJson("objects", "{\"dataset\":\"objects\",\"kind\":\"render-3d\",\"classes\":2,"
                + "\"objects_per_class\":12,\"views\":3,\"size\":32,\"seed\":5,\"test_fraction\":0.25}"), null, shards);
        return shards;
    }

    /** A PRETRAIN configuration; {@code extra} is JSON text of further recipe keys, each ending in a comma. */
    static Settings config(String extra, int steps) {
        return Settings.parseJson("tiny", "{\"study\":\"tiny\",\"encoder\":\"e\",\"seed\":3,\"recipe_name\":\"tiny\",\"recipe\":{"
                + "\"backbone\":{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":16,\"depth\":2,\"heads\":2},"
                + "\"split\":{\"dim\":24,\"equivariant\":8},"
                + "\"objective\":{\"name\":\"vicreg\",\"invariance\":10,\"variance\":10,\"covariance\":1,\"expander\":[16,16,16]},"
                + extra
                + "\"ranges\":{\"angle\":45,\"color\":[0.4,0.4,0.4,0.1],\"blur\":[0.1,2],\"trans\":2},"
                + "\"views\":{\"kind\":\"pictures\",\"size\":16,\"crop\":\"rrc\",\"scale\":[0.3,1],\"flip\":0.5,"
                + "\"jitter\":{\"strength\":[0.4,0.4,0.2,0.1],\"p\":0.8},\"gray\":0.2,\"blur\":{\"p\":[0.5,0.5],\"sigma\":[0.1,1]},"
                + "\"solarise\":0.2},"
                + "\"normalise\":{\"mean\":[0.5,0.5,0.5],\"std\":[0.25,0.25,0.25]},"
                + "\"optimiser\":{\"name\":\"adamw\",\"lr\":0.002,\"betas\":[0.9,0.95],\"weight_decay\":0.05,\"warmup_steps\":3,"
                + "\"schedule\":\"cosine\"},"
                + "\"batch\":" + BATCH + ",\"steps\":" + steps + ",\"checkpoint_steps\":4,\"log_steps\":1}}");
    }

    /** A PRETRAIN configuration of ResNet-18 on {@link #objects}. */
    static Settings renders(String objective, String extra, int steps) {
        Settings config = with(config(extra, steps), "backbone", "{\"name\":\"resnet18\",\"image\":32}");
        config = with(config, "split", "{\"dim\":512,\"equivariant\":256}");
        config = with(config, "views", "{\"kind\":\"renders\",\"size\":32}");
        return with(config, "objective", objective);
    }

    static Settings config(int steps) {
        return config(reconstruction("angle", 2, 1), steps);
    }

    static String reconstruction(String family, int count, double weight) {
        return "\"reconstruction\":{\"family\":\"" + family + "\",\"count\":" + count + ",\"weight\":" + weight + ",\"decoder\":[8,8]},";
    }

    /**
     * The same for iBOT, two global crops of 16 pixels and two local ones of 8, with reconstruction.
     *
     * @param objective JSON text of further keys of the objective, each beginning with a comma
     */
    static Settings ibot(String objective, int steps) {
        Settings config = config(reconstruction("se2", 2, 1), steps);
        config = with(config, "split", "{\"place\":\"head\",\"dim\":24,\"equivariant\":8}");
        config = with(config, "objective", "{\"name\":\"ibot\",\"head\":{\"hidden\":32,\"bottleneck\":16,\"norm_last_layer\":false},"
                + "\"teacher_temperature\":[0.04,0.07],\"temperature_epochs\":2,\"momentum\":0.9,\"drop_path\":0.1" + objective + "}");
        config = with(config, "masking", "{\"ratios\":[0,0.3],\"variations\":[0,0.2]}");
        config = with(config, "optimiser", "{\"name\":\"adamw\",\"lr\":0.002,\"betas\":[0.9,0.999],\"weight_decay\":0.04,"
                + "\"weight_decay_end\":0.4,\"min_lr\":1e-6,\"warmup_steps\":3,\"schedule\":\"cosine\",\"clip\":3,\"clip_over\":\"tensor\","
                + "\"freeze_last_layer_epochs\":1}");
        ObjectNode copy = config.node().deepCopy();
        ((ObjectNode) copy.get("recipe").get("views")).putObject("local").put("count", 2).put("size", 8).put("blur", 0.5)
                .putArray("scale").add(0.05).add(0.3);
        return Settings.of("tiny", copy);
    }

    /** The configuration with one recipe key replaced by JSON text. */
    static Settings with(Settings config, String key, String json) {
        ObjectNode copy = config.node().deepCopy();
        ((ObjectNode) copy.get("recipe")).set(key, Settings.parseJson("value", "{\"v\":" + json + "}").node().get("v"));
        return Settings.of("tiny", copy);
    }
}
