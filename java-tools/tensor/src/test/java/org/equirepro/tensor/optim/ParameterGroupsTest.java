package org.equirepro.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;
import org.junit.jupiter.api.Test;

final class ParameterGroupsTest {

    private static Map<String, NDArray> parameters(NDManager manager) {
        ParameterStore store = new ParameterStore(manager, 0);
        for (String name : new String[] {"backbone.cls_token", "backbone.patch_embed.proj.weight", "backbone.blocks.0.attn.qkv.weight",
            "backbone.blocks.11.mlp.fc1.weight", "head.last_layer.weight"}) {
            store.constant(name, 1, 1, 1);
        }
        store.constant("backbone.norm.weight", 1, 1);
        store.constant("head.bias", 1, 1, 1); // a bias whatever its shape
        return store.parameters();
    }

    @Test
    void weightsDecayAndBiasesAndNormsDoNot() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            ParameterGroups groups = ParameterGroups.decayingWeights(parameters(scope));
            assertEquals(1, groups.of("backbone.cls_token").decay());
            assertEquals(0, groups.of("backbone.norm.weight").decay());
            assertEquals(0, groups.of("head.bias").decay());
            assertEquals(0, groups.withoutDecay(name -> name.endsWith("cls_token")).of("backbone.cls_token").decay());
        }
    }

    @Test
    void ratesFallFromTheHeadToTheInput() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            ParameterGroups groups = ParameterGroups.decayingWeights(parameters(scope)).layerDecay("backbone.", 12, 0.5)
                    .scaled(name -> name.contains("patch_embed"), 0.2);
            assertEquals(Math.pow(0.5, 13), groups.of("backbone.cls_token").rate());
            assertEquals(Math.pow(0.5, 13) * 0.2, groups.of("backbone.patch_embed.proj.weight").rate());
            assertEquals(Math.pow(0.5, 12), groups.of("backbone.blocks.0.attn.qkv.weight").rate());
            assertEquals(0.5, groups.of("backbone.blocks.11.mlp.fc1.weight").rate());
            assertEquals(1, groups.of("backbone.norm.weight").rate());
            assertEquals(1, groups.of("head.last_layer.weight").rate());
        }
    }

    @Test
    void aStepAppliesRateDecayAndFreezeOfEachGroup() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            Map<String, NDArray> parameters = new LinkedHashMap<>();
            for (String name : new String[] {"plain", "slow", "frozen"}) {
                parameters.put(name, scope.ones(new Shape(1, 1)));
            }
            ParameterGroups groups = ParameterGroups.decayingWeights(parameters).scaled(name -> name.equals("slow"), 0.1)
                    .frozen(name -> name.equals("frozen"), 2);
            Optimiser optimiser = new Optimiser(torch.ops(), scope, Optimiser.Options.sgd(0, false), groups);
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            parameters.keySet().forEach(name -> gradients.put(name, scope.ones(new Shape(1, 1))));
            assertThrows(IllegalArgumentException.class, () -> optimiser.step(gradients, 1, 0));
            optimiser.step(gradients, 1, 0.5, 1); // 1 - .5 (1 + 1)
            assertArrayEquals(new float[] {0, 0.9f, 1}, values(parameters), 1e-6f);
            optimiser.step(gradients, 2, 0.5, 1);
            assertArrayEquals(new float[] {-0.5f, 0.805f, 0}, values(parameters), 1e-6f);
        }
    }

    @Test
    void aParameterWithoutGradientIsLeftAlone() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            Map<String, NDArray> parameters = parameters(scope);
            assertEquals(0, Optimiser.gradients(parameters, scope).size());
        }
    }

    private static float[] values(Map<String, NDArray> parameters) {
        float[] values = new float[parameters.size()];
        int i = 0;
        for (NDArray p : parameters.values()) {
            values[i++] = p.getFloat(0, 0);
        }
        return values;
    }
}
