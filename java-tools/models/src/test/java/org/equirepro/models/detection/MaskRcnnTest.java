package org.equirepro.models.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.vision.dense.Rle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class MaskRcnnTest {

    private static final int SIDE = 64;
    private static final int KEYPOINTS = 2;
    private static final MaskRcnn.Rules RULES = new MaskRcnn.Rules(new ProposalSelection(100, 100, 0.7, 1e-3),
            new ProposalSelection(50, 50, 0.7, 1e-3), 64, 32, 0.05, 20);

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    /** A tiny ViT with the heads. */
    private static final class Net {
        private final ParameterStore store;
        private final VisionTransformer vit;
        private final MaskRcnn heads;

        Net(NDManager manager, long seed) {
            store = new ParameterStore(manager, seed);
            vit = new VisionTransformer(store, torch.ops(), new VisionTransformer.Size(SIDE, 8, 32, 1, 2));
            heads = new MaskRcnn(store, torch.ops(), new MaskRcnn.Design(2, 32, 1, 64, 16, 1, KEYPOINTS, 16, 1), RULES, 32, 8);
        }

        NDArray map(NDArray pictures) {
            NDArray patches = vit.forward(pictures, Precision.FLOAT32).patches();
            return patches.transpose(0, 2, 1).reshape(pictures.getShape().get(0), 32, SIDE / 8, SIDE / 8);
        }

        Map<String, NDArray> losses(NDArray pictures, List<ObjectTargets> targets, int epoch, int first) {
            return heads.losses(map(pictures), SIDE, SIDE, targets, (i, what) -> Draws.at(1, epoch, first + i, 0, what));
        }
    }

    /** Bright rectangles: one of class 1, and, lower and redder, one of class 2; none in the last picture. */
    private static ObjectTargets targets(int picture) {
        if (picture == 2) {
            return new ObjectTargets(SIDE, SIDE, new float[0], new int[0], List.of(), new float[0]);
        }
        int shift = 6 * picture;
        float[] boxes = {4 + shift, 6, 24 + shift, 30, 28, 34 + shift, 60, 54 + shift};
        List<Rle> masks = new ArrayList<>();
        float[] keypoints = new float[2 * 3 * KEYPOINTS];
        for (int b = 0; b < 2; b++) {
            byte[] mask = new byte[SIDE * SIDE];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) (inside(boxes, b, i) ? 1 : 0);
            }
            masks.add(Rle.encode(mask, SIDE, SIDE));
            for (int k = 0; k < KEYPOINTS; k++) { // upper left and lower right corner; the second object's are not given
                keypoints[6 * b + 3 * k] = boxes[4 * b + 2 * k] + (k == 0 ? 3 : -3);
                keypoints[6 * b + 3 * k + 1] = boxes[4 * b + 2 * k + 1] + (k == 0 ? 3 : -3);
                keypoints[6 * b + 3 * k + 2] = b == 0 ? 2 : 0;
            }
        }
        return new ObjectTargets(SIDE, SIDE, boxes, new int[] {1, 2}, masks, keypoints);
    }

    private static boolean inside(float[] boxes, int b, int i) {
        int x = i % SIDE;
        int y = i / SIDE;
        return x >= boxes[4 * b] && x < boxes[4 * b + 2] && y >= boxes[4 * b + 1] && y < boxes[4 * b + 3];
    }

    private static NDArray pictures(NDManager scope, int... which) {
        float[] values = new float[which.length * 3 * SIDE * SIDE];
        for (int n = 0; n < which.length; n++) {
            float[] boxes = targets(which[n]).boxes();
            for (int b = 0; b < Boxes.count(boxes); b++) {
                for (int i = 0; i < SIDE * SIDE; i++) {
                    for (int c = 0; c < 3 && inside(boxes, b, i); c++) {
                        values[(3 * n + c) * SIDE * SIDE + i] = b == 0 || c == 0 ? 2 : 0;
                    }
                }
            }
        }
        return Torch.floats(scope, values, which.length, 3, SIDE, SIDE);
    }

    @Test
    void threePicturesAreLearntByHeart() {
        try (NDManager all = torch.scope()) {
            Net net = new Net(all, 3);
            Optimiser optimiser = new Optimiser(torch.ops(), all, Optimiser.Options.adam(), ParameterGroups.alike(net.store.parameters()));
            for (int step = 0; step < 80; step++) {
                try (NDManager scope = torch.scope()) {
                    try (GradMode on = GradMode.on()) {
                        Torch.backward(sum(net.losses(pictures(scope, 0, 1, 2), List.of(targets(0), targets(1), targets(2)), step, 0)));
                    }
                    optimiser.step(optimiser.gradients(scope), 2e-3, 0);
                    Gradients.drop(net.store.parameters().values());
                }
            }
            List<MaskRcnn.Found> found = net.heads.detect(net.map(pictures(all, 0, 1, 2)), SIDE, SIDE,
                    java.util.Collections.nCopies(3, new PictureScaling.Size(SIDE, SIDE)));
            for (int p = 0; p < 2; p++) {
                MaskRcnn.Found one = found.get(p);
                ObjectTargets truth = targets(p);
                for (int b = 0; b < 2; b++) {
                    int best = first(one.objects().labels(), b + 1);
                    assertTrue(Boxes.iou(truth.boxes(), b, one.objects().boxes(), best) > 0.8, "picture " + p + " box " + b);
                    Rle mask = new PastedMask(one.masks()[best], one.maskSide(),
                            Arrays.copyOfRange(one.objects().boxes(), 4 * best, 4 * best + 4), SIDE, SIDE).toRle(0.5);
                    assertTrue(mask.overlap(truth.masks().get(b), false) > 0.75, "picture " + p + " mask " + b);
                }
                float[] points = one.points()[first(one.objects().labels(), 1)];
                for (int k = 0; k < KEYPOINTS; k++) {
                    assertEquals(truth.keypoints()[3 * k], points[3 * k], 3, "picture " + p + " point " + k);
                    assertEquals(truth.keypoints()[3 * k + 1], points[3 * k + 1], 3, "picture " + p + " point " + k);
                }
            }
            assertTrue(found.get(2).objects().scores().length == 0 || found.get(2).objects().scores()[0] < 0.5);
        }
    }

    private static int first(int[] labels, int label) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == label) {
                return i;
            }
        }
        throw new AssertionError("nothing of class " + label);
    }

    private static NDArray sum(Map<String, NDArray> losses) {
        return losses.values().stream().reduce(NDArray::add).orElseThrow();
    }

    @Test
    void theLossOfABatchIsTheMeanOfItsHalves() {
        try (NDManager scope = torch.scope()) {
            Net net = new Net(scope, 3);
            Map<String, Float> whole = values(net.losses(pictures(scope, 0, 2), List.of(targets(0), targets(2)), 0, 0));
            Map<String, Float> first = values(net.losses(pictures(scope, 0), List.of(targets(0)), 0, 0));
            Map<String, Float> second = values(net.losses(pictures(scope, 2), List.of(targets(2)), 0, 1));
            assertEquals(6, whole.size());
            whole.forEach((name, value) -> assertEquals((first.get(name) + second.get(name)) / 2, value, 1e-5, name));
            assertEquals(0, second.get("loss_mask")); // nothing to learn from, but there
        }
    }

    private static Map<String, Float> values(Map<String, NDArray> losses) {
        Map<String, Float> values = new LinkedHashMap<>();
        losses.forEach((name, loss) -> values.put(name, loss.getFloat()));
        return values;
    }

    @Test
    void aPictureWithoutObjectsGivesEveryParameterAGradient() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            Net net = new Net(scope, 3);
            Torch.backward(sum(net.losses(pictures(scope, 2), List.of(targets(2)), 0, 0)));
            Map<String, NDArray> gradients = Optimiser.gradients(net.store.parameters(), scope);
            assertEquals(net.store.parameters().keySet(), gradients.keySet());
        }
    }

    @Test
    void aStrideThatIsNoPowerOfTwoIsRefused() {
        try (NDManager scope = torch.scope()) {
            assertThrows(IllegalArgumentException.class, () -> new MaskRcnn(new ParameterStore(scope, 1), torch.ops(),
                    new MaskRcnn.Design(2, 8, 1, 8, 8, 1, 0, 8, 1), RULES, 8, 14));
        }
    }
}
