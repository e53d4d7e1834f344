package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;

final class KnnClassifierTest {

    private static final int DIM = 5;
    private static final int CLASSES = 7;

    /** More samples than a block holds, against the definition written plainly. */
    @Test
    void blocksChangeNothing() {
        Draws draws = Draws.at(1, "knn");
        int n = 9000;
        int m = 600;
        float[] train = random(draws, n);
        float[] test = random(draws, m);
        int[] labels = IntStream.range(0, n).map(i -> draws.below(CLASSES)).toArray();
        int[] testLabels = IntStream.range(0, m).map(i -> draws.below(CLASSES)).toArray();
        List<KnnClassifier.Answers> answers;
        try (Torch torch = Torch.start(1)) {
            answers = new KnnClassifier(torch, new FeatureMatrix(n, DIM, train), labels, CLASSES, 0.07)
                    .answers(new FeatureMatrix(m, DIM, test), testLabels, 1, 20, 200);
        }
        for (KnnClassifier.Answers answer : answers) {
            int k = answer.k();
            int top1 = 0;
            int top5 = 0;
            for (int i = 0; i < m; i++) {
                double[] s = similarities(train, n, test, i);
                List<Integer> nearest = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(j -> -s[j])).limit(k)
                        .toList();
                double[] votes = new double[CLASSES];
                nearest.forEach(j -> votes[labels[j]] += Math.exp(s[j] / 0.07));
                int own = testLabels[i];
                long before = IntStream.range(0, CLASSES)
                        .filter(c -> votes[c] > votes[own] || votes[c] == votes[own] && c < own).count();
                top1 += before < 1 ? 1 : 0;
                top5 += before < 5 ? 1 : 0;
            }
            assertEquals(100.0 * top1 / m, answer.top(1), 1e-12, "k " + k);
            assertEquals(100.0 * top5 / m, answer.top(5), 1e-12, "k " + k);
        }
    }

    @Test
    void lengthsOfFeaturesDoNotMatterAndALowTemperatureDoesNotOverflow() {
        try (Torch torch = Torch.start(1)) {
            KnnClassifier classifier = new KnnClassifier(torch, new FeatureMatrix(3, 2, new float[] {100, 0, 0, 0.01f, 0, 5}),
                    new int[] {0, 1, 1}, 2, 1e-3);
            KnnClassifier.Answers answers = classifier.answers(new FeatureMatrix(2, 2, new float[] {0.2f, 0.1f, 1, 9}), new int[] {0, 1}, 3)
                    .get(0);
            assertArrayEquals(new int[] {0, 1}, answers.classes());
            assertEquals(100, answers.top(1));
        }
    }

    @Test
    void moreNeighboursThanSamplesIsAnError() {
        try (Torch torch = Torch.start(1)) {
            FeatureMatrix one = new FeatureMatrix(1, 2, new float[] {1, 0});
            KnnClassifier classifier = new KnnClassifier(torch, one, new int[] {0}, 2, 0.07);
            assertThrows(IllegalArgumentException.class, () -> classifier.answers(one, new int[] {0}, 2));
        }
    }

    private static float[] random(Draws draws, int samples) {
        float[] values = new float[samples * DIM];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.gaussian();
        }
        return values;
    }

    private static double[] similarities(float[] train, int n, float[] test, int i) {
        return IntStream.range(0, n).mapToDouble(j -> {
            double product = 0;
            double a = 0;
            double b = 0;
            for (int d = 0; d < DIM; d++) {
                product += (double) train[j * DIM + d] * test[i * DIM + d];
                a += (double) train[j * DIM + d] * train[j * DIM + d];
                b += (double) test[i * DIM + d] * test[i * DIM + d];
            }
            return product / Math.sqrt(a * b);
        }).toArray();
    }
}
