package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;

final class LinearHeadsTest {

    private static final int DIM = 6;
    private static final int CLASSES = 4;

    /** Gaussian clouds, one a class, {@code apart} from each other. */
    private static FeatureMatrix clouds(int[] labels, double apart, String name) {
        Draws draws = Draws.at(1, name);
        float[] values = new float[labels.length * DIM];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (draws.gaussian() + (i % DIM == labels[i / DIM] ? apart : 0));
        }
        return new FeatureMatrix(labels.length, DIM, values);
    }

    private static int[] labels(int count, String name) {
        Draws draws = Draws.at(2, name);
        return IntStream.range(0, count).map(i -> draws.below(CLASSES)).toArray();
    }

    private static LinearRecipe recipe(double... rates) {
        return new LinearRecipe(10, 32, 1, rates, 0.9, 0, 0.25, false, false);
    }

    /** Per cent of test samples that the chosen head answers rightly. */
    private static double top1(Torch torch, FeatureMatrix x, int[] labels, FeatureMatrix testX, int[] testLabels) {
        LinearRecipe recipe = recipe(0.01, 0.1, 1);
        int[] selection = SampleChoice.choose(labels.length, labels.length / 4, 0, "test");
        boolean[] held = new boolean[labels.length];
        Arrays.stream(selection).forEach(i -> held[i] = true);
        Labelling known = new OneClass(labels, CLASSES, false);
        try (LinearHeads heads = new LinearHeads(torch, recipe, recipe.rates(), LinearHeads.Use.BOTH, 9, Map.of(FeatureKind.CLS, DIM), known, held, 32)) {
            heads.train(new KeptFeatures(Map.of(FeatureKind.CLS, x), 32, 9, new boolean[labels.length]), null, () -> null);
            int rate = heads.chosen(FeatureKind.CLS, x.pick(selection), selection, new double[3]);
            float[] logits = heads.logits(FeatureKind.CLS, testX, rate);
            return new OneClass(testLabels, CLASSES, false).scores(logits, known).get(0).value();
        }
    }

    @Test
    void separableFeaturesAreToldWithoutAnError() {
        int[] train = labels(400, "train");
        int[] test = labels(400, "test");
        try (Torch torch = Torch.start(1)) {
            assertEquals(100, top1(torch, clouds(train, 20, "a"), train, clouds(test, 20, "b"), test));
        }
    }

    @Test
    void shuffledLabelsScoreChance() {
        int[] train = labels(2000, "train");
        int[] test = labels(2000, "test");
        FeatureMatrix x = clouds(train, 3, "a");
        FeatureMatrix testX = clouds(test, 3, "b");
        try (Torch torch = Torch.start(1)) {
            assertTrue(top1(torch, x, train, testX, test) > 90);
            // a head that guesses answers a whole cloud alike, so one guess scatters widely about chance
            double mean = IntStream.range(0, 6).mapToDouble(trial -> {
                int[] order = Draws.at(trial, "shuffle").permutation(train.length);
                return top1(torch, x, Arrays.stream(order).map(i -> train[i]).toArray(), testX, test);
            }).average().orElseThrow();
            assertEquals(100.0 / CLASSES, mean, 8);
        }
    }

    /** Each of the classifiers trained side by side is the one that its rate gives alone. */
    @Test
    void ratesDoNotInfluenceEachOther() {
        int[] labels = labels(90, "sweep");
        FeatureMatrix x = clouds(labels, 2, "c");
        double[] rates = {0.003, 0.1, 1};
        try (Torch torch = Torch.start(1); LinearSweep together = new LinearSweep(torch, 9, DIM, CLASSES, rates, 0.9, 1e-3)) {
            double[] losses = train(torch, together, x, labels);
            float[][] answers = together.logits(x, 1, 3);
            assertArrayEquals(together.logits(x, 1, 2)[0], answers[0], 1e-5f);
            assertArrayEquals(together.logits(x, 2, 3)[0], answers[1], 1e-5f);
            for (int r = 0; r < rates.length; r++) {
                try (LinearSweep alone = new LinearSweep(torch, 9, DIM, CLASSES, new double[] {rates[r]}, 0.9, 1e-3)) {
                    double[] last = train(torch, alone, x, labels);
                    assertArrayEquals(alone.logits(x, 0, 1)[0], together.logits(x, r, r + 1)[0], 1e-4f, "rate " + rates[r]);
                    assertEquals(last[0], losses[r], 1e-4);
                    assertTrue(last[0] < Math.log(CLASSES), "rate " + rates[r] + " learns: " + last[0]);
                }
            }
        }
    }

    /** Mean losses of the last of 20 passes. */
    private static double[] train(Torch torch, LinearSweep sweep, FeatureMatrix x, int[] labels) {
        KeptFeatures batches = new KeptFeatures(Map.of(FeatureKind.CLS, x), 32, 9, new boolean[labels.length]);
        double[] losses = {};
        for (int step = 0; step < 20 * batches.perEpoch(); step++) {
            if (step % batches.perEpoch() == 0) {
                sweep.takeLosses();
            }
            try (NDManager scope = torch.scope()) {
                FeatureBatches.Batch batch = batches.at(scope, step);
                sweep.step(batch.features().get(FeatureKind.CLS), new OneClass(labels, CLASSES, false), batch.members(), 0.5);
            }
        }
        losses = sweep.takeLosses();
        return Arrays.stream(losses).map(l -> l / batches.perEpoch()).toArray();
    }

    /** The heads that choose are those that never saw the held-out samples at all. */
    @Test
    void heldOutSamplesTeachTheChoosingHeadsNothing() {
        int[] labels = labels(96, "held");
        boolean[] held = new boolean[96];
        IntStream.range(0, 96).filter(i -> i % 3 == 0).forEach(i -> held[i] = true);
        int[] others = IntStream.range(0, 96).filter(i -> !held[i]).toArray();
        FeatureMatrix x = clouds(labels, 1, "d");
        float[] spoilt = x.values().clone();
        int[] wrong = labels.clone();
        for (int i = 0; i < 96; i += 3) {
            Arrays.fill(spoilt, i * DIM, (i + 1) * DIM, 77);
            wrong[i] = (labels[i] + 1) % CLASSES;
        }
        try (Torch torch = Torch.start(1)) {
            for (int batch : new int[] {32, 1}) { // of which some hold no other samples
                double[] clean = selectionScores(torch, x, labels, held, others, new boolean[96], batch);
                double[] other = selectionScores(torch, new FeatureMatrix(96, DIM, spoilt), wrong, held, others, new boolean[96], batch);
                assertArrayEquals(clean, other);
                assertArrayEquals(clean, selectionScores(torch, x, labels, held, others, held, batch));
            }
        }
    }

    private static double[] selectionScores(Torch torch, FeatureMatrix x, int[] labels, boolean[] held, int[] asked,
            boolean[] leftOut, int batch) {
        double[] scores = new double[2];
        try (LinearHeads heads = new LinearHeads(torch, recipe(0.02, 0.3), new double[] {0.02, 0.3}, LinearHeads.Use.CHOICE, 9,
                Map.of(FeatureKind.CLS, DIM),
                new OneClass(labels, CLASSES, false), held, batch)) {
            heads.train(new KeptFeatures(Map.of(FeatureKind.CLS, x), batch, 9, leftOut), null, () -> null);
            heads.chosen(FeatureKind.CLS, x.pick(asked), asked, scores);
        }
        return scores;
    }

    @Test
    void theBestRateWinsAndTheLowestAmongEquals() {
        double[] rates = {1, 0.1, 0.01};
        assertEquals(1, LinearHeads.best(rates, new double[] {-1, 50, 40}));
        assertEquals(2, LinearHeads.best(rates, new double[] {50, 40, 50}));
        assertEquals(-1, LinearHeads.best(rates, new double[] {-1, -1, -1}));
    }

    @Test
    void severalClassesAPictureAreLearntAndDifficultOnesDoNotCount() {
        byte[][] labels = new byte[300][CLASSES];
        float[] values = new float[300 * DIM];
        Draws draws = Draws.at(4, "many");
        for (int i = 0; i < labels.length; i++) {
            for (int c = 0; c < CLASSES; c++) {
                boolean has = draws.chance(0.4);
                values[i * DIM + c] = has ? 2 : -2;
                // a difficult one looks like the class, and would cost precision if it counted as absent
                labels[i][c] = (byte) (has ? draws.chance(0.2) ? -1 : 1 : 0);
            }
        }
        FeatureMatrix x = new FeatureMatrix(300, DIM, values);
        ManyClasses many = new ManyClasses(labels, CLASSES);
        try (Torch torch = Torch.start(1); LinearHeads heads = new LinearHeads(torch, recipe(1), new double[] {1}, LinearHeads.Use.TEST, 9,
                Map.of(FeatureKind.CLS, DIM), many, new boolean[300], 32)) {
            heads.train(new KeptFeatures(Map.of(FeatureKind.CLS, x), 32, 9, new boolean[300]), null, () -> null);
            Labelling.Score score = many.scores(heads.logits(FeatureKind.CLS, x, 0), many).get(0);
            assertEquals("map11", score.metric());
            assertEquals(100, score.value());
            assertTrue(score.floor() > 20 && score.floor() < 50, score.toString());
        }
    }
}
