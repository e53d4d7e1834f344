package org.equirepro.parity.kinds;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.metrics.KnnClassifier;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/** Weighted k-nearest-neighbour votes; the expected section has a key {@code k<k>} for each k. */
public final class KnnKind implements ParityKind {

    private static final Pattern K = Pattern.compile("k(\\d+)");

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        int[] labels = ClsMetricsKind.ints(tensors.longs("in.train_labels"));
        int[] testLabels = ClsMetricsKind.ints(tensors.longs("in.test_labels"));
        int dim = (int) tensors.shape("in.train")[1];
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        List<String> keys = reference.expected().keys();
        int[] ks = keys.stream().mapToInt(KnnKind::neighbours).toArray();
        List<KnnClassifier.Answers> answers;
        try (Torch torch = Torch.start(1)) {
            KnnClassifier classifier = new KnnClassifier(torch, new FeatureMatrix(labels.length, dim, tensors.floats("in.train")), labels,
                    reference.params().integer("classes"), reference.params().real("T"));
            answers = classifier.answers(new FeatureMatrix(testLabels.length, dim, tensors.floats("in.test")), testLabels, ks);
        }
        for (KnnClassifier.Answers actual : answers) {
            String key = "k" + actual.k();
            Settings expected = reference.expected().at(key);
            for (String metric : expected.keys()) {
                double value = switch (metric) {
                    case "top1" -> actual.top(1);
                    case "top5" -> actual.top(5);
                    default -> throw new IllegalArgumentException("no check for the expected value " + key + "." + metric);
                };
                check.close(key + "." + metric, value, expected.real(metric), rtol, atol);
            }
        }
    }

    private static int neighbours(String key) {
        Matcher k = K.matcher(key);
        if (!k.matches()) {
            throw new IllegalArgumentException("no check for the expected value " + key);
        }
        return Integer.parseInt(k.group(1));
    }
}
