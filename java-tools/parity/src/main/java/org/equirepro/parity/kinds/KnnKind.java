package org.equirepro.parity.kinds;

import java.util.List;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.KnnClassifier;
import org.equirepro.evaluation.metrics.KnnClassifier.Accuracy;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
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
        KnnClassifier classifier = new KnnClassifier(tensors.floats("in.train"), labels, dim,
                reference.params().integer("classes"), reference.params().real("T"));
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        List<String> keys = reference.expected().keys();
        SortedMap<Integer, Accuracy> accuracies = classifier.evaluate(tensors.floats("in.test"), testLabels,
                keys.stream().mapToInt(KnnKind::neighbours).toArray());
        for (String key : keys) {
            Accuracy actual = accuracies.get(neighbours(key));
            Settings expected = reference.expected().at(key);
            for (String metric : expected.keys()) {
                double value = switch (metric) {
                    case "top1" -> actual.top1();
                    case "top5" -> actual.top5();
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
