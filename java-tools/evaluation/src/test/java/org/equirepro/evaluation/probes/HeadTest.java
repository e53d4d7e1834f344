package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;

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
        return HeadRecipe.of(Settings.parseJson("r", "{\"epochs\": 50, \"batch\": 30, \"optimiser\": {\"name\": \"adamw\", "
                + "\"lr\": " + lr + ", \"schedule\": \"cosine\", \"warmup_steps\": 10}}"));
    }

    private float[] answers(int[] hidden, List<Double> losses) {
        try (Torch torch = Torch.start(1); Head head = new Head(torch, "product", 1, 2, hidden, 1)) {
            Head.Examples examples = new Head.Examples(x, Targets.numbers(y, 1));
            head.train(recipe("0.01"), epoch -> examples, (epoch, step, loss) -> losses.add(loss));
            return head.predict(x);
        }
    }

    @Test
    void hiddenLayersLearnAProductALinearHeadDoesNot() {
        List<Double> losses = new ArrayList<>();
        double deep = R2.pooled(R2Rows.widen(answers(new int[] {32, 32}, losses)), y);
        double flat = R2.pooled(R2Rows.widen(answers(new int[0], new ArrayList<>())), y);
        assertTrue(deep > 0.95, "deep " + deep);
        assertTrue(flat < 0.1, "flat " + flat);
        assertEquals(50, losses.size());
        assertTrue(losses.get(49) < 0.1 * losses.get(0));
    }

    @Test
    void equalSeedsGiveEqualAnswers() {
        assertArrayEquals(answers(new int[] {8}, new ArrayList<>()), answers(new int[] {8}, new ArrayList<>()));
    }

    @Test
    void divergenceEndsWithAMessage() {
        try (Torch torch = Torch.start(1); Head head = new Head(torch, "h", 1, 2, new int[] {8, 8}, 1)) {
            Head.Examples examples = new Head.Examples(x, Targets.numbers(y, 1));
            UserError error = assertThrows(UserError.class,
                    () -> head.train(recipe("1e30"), epoch -> examples, (e, s, l) -> { }));
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
