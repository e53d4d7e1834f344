package org.equirepro.evaluation.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.depth.DepthEstimation;
import org.equirepro.evaluation.detection.DetectTask;
import org.equirepro.evaluation.detection.TinyCoco;
import org.equirepro.evaluation.homography.HomographyEstimation;
import org.equirepro.evaluation.keypoints.KeypointsTask;
import org.equirepro.evaluation.segmentation.Segmentation;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.data.Preparation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes under {@code mpirun}, where it is installed, against one with the same batch. */
final class FineTuneRanksTest {

    /** Other orders of summation in float32, carried on by a few steps. */
    private static final double TOLERANCE = 5e-4;

    /** SGD: where a gradient is 0 but for rounding, Adam would make a whole step of the rounding. */
    private static final String SHARED = "\"batch\":8,\"steps\":4,\"checkpoint_steps\":50,\"log_steps\":1,\"drop_path\":0.2,"
            + "\"optimiser\":{\"name\":\"sgd\",\"lr\":0.01,\"momentum\":0.9,\"schedule\":\"constant\"}}";

    private static final String ENCODER = "model.encoder.";

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path shards;
    private static Path encoder;

    private Path data = shards;
    private Path start = encoder;

    @BeforeAll
    static void prepare() throws IOException {
        boolean there = List.of(System.getenv("PATH").split(":")).stream().anyMatch(dir -> Files.isExecutable(Path.of(dir, "mpirun")));
        Assumptions.assumeTrue(there, "no mpirun on the PATH: fine-tuning by several ranks is not tested");
        shards = TinyScenes.shards(shared, 16, 5, 0);
        encoder = TinyTask.encoder(shared.resolve("encoder"), 32, 4);
    }

    @Test
    void segmentationWithItsSharedBatchNormGoesTheSameWay() throws Exception {
        Settings config = TinyTask.config("{\"kind\":\"segment\",\"blocks\":[0,1,2,3],\"channels\":16,\"pool\":[1,2,3,6],"
                + "\"dropout\":0.1,\"auxiliary\":{\"channels\":8,\"weight\":0.4},\"views\":{\"long_side\":160,\"short_side\":40,"
                + "\"ratio\":[0.8,1.5],\"crop\":32},\"test\":{\"long_side\":160,\"short_side\":40,\"window\":32,\"stride\":21}," + SHARED);
        one(Segmentation::run, config);
        compare(config, 1);
    }

    @Test
    void homographyGoesTheSameWayAndRanksShareTheTest() throws Exception {
        Settings config = TinyTask.config("{\"kind\":\"homography\",\"channels\":16,\"pairs\":{\"width\":48,\"height\":40,\"side\":24,"
                + "\"rho\":4},\"input\":32,\"ransac_threshold\":3,\"test_pairs\":50," + SHARED);
        one(HomographyEstimation::run, config);
        compare(config, 0.05);
    }

    @Test
    void detectionGoesTheSameWayWithPicturesWithoutObjects() throws Exception {
        odd();
        Settings config = TinyTask.config("{\"kind\":\"detect\",\"views\":{\"side\":64,\"least_ratio\":0.8,\"most_ratio\":1.2},"
                + "\"heads\":{\"channels\":16,\"rpn_layers\":1,\"box_width\":32,\"mask_width\":8,\"mask_layers\":1,\"keypoints\":17,"
                + "\"keypoint_width\":8,\"keypoint_layers\":1},\"regions\":{\"train_per_map\":60,\"train_proposals\":60,"
                + "\"test_proposals\":30,\"train_anchors\":64,\"train_regions\":32,\"most\":10}," + SHARED);
        one(DetectTask::run, config);
        compare(config, 0.1);
    }

    @Test
    void keypointsWithTheirSharedBatchNormGoTheSameWay() throws Exception {
        odd();
        Settings config = TinyTask.config("{\"kind\":\"keypoints\",\"head_width\":16,\"views\":{\"width\":48,\"height\":64},"
                + SHARED.replace("\"batch\":8", "\"batch\":4"));
        one(KeypointsTask::run, config);
        compare(config, 0.1);
    }

    @Test
    void depthGoesTheSameWaySinceEachPictureHasALossOfItsOwn() throws Exception {
        data = folder.resolve("rooms");
        Preparation.run(Settings.parseJson("rooms", "{\"dataset\":\"rooms\",\"kind\":\"render-scenes\",\"annotations\":\"segmentation\","
                + "\"depth\":true,\"size\":40,\"train_pictures\":16,\"test_pictures\":5,\"seed\":2}"), null, data);
        Settings config = TinyTask.config("{\"kind\":\"depth\",\"blocks\":[0,1,2,3],\"channels\":16,\"pool\":[1,2,3,6],\"protocol\":\"whole\","
                + "\"range\":[0.1,20],\"views\":{\"width\":40,\"height\":32}," + SHARED);
        one(DepthEstimation::run, config);
        compare(config, 0.01);
    }

    /** Another set, all that is odd in it. */
    private void odd() throws IOException {
        data = TinyCoco.shards(folder.resolve("coco"), true);
        start = TinyTask.encoder(folder.resolve("coco-encoder"), 64, 1);
    }

    private void one(Consumer<FineTuning.Call> task, Settings config) {
        new TinyTask(task, start, folder).run(config, data, "one");
    }

    private void compare(Settings config, double resultTolerance) throws Exception {
        Path file = folder.resolve("config.json");
        Files.write(file, Settings.pretty(config.node()));
        ProcessBuilder builder = new ProcessBuilder("mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Xmx300m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), FineTuneRankMain.class.getName(),
                file.toString(), data.toString(), start.toString(), folder.resolve("store-two").toString(), folder.resolve("two").toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", "OMP_NUM_THREADS", "1"));
        assertEquals(0, builder.start().waitFor(), Files.readString(folder.resolve("log")));
        SafeTensors begun = SafeTensors.open(start.resolve(Encoder.FILE));
        SafeTensors one = state("one");
        SafeTensors two = state("two");
        double apart = 0;
        double way = 0;
        for (String name : one.names()) {
            if (name.startsWith("model.") && !name.contains("running_")) {
                FloatBuffer a = one.bytes(name).asFloatBuffer();
                FloatBuffer b = two.bytes(name).asFloatBuffer();
                FloatBuffer from = name.startsWith(ENCODER) ? begun.bytes(name.substring(ENCODER.length())).asFloatBuffer() : null;
                while (a.hasRemaining()) {
                    double value = a.get();
                    apart += Math.pow(value - b.get(), 2);
                    way += from == null ? 0 : Math.pow(value - from.get(), 2);
                }
            }
        }
        double difference = Math.sqrt(apart / way);
        System.out.printf("%s: two ranks differ from one by %.1e of the way of the encoder%n", config.at("recipe").text("kind"), difference);
        assertTrue(way > 0 && difference < TOLERANCE, "difference " + difference);
        List<ResultRow> expected = ResultRow.read(folder.resolve("one/result.csv"));
        List<ResultRow> found = ResultRow.read(folder.resolve("two/result.csv"));
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).key(), found.get(i).key());
            assertEquals(expected.get(i).value(), found.get(i).value(), resultTolerance);
        }
    }

    private SafeTensors state(String name) throws IOException {
        try (var files = Files.walk(folder.resolve("store-" + name))) {
            return SafeTensors.open(files.filter(f -> f.endsWith("checkpoint.safetensors")).findFirst().orElseThrow());
        }
    }
}
