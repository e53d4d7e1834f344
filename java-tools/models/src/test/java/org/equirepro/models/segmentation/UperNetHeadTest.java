package org.equirepro.models.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.List;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class UperNetHeadTest {

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
    void aVitsPatchesBecomeLogitsAtStrideFourAndEveryParameterLearns() {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            ParameterStore store = new ParameterStore(scope, 1);
            Layers.Mode mode = new Layers.Mode();
            VitPyramid pyramid = new VitPyramid(store, torch.ops(), "neck.", 6, mode);
            UperNetHead head = new UperNetHead(store, torch.ops(), "head.",
                    new UperNetHead.Design(new int[] {6, 6, 6, 6}, 5, new int[] {1, 2, 3, 6}, 3, false), mode);
            NDArray patches = scope.randomNormal(new Shape(2, 6, 4, 6));
            List<NDArray> maps = pyramid.forward(Collections.nCopies(4, patches));
            assertEquals(List.of(new Shape(2, 6, 16, 24), new Shape(2, 6, 8, 12), new Shape(2, 6, 4, 6), new Shape(2, 6, 2, 3)),
                    maps.stream().map(NDArray::getShape).toList());
            NDArray logits = head.classify(head.features(maps));
            assertEquals(new Shape(2, 3, 16, 24), logits.getShape());
            Torch.backward(torch.ops().losses().mse(logits, scope.ones(logits.getShape())));
            store.parameters().forEach((name, p) -> assertTrue(p.getGradient().abs().max().getFloat() > 0, name));
            assertThrows(IllegalArgumentException.class, () -> head.features(maps.subList(0, 3)));
        }
    }
}
