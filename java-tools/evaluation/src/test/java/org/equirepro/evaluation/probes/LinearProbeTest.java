package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinearProbeTest {

    @TempDir
    Path folder;

    /** Each of the classifiers trained side by side is the one that its rate gives alone. */
    @Test
    void ratesDoNotInfluenceEachOther() {
        int dim = 6;
        int classes = 4;
        Draws draws = Draws.at(1, "sweep");
        float[] values = new float[90 * dim];
        int[] labels = new int[90];
        for (int i = 0; i < 90; i++) {
            labels[i] = draws.below(classes);
            for (int d = 0; d < dim; d++) {
                values[i * dim + d] = (float) (draws.gaussian() + (d == labels[i] ? 2 : 0));
            }
        }
        FeatureMatrix x = new FeatureMatrix(90, dim, values);
        LinearSweep.Training training = new LinearSweep.Training(7, 32, 0.9, 1e-3);
        double[] rates = {0.003, 0.1, 1};
        try (Torch torch = Torch.start(1); LinearSweep together = new LinearSweep(torch, 9, dim, classes, rates)) {
            together.train(training, x, labels, (epoch, step, losses) -> assertEquals(3, losses.length));
            for (int r = 0; r < rates.length; r++) {
                try (LinearSweep alone = new LinearSweep(torch, 9, dim, classes, new double[] {rates[r]})) {
                    double[] last = new double[1];
                    alone.train(training, x, labels, (epoch, step, losses) -> last[0] = losses[0]);
                    assertArrayEquals(alone.logits(x, 0), together.logits(x, r), 1e-4f, "rate " + rates[r]);
                    assertTrue(last[0] < Math.log(classes), "rate " + rates[r] + " learns: " + last[0]);
                }
            }
        }
    }

    @Test
    void theBestRateWinsAndTheLowestAmongEquals() {
        double[] rates = {1, 0.1, 0.01};
        assertEquals(OptionalDouble.of(0.1), LinearProbe.best(rates, new double[] {-1, 50, 40}));
        assertEquals(OptionalDouble.of(0.01), LinearProbe.best(rates, new double[] {50, 40, 50}));
        assertEquals(OptionalDouble.empty(), LinearProbe.best(rates, new double[] {-1, -1, -1}));
    }

    @Test
    void coloursAreTold() throws IOException {
        Path shards = TinyData.shards(folder, 60, 30);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        Path out = folder.resolve("out");
        String recipe = "{\"kind\": \"linear_probe\", \"features\": [\"backbone_mean\", \"cls_backbone_mean\"], "
                + "\"lrs\": [0.001, 0.1, 1], \"epochs\": 20, \"batch\": 32, \"selection_fraction\": 0.2, \"standardise\": true}";
        LinearProbe.run(TinyData.config(recipe), shards, encoder, Stores.NONE, out, RunOptions.unlimited(1));
        List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
        assertEquals(4, rows.size());
        for (ResultRow row : rows) {
            assertTrue(row.value() > 60, row.toString());
            assertEquals(100.0 / 3, row.floor(), 1e-9);
            assertEquals(90, row.samples());
        }
        assertTrue(Files.readString(out.resolve("curves.csv")).contains("selection_top1"));
        assertEquals(1 + 2 * 90, Files.readAllLines(out.resolve("predictions.csv")).size());
    }

    @Test
    void anEncoderWithoutWeightsIsNamed() throws IOException {
        Path shards = TinyData.shards(folder, 4, 2);
        String recipe = "{\"kind\": \"linear_probe\", \"features\": [\"cls\"], \"lrs\": [0.1], \"epochs\": 1, \"batch\": 4, "
                + "\"selection_fraction\": 0.5}";
        UserError error = assertThrows(UserError.class, () -> LinearProbe.run(TinyData.config(recipe), shards,
                folder.resolve("none"), Stores.NONE, folder.resolve("out"), RunOptions.unlimited(1)));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
    }
}
