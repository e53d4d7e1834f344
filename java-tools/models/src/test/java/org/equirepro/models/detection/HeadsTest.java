package org.equirepro.models.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.vision.dense.Rle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class HeadsTest {

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    @Test
    void everyParameterOfTheHeadsLearnsFromItsLoss() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            ParameterStore store = new ParameterStore(scope, 1);
            DetectionLosses losses = new DetectionLosses(torch.ops(), DetectionLosses.BETA);
            RpnHead.Answers proposals = new RpnHead(store, torch.ops(), "rpn.head.", 4, 3, 2)
                    .forward(List.of(ramp(scope, 2, 4, 4, 6), ramp(scope, 2, 4, 2, 3)));
            assertEquals(new Shape(2, 3 * (24 + 6)), proposals.objectness().getShape());
            assertEquals(new Shape(2, 3 * (24 + 6), 4), proposals.offsets().getShape());
            DetectionLosses.Losses rpn = losses.proposals(proposals.objectness().reshape(180), proposals.offsets().reshape(180, 4),
                    labels(180, 3), targets(180), new BalancedSampler.Sample(new int[] {3, 6, 99}, new int[] {1, 2, 100, 179}));
            BoxHead.Answers answers = new BoxHead(store, torch.ops(), "roi_heads.", 4 * 9, 8, 3).forward(ramp(scope, 5, 4, 3, 3));
            DetectionLosses.Losses boxes = losses.boxes(answers.logits(), answers.offsets(), new int[] {0, 1, 2, 0, 1}, targets(5));
            NDArray masks = new MaskHead(store, torch.ops(), "roi_heads.", 4, 6, 2, 3).forward(ramp(scope, 2, 4, 3, 3));
            assertEquals(new Shape(2, 3, 6, 6), masks.getShape());
            Rle square = Rle.ofRuns(20, 20, new int[] {0, 400});
            float[] cuts = losses.maskTargets(List.of(square), new float[] {2, 2, 9, 9, 5, 5, 30, 30}, new int[] {0, 0}, 6, true);
            NDArray wanted = Torch.floats(scope, cuts, 2, 6, 6);
            NDArray points = new KeypointHead(store, torch.ops(), "roi_heads.", 4, 6, 2, 3).forward(ramp(scope, 2, 4, 3, 3));
            assertEquals(new Shape(2, 3, 12, 12), points.getShape());
            NDArray all = rpn.classes().add(rpn.boxes()).add(boxes.classes()).add(boxes.boxes())
                    .add(losses.masks(masks, new int[] {2, 1}, wanted)).add(losses.keypoints(points, new long[] {3, -1, 50, 143, 0, 7}));
            Torch.backward(all);
            store.parameters().forEach((name, p) -> assertTrue(p.getGradient().abs().max().getFloat() > 0, name));
            assertTrue(store.parameters().containsKey("rpn.head.conv.1.0.weight"));
            assertTrue(store.parameters().containsKey("roi_heads.keypoint_head.2.weight"));
        }
    }

    @Test
    void answersOfTheProposalNetworkLieAsTheAnchorsDo() {
        try (NDManager scope = torch.scope()) {
            ParameterStore store = new ParameterStore(scope, 1);
            RpnHead head = new RpnHead(store, torch.ops(), "", 1, 2, 1);
            set(store, "conv.0.0.weight", 0, 0, 0, 0, 1, 0, 0, 0, 0); // the map itself
            set(store, "cls_logits.weight", 1, 10); // times 1 for the first anchor, times 10 for the second
            set(store, "bbox_pred.weight", 1, 2, 3, 4, 5, 6, 7, 8);
            NDArray map = Torch.floats(scope, new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
            RpnHead.Answers answers = head.forward(List.of(map));
            assertArrayEquals(new float[] {1, 10, 2, 20, 3, 30, 4, 40}, answers.objectness().toFloatArray());
            float[] offsets = answers.offsets().toFloatArray();
            assertArrayEquals(new float[] {10, 12, 14, 16}, java.util.Arrays.copyOfRange(offsets, 12, 16)); // second cell, second anchor
        }
    }

    @Test
    void lossesOfNothingAreZeroWithoutBreakingTheGradient() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            DetectionLosses losses = new DetectionLosses(torch.ops(), DetectionLosses.BETA);
            NDArray logits = leaf(scope, 3, 2, 4, 4);
            NDArray none = losses.keypoints(logits, new long[] {-1, -1, -1, -1, -1, -1});
            NDArray offsets = leaf(scope, 2, 8);
            NDArray background = losses.boxes(leaf(scope, 2, 2), offsets, new int[2], new float[8]).boxes();
            Torch.backward(none.add(background));
            assertEquals(0, none.getFloat());
            assertEquals(0, background.getFloat());
            assertEquals(0, logits.getGradient().abs().max().getFloat());
            assertEquals(0, offsets.getGradient().abs().max().getFloat());
        }
    }

    @Test
    void aPictureWithoutRegionsPassesThroughHeadsAndLosses() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            ParameterStore store = new ParameterStore(scope, 1);
            DetectionLosses losses = new DetectionLosses(torch.ops(), DetectionLosses.BETA);
            NDArray none = scope.zeros(new Shape(0, 4, 3, 3));
            assertEquals(0, losses.maskTargets(List.of(), new float[0], new int[0], 6, true).length);
            NDArray targets = Torch.floats(scope, new float[0], 0, 6, 6);
            NDArray masks = new MaskHead(store, torch.ops(), "", 4, 6, 2, 3).forward(none);
            NDArray points = new KeypointHead(store, torch.ops(), "", 4, 6, 2, 3).forward(none);
            KeypointMaps maps = new KeypointMaps(torch.ops(), 12);
            NDArray loss = losses.masks(masks, new int[0], targets)
                    .add(losses.keypoints(points, maps.encode(new float[0], new float[0])));
            Torch.backward(loss);
            assertEquals(0, loss.getFloat());
            assertEquals(0, store.get("mask_head.0.0.weight").getGradient().abs().max().getFloat());
            assertEquals(0, maps.decode(points, new float[0]).scores().length);
            assertEquals(0, MaskHead.probabilities(masks, new int[0]).length);
            assertEquals(new Shape(0, 12), new BoxHead(store, torch.ops(), "", 36, 8, 3).forward(none).offsets().getShape());
        }
    }

    @Test
    void onlyTheOwnClassesMaskIsJudgedAndShown() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            NDArray logits = leaf(scope, 2, 3, 2, 2);
            NDArray loss = new DetectionLosses(torch.ops(), 1).masks(logits, new int[] {2, 1}, scope.ones(new Shape(2, 2, 2)));
            Torch.backward(loss);
            float[] gradient = logits.getGradient().toFloatArray();
            for (int i = 0; i < gradient.length; i++) {
                assertEquals(i / 4 == 2 || i / 4 == 4, gradient[i] != 0, "element " + i);
            }
            float[][] own = MaskHead.probabilities(logits, new int[] {2, 1});
            assertEquals(1 / (1 + Math.exp(-logits.getFloat(1, 1, 0, 1))), own[1][1], 1e-6);
        }
    }

    @Test
    void keypointsComeBackFromTheirCells() {
        try (NDManager scope = torch.scope()) {
            KeypointMaps maps = new KeypointMaps(torch.ops(), 8);
            float[] regions = {10, 20, 26, 52};
            float[] keypoints = {13, 33, 2, 26, 52, 1, 5, 33, 2, 13, 33, 0};
            long[] cells = maps.encode(regions, keypoints);
            assertArrayEquals(new long[] {3 * 8 + 1, 7 * 8 + 7, KeypointMaps.NONE, KeypointMaps.NONE}, cells);
            float[] peaks = new float[2 * 64];
            peaks[(int) cells[0]] = 5;
            peaks[64 + (int) cells[1]] = 7;
            KeypointMaps.Found found = maps.decode(Torch.floats(scope, peaks, 1, 2, 8, 8), regions);
            assertArrayEquals(new float[] {13, 34, 25, 50}, found.points(), 2.1f); // a cell is 2 x 4 pixels
            assertTrue(found.scores()[1] > found.scores()[0]);
            assertThrows(IllegalArgumentException.class, () -> maps.encode(regions, new float[4]));
        }
    }

    @Test
    void picturesBecomeABatchOfOneSizeAndBoxesGoWithThem() {
        try (NDManager scope = torch.scope()) {
            PictureScaling scaling = new PictureScaling(20, 30, 16);
            assertEquals(new PictureScaling.Size(20, 26), scaling.scaled(new PictureScaling.Size(10, 13)));
            assertEquals(new PictureScaling.Size(30, 10), scaling.scaled(new PictureScaling.Size(60, 20)));
            NDArray batch = scaling.batch(torch.ops(), List.of(scope.ones(new Shape(1, 3, 10, 13)), scope.ones(new Shape(1, 3, 60, 20))));
            assertEquals(new Shape(2, 3, 32, 32), batch.getShape());
            assertEquals(3 * (20 * 26 + 30 * 10), batch.sum().getFloat(), 1e-2);
            assertEquals(0, batch.getFloat(0, 0, 20, 0));
            PictureScaling.Size from = new PictureScaling.Size(10, 20);
            PictureScaling.Size to = new PictureScaling.Size(20, 60);
            assertArrayEquals(new float[] {3, 4, 9, 8}, PictureScaling.boxes(new float[] {1, 2, 3, 4}, from, to));
            assertArrayEquals(new float[] {3, 4, 2}, PictureScaling.keypoints(new float[] {1, 2, 2}, from, to));
        }
    }

    private static void set(ParameterStore store, String name, float... values) {
        NDArray parameter = store.get(name);
        torch.ops().updates().copyInto(parameter, Torch.floats(parameter.getManager(), values, parameter.getShape().getShape()));
    }

    private static NDArray leaf(NDManager scope, long... shape) {
        NDArray leaf = ramp(scope, shape);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** Different values in neighbours. */
    private static NDArray ramp(NDManager scope, long... shape) {
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 + 3) % 11 / 11f;
        }
        return Torch.floats(scope, values, shape);
    }

    private static int[] labels(int n, int every) {
        int[] labels = new int[n];
        for (int i = 0; i < n; i += every) {
            labels[i] = 1;
        }
        return labels;
    }

    private static float[] targets(int rows) {
        float[] targets = new float[4 * rows];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = i % 5 / 5f;
        }
        return targets;
    }
}
