package org.equirepro.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Set;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class IbotHeadTest {

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
    void namesAreTheOriginals() {
        try (NDManager scope = torch.scope()) {
            ParameterStore store = new ParameterStore(scope, 1);
            new IbotHead(store, torch.ops(), "head.", new DinoHead.Design(6, 8, 3, 4, 10, false), 12);
            assertEquals(Set.of("head.mlp.0.weight", "head.mlp.0.bias", "head.mlp.2.weight", "head.mlp.2.bias", "head.mlp.4.weight",
                    "head.mlp.4.bias", "head.last_layer.weight_g", "head.last_layer.weight_v", "head.last_layer2.weight_g",
                    "head.last_layer2.weight_v"), store.tensors("").keySet());
            assertEquals(new Shape(12, 4), store.get("head.last_layer2.weight_v").getShape());
        }
    }

    @Test
    void fixedLengthsAreSavedButNotTrained() {
        try (NDManager scope = torch.scope()) {
            ParameterStore store = new ParameterStore(scope, 1);
            new DinoHead(store, torch.ops(), "", new DinoHead.Design(6, 8, 2, 4, 10, true));
            assertTrue(store.tensors("").containsKey("last_layer.weight_g"));
            assertFalse(store.parameters().containsKey("last_layer.weight_g"));
        }
    }

    @Test
    void logitsAreCosinesWithTheSharedPrototypes() {
        try (NDManager scope = torch.scope()) {
            ParameterStore store = new ParameterStore(scope, 1);
            IbotHead head = new IbotHead(store, torch.ops(), "", new DinoHead.Design(6, 8, 3, 4, 10, true));
            NDArray tokens = scope.randomNormal(new Shape(2, 5, 6));
            IbotHead.Logits logits = head.forward(tokens);
            assertEquals(new Shape(2, 10), logits.cls().getShape());
            assertEquals(new Shape(2, 4, 10), logits.patches().getShape());
            assertTrue(logits.patches().abs().max().getFloat() <= 1.00001f);
            assertArrayEquals(head.cls(tokens.get(":, 3")).toFloatArray(), logits.patches().get(":, 2").toFloatArray(), 1e-6f);
        }
    }
}
