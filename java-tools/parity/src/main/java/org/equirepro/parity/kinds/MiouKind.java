package org.equirepro.parity.kinds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.SegmentationMetrics;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/** mmsegmentation's counts and scores of predicted classes; and, in a case that names annotation files, the pixels of each class. */
public final class MiouKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws IOException {
        if (reference.params().has("files")) {
            checkHistograms(reference, check);
        }
        if (reference.params().has("num_classes")) {
            checkScores(reference, check);
        }
    }

    /** The files' paths count from the folder that holds the reference cases. */
    private static void checkHistograms(ReferenceCase reference, Check check) throws IOException {
        for (String name : reference.params().texts("files")) {
            Path file = reference.file("../../" + name);
            LabelMap map = PictureDecoder.labels(name, Files.readAllBytes(file));
            String number = file.getFileName().toString().replaceAll("\\D*(\\d+)\\.png$", "$1");
            double[] expected = reference.tensors().doubles("out.hist_" + number);
            double[] counts = new double[expected.length];
            for (byte label : map.labels()) {
                counts[Byte.toUnsignedInt(label)]++;
            }
            check.close(name, counts, expected, 0, 0);
        }
    }

    private static void checkScores(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        SegmentationMetrics metrics = new SegmentationMetrics(params.integer("num_classes"), params.integer("ignore_index"));
        boolean withoutZero = params.flag("reduce_zero_label", false);
        for (int i = 0; i < params.integer("images"); i++) {
            int[] label = ClsMetricsKind.ints(tensors.longs("in.label" + i));
            metrics.add(ClsMetricsKind.ints(tensors.longs("in.pred" + i)),
                    withoutZero ? Arrays.stream(label).map(SegmentationMetrics::withoutZero).toArray() : label);
        }
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        for (String name : List.of("intersect", "union", "pred_area", "label_area", "IoU", "Acc", "Dice")) {
            if (tensors.has("out." + name)) {
                check.close(name, perClass(metrics, name), tensors.doubles("out." + name), rtol, atol);
            }
        }
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            switch (key) {
                case "aAcc" -> check.close(key, metrics.pixelAccuracy(), expected.real(key), rtol, atol);
                case "mIoU_nanmean" -> check.close(key, SegmentationMetrics.mean(metrics.iou()), expected.real(key), rtol, atol);
                case "mAcc_nanmean" -> check.close(key, SegmentationMetrics.mean(metrics.accuracy()), expected.real(key), rtol, atol);
                case "mDice_nanmean" -> check.close(key, SegmentationMetrics.mean(metrics.dice()), expected.real(key), rtol, atol);
                case "nan_classes" -> check.that(key, Arrays.equals(expected.integers(key), withoutScore(metrics.iou())));
                default -> throw new IllegalArgumentException("no check for the expected value " + key);
            }
        }
    }

    private static double[] perClass(SegmentationMetrics metrics, String name) {
        return switch (name) {
            case "intersect" -> wide(metrics.intersection());
            case "union" -> wide(metrics.union());
            case "pred_area" -> wide(metrics.predicted());
            case "label_area" -> wide(metrics.labelled());
            case "IoU" -> metrics.iou();
            case "Acc" -> metrics.accuracy();
            default -> metrics.dice();
        };
    }

    private static double[] wide(long[] counts) {
        return Arrays.stream(counts).asDoubleStream().toArray();
    }

    private static int[] withoutScore(double[] scores) {
        return IntStream.range(0, scores.length).filter(c -> Double.isNaN(scores[c])).toArray();
    }
}
