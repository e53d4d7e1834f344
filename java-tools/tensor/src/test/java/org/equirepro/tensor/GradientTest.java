package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.Draws;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.PictureOps.Padding;
import org.equirepro.tensor.PictureOps.Sampling;
import org.equirepro.tensor.boxes.RoiAlign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients of the operators against central differences, all in float64. */
final class GradientTest {

    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-7;

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    /** An operator as a function of its differentiable operands. */
    private record Case(String name, Function<NDArray[], NDArray> function, long[]... shapes) {}

    @TestFactory
    Stream<DynamicTest> gradientEqualsDifferenceQuotient() {
        return Stream.of(layers(), attention(), pictures(), losses(), arrays()).flatMap(List::stream)
                .map(c -> DynamicTest.dynamicTest(c.name, () -> check(c)));
    }

    private static List<Case> layers() {
        Ops ops = torch.ops();
        return List.of(
                new Case("group norm", x -> ops.groupNorm(x[0], x[1], x[2], 2, 1e-5), shape(2, 4, 3), shape(4), shape(4)),
                new Case("weight norm", x -> ops.weightNorm(x[0], x[1]), shape(3, 4), shape(3, 1)),
                new Case("dilated grouped convolution", x -> ops.conv2d(x[0], x[1], x[2], 2, 2, 2, 2),
                        shape(1, 4, 5, 5), shape(2, 2, 3, 3), shape(2)),
                new Case("transposed convolution", x -> ops.convTranspose2d(x[0], x[1], x[2], 2, 0),
                        shape(1, 2, 3, 3), shape(2, 3, 2, 2), shape(3)),
                new Case("adaptive pooling", x -> ops.adaptiveAvgPool2d(x[0], 2, 3), shape(1, 2, 5, 4)));
    }

    private static List<Case> attention() {
        Ops ops = torch.ops();
        return List.of(
                new Case("plain attention", x -> ops.attention(x[0], x[1], x[2], Precision.FLOAT32),
                        shape(1, 2, 3, 2), shape(1, 2, 4, 2), shape(1, 2, 4, 2)),
                new Case("fused attention", x -> ops.attention(x[0], x[1], x[2], Precision.FLOAT32),
                        shape(1, 1, 2, 2), shape(1, 1, 130, 2), shape(1, 1, 130, 2)),
                new Case("cross attention", x -> ops.crossAttention(x[0], x[1], List.of(x).subList(2, 8), 2, Precision.FLOAT32),
                        shape(2, 3, 4), shape(2, 2, 3), shape(4, 4), shape(4), shape(8, 3), shape(8), shape(4, 4), shape(4)));
    }

    private static List<Case> pictures() {
        PictureOps pictures = torch.ops().pictures();
        // samples outside, at the border, reversed and of no size, on two pictures
        float[] regions = {0, -3, -2, 4, 3, 1, 1, 1, 7, 5, 1, 5, 3, 12, 9, 0, 3, 3, 1, 2, 0, 2, 2, 2, 2};
        return Stream.concat(
                IntStream.range(0, 3).boxed().flatMap(padding -> Stream.of(Sampling.BILINEAR, Sampling.BICUBIC).flatMap(sampling ->
                        Stream.of(false, true).map(corners -> new Case(
                                "grid sample " + Padding.values()[padding] + " " + sampling + " " + corners,
                                x -> pictures.gridSample(x[0], torch.ops().scale(x[1], 0.9), sampling, Padding.values()[padding], corners),
                                shape(1, 2, 4, 5), shape(1, 2, 3, 2))))),
                Stream.of(
                        new Case("nearest", x -> pictures.resizeNearest(x[0], 3, 7), shape(1, 2, 4, 4)),
                        new Case("bilinear", x -> pictures.resizeBilinear(x[0], 3, 7, false), shape(1, 2, 4, 4)),
                        new Case("bilinear, corners", x -> pictures.resizeBilinear(x[0], 3, 7, true), shape(1, 2, 4, 4)),
                        new Case("bilinear, antialias", x -> pictures.resizeBilinearAntialias(x[0], 3, 7, false), shape(1, 2, 5, 4)),
                        new Case("bicubic", x -> pictures.resizeBicubic(x[0], 3, 7, false), shape(1, 2, 4, 4)),
                        new Case("bicubic, corners", x -> pictures.resizeBicubic(x[0], 3, 7, true), shape(1, 2, 4, 4)),
                        new Case("bicubic, antialias", x -> pictures.resizeBicubicAntialias(x[0], 3, 7, true), shape(1, 2, 5, 4)),
                        new Case("RoIAlign", x -> new RoiAlign(torch.ops(), 2, 3, 2, false).apply(x[0], regions, 0.5), shape(2, 2, 4, 5)),
                        new Case("RoIAlign, adaptive, aligned",
                                x -> new RoiAlign(torch.ops(), 2, 2, 0, true).apply(x[0], regions, 0.5), shape(2, 2, 4, 5)))).toList();
    }

    private static List<Case> losses() {
        LossOps losses = torch.ops().losses();
        NDArray labels = Torch.longs(torch.root(), new long[] {2, 0, 255, 1}, 4);
        NDArray mask = Torch.floats(torch.root(), new float[] {1, 0, 1, 0, 0, 0}, 2, 1, 3);
        NDArray depth = Torch.floats(torch.root(), new float[] {1, 0, 2, 0.3f, 4, 0, 0, 0, 0, 0, 0, 0}, 2, 2, 3);
        return List.of(
                new Case("cross-entropy", x -> losses.crossEntropy(x[0], labels, 0.1, 255, Reduction.MEAN), shape(4, 3)),
                new Case("cross-entropy of each", x -> losses.crossEntropy(x[0], labels, 0, 255, Reduction.NONE), shape(4, 3)),
                new Case("soft cross-entropy", x -> losses.softCrossEntropy(x[0], x[1], 0.2), shape(2, 3, 4), shape(2, 3, 4)),
                new Case("teacher", x -> losses.teacherProbabilities(x[0], x[1], 0.3), shape(2, 3, 4), shape(1, 1, 4)),
                new Case("crops", x -> losses.distilCrops(x[0], x[1], 0.3), shape(3, 2, 4), shape(2, 2, 4)),
                new Case("patches", x -> losses.distilPatches(x[0], x[1], mask, 0.3), shape(2, 1, 3, 4), shape(2, 1, 3, 4)),
                new Case("binary cross-entropy", x -> losses.binaryCrossEntropy(x[0], x[1], Reduction.SUM), shape(3, 4), shape(3, 4)),
                new Case("smooth L1", x -> losses.smoothL1(x[0], x[1], 1 / 9.0, Reduction.MEAN), shape(3, 4), shape(3, 4)),
                new Case("Huber", x -> losses.huber(x[0], x[1], 0.7, Reduction.SUM), shape(3, 4), shape(3, 4)),
                new Case("scale-invariant log", x -> losses.scaleInvariantLog(torch.ops().sigmoid(x[0]), depth, 0.85), shape(2, 2, 3)),
                new Case("KoLeo", x -> losses.koleo(x[0]), shape(5, 4)),
                new Case("InfoNCE", x -> losses.infoNce(x[0], x[1], 0.5), shape(3, 4), shape(3, 4)),
                new Case("variance", x -> losses.hingeStd(torch.ops().scale(x[0], 0.4)), shape(5, 3)),
                new Case("covariance", x -> losses.offDiagonalCovariance(x[0]), shape(5, 3)));
    }

    private static List<Case> arrays() {
        ArrayOps arrays = torch.ops().arrays();
        NDArray index = Torch.longs(torch.root(), new long[] {2, 0, 2}, 3);
        NDArray places = Torch.longs(torch.root(), new long[] {2, 0, 1, 1, 0, 2}, 3, 2);
        NDArray distinct = Torch.longs(torch.root(), new long[] {2, 0, 1, 2, 0, 2}, 3, 2);
        return List.of(
                new Case("index select", x -> arrays.indexSelect(x[0], 1, index), shape(2, 3)),
                new Case("index add", x -> arrays.indexAdd(x[0], 0, index, x[1]), shape(4, 2), shape(3, 2)),
                new Case("gather", x -> arrays.gather(x[0], 1, places), shape(3, 3)),
                new Case("scatter", x -> arrays.scatter(x[0], 1, distinct, x[1]), shape(3, 3), shape(3, 2)),
                new Case("scatter add", x -> arrays.scatterAdd(x[0], 1, places, x[1]), shape(3, 3), shape(3, 2)),
                new Case("cumulative sum", x -> arrays.cumulativeSum(x[0], -1), shape(3, 3)),
                new Case("unit rows", x -> arrays.unitRows(x[0], 1e-12), shape(2, 3, 3)),
                new Case("cosine similarity", x -> arrays.cosineSimilarity(x[0], x[1]), shape(3, 4), shape(3, 4)));
    }

    private static long[] shape(long... shape) {
        return shape;
    }

    private static void check(Case c) {
        try (NDManager scope = torch.scope()) {
            double[][] values = new double[c.shapes.length][];
            for (int i = 0; i < values.length; i++) {
                values[i] = draws(c.name + i, c.shapes[i]);
            }
            double[] upstream;
            double[][] gradients = new double[values.length][];
            try (GradMode on = GradMode.on()) {
                NDArray[] operands = operands(scope, c, values);
                NDArray y = c.function.apply(operands);
                upstream = draws("upstream", y.getShape().getShape());
                Torch.backward(y, scope.create(upstream, y.getShape()));
                for (int i = 0; i < operands.length; i++) {
                    gradients[i] = operands[i].getGradient().toDoubleArray();
                }
            }
            for (int i = 0; i < values.length; i++) {
                double[] quotients = new double[values[i].length];
                for (int j = 0; j < quotients.length; j++) {
                    double at = values[i][j];
                    values[i][j] = at + STEP;
                    double above = value(scope, c, values, upstream);
                    values[i][j] = at - STEP;
                    quotients[j] = (above - value(scope, c, values, upstream)) / (2 * STEP);
                    values[i][j] = at;
                }
                double scale = 1 + Arrays.stream(quotients).map(Math::abs).max().orElse(0);
                assertArrayEquals(quotients, gradients[i], TOLERANCE * scale, "operand " + i);
            }
        }
    }

    private static double value(NDManager manager, Case c, double[][] values, double[] upstream) {
        try (NDManager scope = manager.newSubManager()) {
            double[] y = c.function.apply(operands(scope, c, values)).toDoubleArray();
            return IntStream.range(0, y.length).mapToDouble(i -> y[i] * upstream[i]).sum();
        }
    }

    private static NDArray[] operands(NDManager manager, Case c, double[][] values) {
        NDArray[] operands = new NDArray[values.length];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = manager.create(values[i], new Shape(c.shapes[i])).toType(DataType.FLOAT64, true);
            operands[i].setRequiresGradient(true);
        }
        return operands;
    }

    private static double[] draws(String name, long[] shape) {
        Draws draws = Draws.at(7, name);
        return IntStream.range(0, (int) new Shape(shape).size()).mapToDouble(i -> draws.gaussian()).toArray();
    }
}
