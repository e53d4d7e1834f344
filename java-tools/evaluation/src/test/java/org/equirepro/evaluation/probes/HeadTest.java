package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Curves;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Budget;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeadTest {

    private static final int N = 400;

    private final FeatureMatrix x = features();
    private final double[] y = new double[N];

    HeadTest() {
        for (int i = 0; i < N; i++) {
            y[i] = x.values()[2 * i] * x.values()[2 * i + 1]; // no linear head can give a product
        }
    }

    private static FeatureMatrix features() {
        Draws draws = Draws.at(4, "head");
        float[] values = new float[2 * N];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(-1, 1);
        }
        return new FeatureMatrix(N, 2, values);
    }

    private static HeadRecipe recipe(String lr) {
        return recipe(lr, 50);
    }

    private static HeadRecipe recipe(String lr, int epochs) {
        return HeadRecipe.of(Settings.parseJson("r", "{\"epochs\": " + epochs + ", \"batch\": 30, \"optimiser\": {\"name\": \"adamw\", "
                + "\"lr\": " + lr + ", \"schedule\": \"cosine\", \"warmup_steps\": 10}}"));
    }

    private Head head(Torch torch, HeadRecipe recipe, int[] hidden, int... copies) {
        return new Head(torch, recipe, "product", 1, 2, hidden, 1, copies);
    }

    private float[][] answers(int[] hidden, List<Double> losses, int... copies) {
        return answers(recipe("0.01"), hidden, losses, copies);
    }

    private float[][] answers(HeadRecipe recipe, int[] hidden, List<Double> losses, int... copies) {
        try (Torch torch = Torch.start(1); Head head = head(torch, recipe, hidden, copies)) {
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                losses.add(head.train(epoch, new Head.Examples(x, Targets.numbers(y, 1)))[0]);
            }
            return head.predict(x);
        }
    }

    @Test
    void hiddenLayersLearnAProductALinearHeadDoesNot() {
        List<Double> losses = new ArrayList<>();
        double deep = R2.pooled(R2Rows.widen(answers(new int[] {32, 32}, losses, 0)[0]), y);
        double flat = R2.pooled(R2Rows.widen(answers(new int[0], new ArrayList<>(), 0)[0]), y);
        assertTrue(deep > 0.95, "deep " + deep);
        assertTrue(flat < 0.1, "flat " + flat);
        assertEquals(50, losses.size());
        assertTrue(losses.get(49) < 0.1 * losses.get(0));
    }

    @Test
    void headsSideBySideEndWithTheBitsOfEachAlone() {
        HeadRecipe recipe = recipe("0.01", 4);
        float[][] together = answers(recipe, new int[] {24, 16}, new ArrayList<>(), 0, 1, 2);
        for (int copy = 0; copy < 3; copy++) {
            assertArrayEquals(answers(recipe, new int[] {24, 16}, new ArrayList<>(), copy)[0], together[copy], "head " + copy);
        }
        assertFalse(Arrays.equals(together[0], together[1]), "they start differently");
    }

    @Test
    void stoppedTrainingGoesOnToTheSameBits(@TempDir Path folder) {
        HeadRecipe recipe = recipe("0.01", 4);
        ProbePart whole = new ProbePart();
        ProbePart resumed = new ProbePart();
        try (Torch torch = Torch.start(1)) {
            float[][] expected = trained(torch, recipe, new PartState(null, Budget.none()), whole);
            PartState state = new PartState(folder.resolve("state"), Budget.of(1e-9));
            for (int run = 1; run < recipe.epochs(); run++) {
                UserError stopped = assertThrows(UserError.class, () -> trained(torch, recipe, state, new ProbePart()));
                assertEquals(ExitCode.SAVED_RUN_AGAIN, stopped.exitCode());
            }
            assertArrayEquals(expected, trained(torch, recipe, state, resumed));
        }
        whole.write(folder.resolve("whole"));
        resumed.write(folder.resolve("resumed"));
        assertEquals(Curves.read(folder.resolve("whole/curves.csv")).csv(), Curves.read(folder.resolve("resumed/curves.csv")).csv());
    }

    private float[][] trained(Torch torch, HeadRecipe recipe, PartState state, ProbePart part) {
        try (Head head = head(torch, recipe, new int[] {8}, 0, 1)) {
            new HeadTraining(List.of(head), recipe, "loss").run(epoch -> List.of(new Head.Examples(x, Targets.numbers(y, 1))), state, part);
            return head.predict(x);
        }
    }

    @Test
    void divergenceEndsWithAMessage() {
        HeadRecipe recipe = recipe("1e30");
        try (Torch torch = Torch.start(1); Head head = head(torch, recipe, new int[] {8, 8}, 0)) {
            UserError error = assertThrows(UserError.class, () -> {
                for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                    head.train(epoch, new Head.Examples(x, Targets.numbers(y, 1)));
                }
            });
            assertTrue(error.getMessage().contains("diverged"));
        }
    }

    @Test
    void theRateRisesFallsOrStays() {
        HeadRecipe cosine = recipe("0.5");
        assertEquals(0, cosine.rates(10).at(0));
        assertEquals(0.5, cosine.rates(10).at(10), 1e-12);
        assertTrue(cosine.rates(10).at(499) < 1e-4);
        HeadRecipe constant = HeadRecipe.of(Settings.parseJson("r",
                "{\"epochs\": 2, \"batch\": 30, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.5}}"));
        assertEquals(0.5, constant.rates(3).at(0));
        assertEquals(0.5, constant.rates(3).at(5));
    }
}
