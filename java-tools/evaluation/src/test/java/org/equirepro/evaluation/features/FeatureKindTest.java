package org.equirepro.evaluation.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.models.Encoder;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of features beside the encoder's tokens averaged and laid side by side in Java. */
class FeatureKindTest {

    private static final int PICTURES = 2;
    private static final int SIDE = 4;
    private static final int PATCHES = SIDE * SIDE;
    private static final int WIDTH = 8;
    private static final int SPLIT = 6;
    private static final int INVARIANT = 4;

    private Torch torch;
    private GradMode off;
    private NDArray pictures;
    private EncoderPass pass;

    @BeforeEach
    void encode() {
        torch = Torch.start(1);
        off = GradMode.off();
        Encoder encoder = Encoder.create(torch, Settings.parseJson("recipe", "{\"backbone\": {\"name\": \"vit\", \"image\": 16, \"patch\": 4, "
                + "\"dim\": 8, \"depth\": 4, \"heads\": 2}, \"split\": {\"dim\": 6, \"equivariant\": 2}, "
                + "\"normalise\": {\"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25]}}"), 5);
        Draws draws = Draws.at(3, 0, 0, 0, "pictures");
        float[] values = new float[PICTURES * 3 * 16 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(-2, 2);
        }
        pictures = Torch.floats(torch.root(), values, PICTURES, 3, 16, 16);
        pass = new EncoderPass(encoder, pictures);
    }

    @AfterEach
    void end() {
        off.close();
        torch.close();
    }

    @ParameterizedTest
    @EnumSource
    void readsItsPartOfTheOutput(FeatureKind kind) {
        NDArray features = kind.of(pass);
        double[][] expected = expected(kind);
        assertEquals(PICTURES, features.getShape().get(0));
        assertEquals(expected[0].length, features.getShape().get(1));
        float[] found = features.toFloatArray();
        for (int picture = 0; picture < PICTURES; picture++) {
            double[] row = new double[expected[picture].length];
            for (int i = 0; i < row.length; i++) {
                row[i] = found[picture * row.length + i];
            }
            assertArrayEquals(expected[picture], row, 1e-5, kind.word());
        }
    }

    private double[][] expected(FeatureKind kind) {
        float[] split = pass.features().split().toFloatArray();
        float[] patches = pass.features().patches().toFloatArray();
        double[][] cls = rows(pass.features().cls());
        return switch (kind) {
            case SPLIT_MEAN, WHOLE -> mean(split, SPLIT, 0, SPLIT);
            case INVARIANT -> mean(split, SPLIT, 0, INVARIANT);
            case EQUIVARIANT -> mean(split, SPLIT, INVARIANT, SPLIT);
            case SPLIT_GRID -> cells(split, SPLIT, 0, SPLIT, 2);
            case INVARIANT_GRID -> cells(split, SPLIT, 0, INVARIANT, 2);
            case EQUIVARIANT_GRID -> cells(split, SPLIT, INVARIANT, SPLIT, 2);
            case SPLIT_TOKENS -> cells(split, SPLIT, 0, SPLIT, SIDE);
            case INVARIANT_TOKENS -> cells(split, SPLIT, 0, INVARIANT, SIDE);
            case EQUIVARIANT_TOKENS -> cells(split, SPLIT, INVARIANT, SPLIT, SIDE);
            case BACKBONE_MEAN -> mean(patches, WIDTH, 0, WIDTH);
            case BACKBONE_GRID -> cells(patches, WIDTH, 0, WIDTH, 2);
            case BACKBONE_TOKENS -> cells(patches, WIDTH, 0, WIDTH, SIDE);
            case CLS -> cls;
            case CLS_BACKBONE_MEAN -> beside(cls, mean(patches, WIDTH, 0, WIDTH));
            case CLS_LAST4 -> classTokens();
        };
    }

    /** Of each of the four blocks, run one by one. */
    private double[][] classTokens() {
        VisionTransformer vit = pass.encoder().vit();
        NDArray tokens = vit.embed(pictures, null);
        double[][] all = new double[PICTURES][0];
        for (int block = 0; block < 4; block++) {
            tokens = vit.block(block, tokens, Precision.FLOAT32);
            all = beside(all, rows(vit.normed(tokens).get(":, 0")));
        }
        return all;
    }

    private static double[][] mean(float[] tokens, int width, int from, int to) {
        return cells(tokens, width, from, to, 1);
    }

    /** Columns {@code from} to {@code to} of the tokens, averaged in {@code cells} x {@code cells} parts of the picture, row by row. */
    private static double[][] cells(float[] tokens, int width, int from, int to, int cells) {
        int columns = to - from;
        double[][] all = new double[PICTURES][cells * cells * columns];
        for (int picture = 0; picture < PICTURES; picture++) {
            for (int patch = 0; patch < PATCHES; patch++) {
                int cell = patch / SIDE * cells / SIDE * cells + patch % SIDE * cells / SIDE;
                for (int c = 0; c < columns; c++) {
                    all[picture][cell * columns + c] +=
                            tokens[(picture * PATCHES + patch) * width + from + c] / (double) (PATCHES / (cells * cells));
                }
            }
        }
        return all;
    }

    private static double[][] beside(double[][] left, double[][] right) {
        double[][] all = new double[PICTURES][];
        for (int picture = 0; picture < PICTURES; picture++) {
            all[picture] = DoubleStream.concat(Arrays.stream(left[picture]),
                    Arrays.stream(right[picture])).toArray();
        }
        return all;
    }

    private static double[][] rows(NDArray array) {
        float[] values = array.toFloatArray();
        int width = values.length / PICTURES;
        double[][] rows = new double[PICTURES][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }
}
