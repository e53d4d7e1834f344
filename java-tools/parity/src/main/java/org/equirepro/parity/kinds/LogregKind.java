package org.equirepro.parity.kinds;

import java.util.Arrays;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.evaluation.metrics.LogisticRegression;
import org.equirepro.evaluation.metrics.LogisticRegression.Samples;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/** Logistic regression at its one optimum. */
public final class LogregKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        int classes = reference.params().integer("classes");
        int[] labels = ClsMetricsKind.ints(tensors.longs("in.y"));
        double l2 = reference.params().real("l2");
        int dim = (int) tensors.shape("in.x")[1];
        try (Torch torch = Torch.start(1)) {
            LogisticRegression model = LogisticRegression.fit(torch, Samples.of(tensors.doubles("in.x"), dim), labels, classes, l2,
                    LogisticRegression.Search.EXACT);
            check(reference, model, model.logits(Samples.of(tensors.doubles("in.x_test"), dim)), classes, check);
        }
    }

    private static void check(ReferenceCase reference, LogisticRegression model, double[] testLogits, int classes, Check check) {
        SafeTensors tensors = reference.tensors();
        check.that("the search converged", model.converged());
        double[] logits = centred(testLogits, classes);
        double atol = reference.tolerance().real("W_atol");
        for (String name : tensors.names()) {
            switch (name) {
                case "in.x", "in.y", "in.x_test", "in.y_test" -> { }
                case "out.W" -> check.close(name, model.weights(), tensors.doubles(name), 0, atol);
                case "out.b_centred" -> check.close(name, model.biases(), tensors.doubles(name), 0, atol);
                case "out.test_logits_centred" -> checkLogits(name, logits, tensors, atol, check);
                default -> throw new IllegalArgumentException("no check for the tensor " + name);
            }
        }
        float[] narrow = new float[logits.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) logits[i];
        }
        int[] testLabels = ClsMetricsKind.ints(tensors.longs("in.y_test"));
        ClassificationMetrics metrics = new ClassificationMetrics(narrow, testLabels, classes);
        double objectiveRtol = reference.tolerance().real("objective_rtol");
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            switch (key) {
                case "objective" -> check.close(key, model.objective(), expected.real(key), objectiveRtol, 0);
                case "test_top1" -> check.close(key, metrics.top(1), expected.real(key), 1e-9, 0);
                case "test_mean_per_class" -> check.close(key, metrics.meanPerClass(), expected.real(key), 1e-9, 0);
                default -> throw new IllegalArgumentException("no check for the expected value " + key);
            }
        }
    }

    /** A logit is a sum over the features, so the tolerance of a weight counts once for each unit of their absolute sum. */
    private static void checkLogits(String name, double[] logits, SafeTensors tensors, double atol, Check check) {
        double[] x = tensors.doubles("in.x_test");
        int dim = (int) tensors.shape("in.x_test")[1];
        int classes = logits.length / (x.length / dim);
        double[] expected = tensors.doubles(name);
        for (int i = 0; i < x.length / dim; i++) {
            double size = 1 + Arrays.stream(x, i * dim, (i + 1) * dim).map(Math::abs).sum();
            check.close(name + " row " + i, Arrays.copyOfRange(logits, i * classes, (i + 1) * classes),
                    Arrays.copyOfRange(expected, i * classes, (i + 1) * classes), 0, atol * size);
        }
    }

    private static double[] centred(double[] logits, int classes) {
        double[] centred = logits.clone();
        for (int at = 0; at < logits.length; at += classes) {
            double mean = Arrays.stream(logits, at, at + classes).sum() / classes;
            for (int c = 0; c < classes; c++) {
                centred[at + c] -= mean;
            }
        }
        return centred;
    }
}
