package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;

/** Steps of an optimiser with given gradients: weights, averaged weights and clipped norms after each. */
public final class OptimKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        Settings kwargs = params.at("kwargs");
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        boolean scheduled = params.flag("scheduled", false);
        JsonNode log = reference.expected().node().get("log");
        try (Torch torch = Torch.start(1)) {
            NDManager manager = torch.root();
            Map<String, NDArray> weights = load(manager, tensors, "w0.");
            Map<String, NDArray> averages = load(manager, tensors, "w0.");
            Optimiser optimiser = new Optimiser(torch.ops(), manager, options(params.text("optimizer"), kwargs),
                    ParameterGroups.decayingWeights(weights));
            int steps = params.integer("steps");
            for (int step = 0; step < steps; step++) {
                try (NDManager scope = torch.scope()) {
                    Map<String, NDArray> gradients = load(scope, tensors, "s" + step + ".grad.");
                    if (params.has("clip_grad")) {
                        float[] norms = torch.ops().updates().clipEach(gradients(gradients, log.get(step), weights), params.real("clip_grad"));
                        check.close("step " + step + " norms", Check.widen(norms), reals(log.get(step).get("norms")), 1e-5, 1e-6);
                    }
                    if (step < params.integer("freeze_last_layer_until_step", 0)) {
                        gradients.keySet().removeIf(name -> name.contains("last_layer"));
                    }
                    double lr = scheduled ? log.get(step).get("lr").doubleValue() : kwargs.real("lr", 0.001);
                    double decay = scheduled ? log.get(step).get("wd").doubleValue() : kwargs.real("weight_decay", defaultDecay(params));
                    // without a schedule the peer keeps the optimiser's own decay for the first group and 0 for the second
                    optimiser.step(gradients, lr, decay);
                    for (String name : weights.keySet()) {
                        torch.ops().updates().ema(java.util.List.of(averages.get(name)), java.util.List.of(weights.get(name)),
                                log.get(step).get("ema").doubleValue());
                        check.close("s" + step + ".w." + name, weights.get(name).toFloatArray(),
                                tensors.floats("s" + step + ".w." + name), rtol, atol);
                        check.close("s" + step + ".ema." + name, averages.get(name).toFloatArray(),
                                tensors.floats("s" + step + ".ema." + name), rtol, atol);
                    }
                }
            }
        }
    }

    /** AdamW of PyTorch decays by .01 when not told otherwise, SGD by 0. */
    private static double defaultDecay(Settings params) {
        return params.text("optimizer").equals("adamw") ? 0.01 : 0;
    }

    private static Optimiser.Options options(String name, Settings kwargs) {
        double[] betas = kwargs.has("betas") ? kwargs.reals("betas") : new double[] {0.9, 0.999};
        return switch (name) {
            case "adamw" -> new Optimiser.Options(Optimiser.Rule.ADAMW, betas[0], betas[1], kwargs.real("eps", 1e-8), false);
            case "adam" -> new Optimiser.Options(Optimiser.Rule.ADAM, betas[0], betas[1], kwargs.real("eps", 1e-8), false);
            case "sgd" -> Optimiser.Options.sgd(kwargs.real("momentum", 0), kwargs.flag("nesterov", false));
            case "lars" -> Optimiser.Options.lars();
            default -> throw new IllegalArgumentException("optimizer " + name);
        };
    }

    /** Clipping walks over the parameters in their order; the names in the file are sorted, the peer's order is the model's. */
    private static java.util.List<NDArray> gradients(Map<String, NDArray> gradients, JsonNode entry, Map<String, NDArray> weights) {
        return weights.keySet().stream().filter(gradients::containsKey).map(gradients::get).toList();
    }

    private static Map<String, NDArray> load(NDManager manager, SafeTensors tensors, String prefix) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (String name : new TreeMap<>(offsets(tensors, prefix)).values()) {
            arrays.put(name.substring(prefix.length()), Torch.floats(manager, tensors.floats(name), tensors.shape(name)));
        }
        return arrays;
    }

    /** Names by their place in the file, which is the order in which the peer wrote them. */
    private static Map<Long, String> offsets(SafeTensors tensors, String prefix) {
        Map<Long, String> names = new TreeMap<>();
        for (String name : new TreeSet<>(tensors.names())) {
            if (name.startsWith(prefix)) {
                names.put(tensors.entry(name).offset(), name);
            }
        }
        return names;
    }

    private static double[] reals(JsonNode list) {
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).doubleValue();
        }
        return values;
    }
}
