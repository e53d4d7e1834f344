package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each objective learns 64 real pictures by heart; one that collapses instead says so. */
final class OverfitTest {

    private static final int STEPS = 100;
    private static final int POINT = 10;
    private static final String VICREG = "{\"name\":\"vicreg\",\"invariance\":10,\"variance\":10,\"covariance\":1,\"expander\":[32,32]}";
    private static final String SIE = "{\"name\":\"sie\",\"invariance\":10,\"equivariance\":0.45,\"variance\":10,\"covariance\":1,"
            + "\"expander\":[32,32],\"hyper_bias\":true}";
    private static final String SIMCLR = "{\"name\":\"simclr\",\"temperature\":0.2,\"expander\":[32,32]}";
    private static final String ADAPTIVE = "\"adaptive\":{\"share\":0.25,\"weight\":0.3,\"crop\":[0.1,0.5],\"angle\":30,"
            + "\"color\":[0.5,0.5,0.5,0.1],\"cutout\":0.3},";

    @TempDir
    static Path data;

    @TempDir
    Path folder;

    private static Path pictures;

    @BeforeAll
    static void prepare() throws IOException {
        pictures = TinyStudy.realPictures(data);
    }

    private static String transform(String family) {
        return "\"transform\":{\"family\":\"" + family + "\"},";
    }

    /** Views that differ by g only, which is drawn anew in each epoch. */
    private static Settings config(String objective, String extra) {
        Settings config = TinyStudy.with(TinyStudy.config(extra, STEPS), "objective", objective);
        config = TinyStudy.with(config, "batch", "32");
        config = TinyStudy.with(config, "checkpoint_steps", Integer.toString(STEPS));
        config = TinyStudy.with(config, "optimiser", "{\"name\":\"adamw\",\"lr\":0.004,\"weight_decay\":0,\"warmup_steps\":5,"
                + "\"schedule\":\"cosine\"}");
        return TinyStudy.with(config, "views", "{\"kind\":\"pictures\",\"size\":16,\"crop\":\"shared\",\"scale\":[1,1],\"ratio\":[1,1]}");
    }

    private Path train(Settings config) {
        Path out = folder.resolve("out");
        Pretraining.run(config, pictures, folder.resolve("store"), out, RunOptions.unlimited(1));
        return out;
    }

    /** A metric over the run, each value the mean of some steps. */
    private static double[] curve(Path out, String metric) throws IOException {
        double[] all = Files.readAllLines(out.resolve("curves.csv")).stream().filter(line -> line.contains("," + metric + ","))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1))).toArray();
        double[] means = new double[all.length / POINT];
        for (int i = 0; i < means.length; i++) {
            means[i] = Arrays.stream(all, i * POINT, (i + 1) * POINT).average().orElseThrow();
        }
        return means;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"simclr, loss, 0.5", "simclr-adaptive, loss, 0.6", "sie-rot, equivariance, 0.4", "sie-all, equivariance, 0.6",
        "cross-attention, reconstruction, 0.5", "inter-angle, reconstruction, 0.5"})
    void learnsByHeart(String row, String metric, double share) throws IOException {
        Path out = train(switch (row) {
            case "simclr" -> config(SIMCLR, transform("angle"));
            case "simclr-adaptive" -> config(SIMCLR, transform("angle") + ADAPTIVE);
            case "sie-rot" -> config(SIE, transform("angle"));
            case "sie-all" -> config(SIE, transform("all"));
            case "cross-attention" -> config(VICREG, transform("angle") + "\"reconstruction\":{\"heads\":2,\"weight\":5,\"decoder\":[16,16]},");
            default -> config(VICREG, TinyStudy.reconstruction("angle", 2, 5));
        });
        double[] curve = curve(out, metric);
        System.out.println(row + ", " + metric + ": " + Arrays.toString(curve));
        assertTrue(curve[curve.length - 1] < share * curve[0], curve[0] + " to " + curve[curve.length - 1]);
        assertEquals(0, collapsedPoints(out));
        assertEquals(0, curve(out, "collapsed").length);
    }

    private static int collapsedPoints(Path out) throws IOException {
        return Settings.parseJson("meter.json", Files.readString(out.resolve("meter.json"))).integer("collapsed_points");
    }

    /**
     * The loss rises first, as the teacher comes to say something; it must fall well below that peak. And what the loss does not tell: the
     * teacher's answers must come to differ from picture to picture.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"ibot, loss, 0.5", "ibot-se2, reconstruction, 0.5", "dinov2, loss, 0.5"})
    void studentAndTeacherLearnByHeart(String row, String metric, double share) throws IOException {
        String koleo = row.equals("dinov2") ? ",\"koleo\":0.1" : "";
        Path out = train(TinyStudy.with(ibot(koleo, row.equals("ibot-se2") ? TinyStudy.reconstruction("se2", 2, 1) : "", 0.004), "steps", Integer.toString(2 * STEPS)));
        double[] curve = curve(out, metric);
        double[] information = curve(out, SelfDistillation.INFORMATION);
        System.out.println(row + ", " + metric + ": " + Arrays.toString(curve));
        System.out.println(row + ", " + SelfDistillation.INFORMATION + ": " + Arrays.toString(information));
        double peak = Arrays.stream(curve).max().orElseThrow();
        assertTrue(curve[curve.length - 1] < share * peak, peak + " to " + curve[curve.length - 1]);
        assertTrue(information[information.length - 1] > 0.4, "the teacher says little: " + Arrays.toString(information));
        assertEquals(0, collapsedPoints(out));
    }

    private static Settings ibot(String objective, String extra, double lr) {
        boolean split = !extra.isEmpty();
        Settings config = config("{\"name\":\"ibot\",\"head\":{\"hidden\":64,\"bottleneck\":16,\"norm_last_layer\":false},"
                + "\"teacher_temperature\":[0.04,0.04],\"temperature_epochs\":0,\"momentum\":0.9" + objective + "}", extra);
        config = TinyStudy.with(config, "backbone", "{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":32,\"depth\":2,\"heads\":2}");
        config = TinyStudy.with(config, "split", "{\"place\":\"head\",\"dim\":" + (split ? 24 : 16) + ",\"equivariant\":" + (split ? 8 : 0) + "}");
        config = TinyStudy.with(config, "masking", "{\"ratios\":[0,0.3],\"variations\":[0,0.2]}");
        return TinyStudy.with(config, "optimiser", "{\"name\":\"adamw\",\"lr\":" + lr + ",\"weight_decay\":0,\"warmup_steps\":5,"
                + "\"schedule\":\"cosine\"}");
    }

    /** Nothing holds the features apart, and their weights decay. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vicreg", "sie", "simclr"})
    void collapsedFeaturesAreReported(String row) throws IOException {
        String objective = switch (row) {
            case "vicreg" -> "{\"name\":\"vicreg\",\"invariance\":1,\"variance\":0,\"covariance\":0,\"expander\":[8]}";
            case "sie" -> "{\"name\":\"sie\",\"invariance\":1,\"equivariance\":1,\"variance\":0,\"covariance\":0,\"expander\":[8]}";
            default -> "{\"name\":\"simclr\",\"temperature\":1000,\"expander\":[8]}";
        };
        Settings config = TinyStudy.with(config(objective, transform("angle")), "optimiser",
                "{\"name\":\"sgd\",\"lr\":0.02,\"momentum\":0,\"weight_decay\":5,\"schedule\":\"constant\"}");
        Path out = train(config);
        double[] spread = curve(out, CollapseWatch.METRIC);
        System.out.println(row + ", collapse: " + Arrays.toString(spread));
        assertTrue(spread[0] > 0.1 && spread[spread.length - 1] < 0.01, Arrays.toString(spread));
        assertReported(out);
    }

    private static void assertReported(Path out) throws IOException {
        assertTrue(collapsedPoints(out) > POINT, "points reported");
        assertTrue(Files.readString(out.resolve("curves.csv")).contains(",collapsed,1.0"));
    }

    @Test
    void aTeacherThatAlwaysSaysTheSameIsReportedThoughFeaturesStandApartAndTheLossFalls() throws IOException {
        Path out = train(ibot(",\"centre_momentum\":1", "", 0.02)); // the centres stay at 0
        double[] loss = curve(out, "loss");
        double[] entropy = curve(out, SelfDistillation.ENTROPY);
        double[] spread = curve(out, CollapseWatch.METRIC);
        System.out.println("ibot, collapse: entropy " + Arrays.toString(entropy) + ", loss " + Arrays.toString(loss));
        assertTrue(loss[loss.length - 1] < 0.01 * loss[0] && spread[spread.length - 1] > 0.1, Arrays.toString(loss));
        assertTrue(entropy[entropy.length - 1] < 0.01, Arrays.toString(entropy));
        assertReported(out);
    }
}
