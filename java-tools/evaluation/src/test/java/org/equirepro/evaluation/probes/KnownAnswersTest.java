package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.FeatureSource;
import org.equirepro.evaluation.features.Features;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.views.Quaternions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes on encoders whose scores are known beforehand: one that tells the answer, one that tells nothing, one that tells another's. */
final class KnownAnswersTest {

    private static final String OPTIMISER = "\"optimiser\": {\"name\": \"adam\", \"lr\": 0.03, \"schedule\": \"cosine\"}";

    @TempDir
    static Path folder;
    private static Path pictures;
    private static Path objects;
    private static Path encoder;

    /** Gives a row of features for a picture of a view, theta of g where g was applied. */
    @FunctionalInterface
    interface Row {
        double[] of(CentreViews views, int i, double[] theta);
    }

    /** An encoder that is a function. */
    record Function(Row row) implements FeatureSource {

        @Override
        public Map<FeatureKind, Features> still(CentreViews views, List<FeatureKind> kinds) {
            return table(views, null, kinds);
        }

        @Override
        public Map<FeatureKind, Features> moved(CentreViews views, PictureTransform g, double[][] theta, double fraction,
                List<FeatureKind> kinds) {
            return table(views, fraction == 0 ? new double[theta.length][theta[0].length] : theta, kinds);
        }

        @Override
        public Map<FeatureKind, Features> passing(CentreViews views, PictureTransform g, double[][] theta, List<FeatureKind> kinds) {
            return table(views, theta, kinds);
        }

        private Map<FeatureKind, Features> table(CentreViews views, double[][] theta, List<FeatureKind> kinds) {
            int rows = views.size();
            float[] values = null;
            for (int i = 0; i < rows; i++) {
                double[] one = row.of(views, i, theta == null ? null : theta[i]);
                values = values == null ? new float[rows * one.length] : values;
                for (int c = 0; c < one.length; c++) {
                    values[i * one.length + c] = (float) one[c];
                }
            }
            Map<FeatureKind, Features> all = new EnumMap<>(FeatureKind.class);
            for (FeatureKind kind : kinds) {
                all.put(kind, new FeatureMatrix(rows, values.length / rows, values));
            }
            return all;
        }
    }

    @BeforeAll
    static void prepare() throws IOException {
        pictures = TinyData.shards(folder, 200, 40);
        objects = TinyObjects.shards(folder.resolve("tree"), 60, 4);
        encoder = TinyData.vit(folder.resolve("encoder"));
    }

    private static Settings imageConfig(int testSamples) {
        return TinyData.config("{\"kind\": \"r2_image\", \"families\": [\"angle\", \"color\", \"se2\", \"trans\"], \"ranges\": {\"angle\": 45, "
                + "\"color\": [0.4, 0.4, 0.4, 0.1], \"trans\": 4}, \"fills\": [\"zero\", \"zoom\"], \"features\": [\"split_mean\"], "
                + "\"hidden\": [], \"train_samples\": 600, \"test_samples\": " + testSamples + ", \"epochs\": 40, \"batch\": 64, "
                + OPTIMISER + "}");
    }

    private static List<ResultRow> images(String name, int testSamples, Row row) {
        Path out = folder.resolve(name);
        ProbeSession.run("r2_image", imageConfig(testSamples), pictures, encoder, Stores.NONE, out, RunOptions.unlimited(1),
                session -> new R2ImageProbe(session).compute(), own -> new Function(row));
        return ResultRow.read(out.resolve("result.csv"));
    }

    private static List<ResultRow> objects(String name, Row row) {
        Path out = folder.resolve(name);
        Settings config = TinyData.config("{\"kind\": \"r2_3diebench\", \"features\": [\"whole\"], \"hidden\": [64, 64], \"epochs\": 60, "
                + "\"batch\": 32, \"redraw\": true, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.003, \"schedule\": \"cosine\"}}");
        ProbeSession.run("r2_3diebench", config, objects, encoder, Stores.NONE, out, RunOptions.unlimited(1),
                session -> new R2ThreeDieProbe(session).compute(), own -> new Function(row));
        return ResultRow.read(out.resolve("result.csv"));
    }

    /** Rows of the three probes of classes, of which {@code few} test only half of the pictures. */
    private static List<ResultRow> classes(String name, boolean few, Row row) {
        String common = "\"features\": [\"cls\"]" + (few ? ", \"test_samples\": 60" : "");
        String choice = common + ", \"selection_fraction\": 0.2";
        List<ResultRow> rows = new ArrayList<>();
        rows.addAll(classes(name, "{\"kind\": \"linear_probe\", \"lrs\": [0.1, 1], \"epochs\": 10, \"batch\": 64, " + choice + "}", row,
                session -> new LinearProbe(session).compute()));
        rows.addAll(classes(name, "{\"kind\": \"logreg\", \"l2s\": [1e-4, 1e-2], \"max_iterations\": 30, " + choice + "}", row,
                session -> new LogisticProbe(session).compute()));
        rows.addAll(classes(name, "{\"kind\": \"knn\", \"ks\": [20], " + common + "}", row, session -> new KnnProbe(session).compute()));
        assertEquals(3 * 2, rows.size()); // top-1, mean per class
        return rows;
    }

    private static List<ResultRow> classes(String name, String recipe, Row row, ProbeSession.Work work) {
        Settings config = TinyData.config(recipe);
        String kind = config.at("recipe").text("kind");
        Path out = folder.resolve(name + "-" + kind);
        ProbeSession.run(kind, config, pictures, encoder, Stores.NONE, out, RunOptions.unlimited(1), work, own -> new Function(row));
        return ResultRow.read(out.resolve("result.csv"));
    }

    private static double[] told(int label) {
        double[] told = new double[TinyData.CLASSES];
        told[label] = 1;
        return told;
    }

    @Test
    void anEncoderThatTellsTheClassIsAlwaysRight() {
        for (ResultRow row : classes("class", false, (views, i, theta) -> told(views.split().label(views.picture(i))))) {
            assertEquals(100, row.value(), row.toString());
        }
    }

    @Test
    void aConstantEncoderTellsNoClass() {
        for (ResultRow row : classes("one", false, (views, i, theta) -> new double[] {0.7, -3})) {
            assertEquals(row.floor(), row.value(), 1e-9, row.toString());
        }
    }

    @Test
    void anEncoderThatTellsAnotherPicturesClassIsRightByChance() {
        for (ResultRow row : classes("other", false, (views, i, theta) ->
                told(Draws.at(4, 0, views.picture(i), 0, views.split().name()).below(TinyData.CLASSES)))) {
            assertEquals(100.0 / TinyData.CLASSES, row.value(), 15, row.toString());
        }
    }

    /** As {@link #testPicturesReachNeitherTrainingNorEachOther}, of classes. */
    @Test
    void testPicturesDoNotChangeHowOthersAreClassified() throws IOException {
        Row noisy = (views, i, theta) -> {
            Draws draws = Draws.at(5, 0, views.picture(i), 0, views.split().name());
            double[] told = told(views.split().label(views.picture(i)));
            Arrays.setAll(told, c -> told[c] + draws.gaussian());
            return told;
        };
        classes("all", false, noisy);
        classes("half", true, noisy);
        for (String kind : List.of("linear_probe", "logreg", "knn")) {
            Path all = folder.resolve("all-" + kind);
            Path half = folder.resolve("half-" + kind);
            assertEquals(Files.readString(all.resolve("curves.csv")), Files.readString(half.resolve("curves.csv")), kind);
            List<String> few = Files.readAllLines(half.resolve("predictions.csv"));
            assertEquals(1 + 60, few.size());
            assertTrue(new HashSet<>(Files.readAllLines(all.resolve("predictions.csv"))).containsAll(few), kind);
        }
    }

    @Test
    void anEncoderThatTellsThetaScoresOne() {
        for (ResultRow row : images("oracle", 100, (views, i, theta) -> theta)) {
            assertEquals(1, row.value(), 1e-3, row.toString());
        }
    }

    @Test
    void aConstantEncoderScoresTheFloorThatIsStated() {
        for (ResultRow row : images("constant", 100, (views, i, theta) -> new double[] {0.7, -3})) {
            assertEquals(row.floor(), row.value(), 0.02, row.toString());
        }
    }

    @Test
    void anEncoderThatTellsAnotherPicturesThetaScoresNothing() {
        List<ResultRow> rows = images("shuffled", 100, (views, i, theta) -> {
            Draws draws = Draws.at(1, 0, i, theta[0] == 0 ? 0 : 1, views.split().name());
            return new double[] {draws.uniform(-1, 1), draws.uniform(-1, 1), draws.uniform(-1, 1)};
        });
        for (ResultRow row : rows) {
            assertTrue(row.value() < row.floor() + 0.05, row.toString());
        }
    }

    /** What is trained does not change with the test pictures, nor the answer for one with the others. */
    @Test
    void testPicturesReachNeitherTrainingNorEachOther() throws IOException {
        Row noisy = (views, i, theta) -> {
            double noise = Draws.at(2, 0, views.picture(i), 0, views.split().name()).gaussian();
            return new double[] {theta[0] + 10 * noise, noise};
        };
        images("many", 100, noisy);
        images("few", 30, noisy);
        assertEquals(Files.readString(folder.resolve("many/curves.csv")), Files.readString(folder.resolve("few/curves.csv")));
        HashSet<String> answers = new HashSet<>(Files.readAllLines(folder.resolve("many/predictions.csv")));
        List<String> few = Files.readAllLines(folder.resolve("few/predictions.csv"));
        assertTrue(few.size() > 30 && answers.containsAll(few));
    }

    /** The quaternion of the pose is not linear in two poses; class and hues are. */
    @Test
    void anEncoderThatTellsClassPoseAndHueScoresAll() {
        for (ResultRow row : objects("told", (views, i, theta) -> {
            double[] latents = views.split().latents(views.picture(i));
            double[] pose = Quaternions.fromEuler(latents[0], latents[1], latents[2]);
            double[] told = new double[TinyData.CLASSES + 4 + 2];
            told[views.split().label(views.picture(i))] = 1;
            System.arraycopy(pose, 0, told, TinyData.CLASSES, 4);
            told[TinyData.CLASSES + 4] = latents[3];
            told[TinyData.CLASSES + 5] = latents[6];
            return told;
        })) {
            double least = row.target().equals("class") ? 100 : row.target().equals("hue") ? 0.97 : 0.85;
            assertTrue(row.value() >= least, row.toString());
        }
    }

    @Test
    void aConstantEncoderOfObjectsScoresTheFloor() {
        for (ResultRow row : objects("same", (views, i, theta) -> new double[] {0.7, -3})) {
            assertEquals(row.floor(), row.value(), row.target().equals("class") ? 1e-9 : 0.05, row.toString());
        }
    }

    @Test
    void anEncoderThatTellsOtherObjectsClassesScoresChance() {
        for (ResultRow row : objects("otherwise", (views, i, theta) -> {
            double[] told = new double[TinyData.CLASSES];
            told[Draws.at(3, 0, views.picture(i), 0, views.split().name()).below(TinyData.CLASSES)] = 1;
            return told;
        })) {
            double tolerance = row.target().equals("class") ? 15 : 0.1;
            assertTrue(row.value() < row.floor() + tolerance, row.toString());
        }
    }
}
