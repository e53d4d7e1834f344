package org.equirepro.tensor.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Updates parameters in place from their gradients; {@link ParameterGroups} say how a step's rate and weight decay apply to
 * each. A parameter without a gradient gets neither update nor decay.
 *
 * <p>Gradient mode must be off. State is saved and restored by {@link #tensors} and {@link #load}.
 */
public final class Optimiser {

    /** The update rule. */
    public enum Rule { ADAMW, ADAM, SGD, LARS }

    /**
     * Settings that stay the same over a run.
     *
     * @param beta1 of Adam; the momentum of SGD and LARS
     */
    public record Options(Rule rule, double beta1, double beta2, double eps, boolean nesterov) {

        public static Options adamW(double beta1, double beta2) {
            return new Options(Rule.ADAMW, beta1, beta2, 1e-8, false);
        }

        public static Options adam() {
            return new Options(Rule.ADAM, 0.9, 0.999, 1e-8, false);
        }

        public static Options sgd(double momentum, boolean nesterov) {
            return new Options(Rule.SGD, momentum, 0, 0, nesterov);
        }

        /** iBOT's LARS: momentum .9, trust coefficient .001. */
        public static Options lars() {
            return new Options(Rule.LARS, 0.9, 0, 0, false);
        }

        /** From a recipe's section: {@code name}, and {@code betas} or {@code momentum} where the rule has them. */
        public static Options of(Settings section) {
            String name = section.text("name").toUpperCase(Locale.ROOT);
            double[] betas = section.has("betas") ? section.reals("betas") : new double[] {0.9, 0.999};
            return switch (name) {
                case "ADAMW" -> adamW(betas[0], betas[1]);
                case "ADAM" -> new Options(Rule.ADAM, betas[0], betas[1], 1e-8, false);
                case "SGD" -> sgd(section.real("momentum", 0.9), section.flag("nesterov", false));
                case "LARS" -> lars();
                default -> throw UserError.usage(section.source() + ": optimiser.name must be adamw, adam, sgd or lars, found "
                        + section.text("name"));
            };
        }
    }

    private static final double LARS_TRUST = 0.001;

    private final Ops ops;
    private final Options options;
    private final ParameterGroups groups;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();
    private final Map<String, NDArray> steps = new LinkedHashMap<>();

    /** The state belongs to {@code manager}. */
    public Optimiser(Ops ops, NDManager manager, Options options, ParameterGroups groups) {
        this.ops = ops;
        this.options = options;
        this.groups = groups;
        this.parameters = groups.parameters();
        parameters.forEach((name, p) -> {
            first.put(name, manager.zeros(p.getShape()));
            if (options.rule == Rule.ADAMW || options.rule == Rule.ADAM) {
                second.put(name, manager.zeros(p.getShape()));
            }
            steps.put(name, manager.create(0f));
        });
    }

    /**
     * One update.
     *
     * @param gradients by name; a parameter that is absent here is left alone
     * @param iteration from 0; frozen parameters count by it
     */
    public void step(Map<String, NDArray> gradients, long iteration, double lr, double weightDecay) {
        Map<ParameterGroups.Factors, List<String>> together = new LinkedHashMap<>();
        for (String name : parameters.keySet()) {
            ParameterGroups.Factors factors = groups.of(name);
            if (gradients.containsKey(name) && iteration >= factors.frozen()) {
                together.computeIfAbsent(factors, key -> new ArrayList<>()).add(name);
            }
        }
        together.forEach((factors, names) -> update(gradients, names, lr * factors.rate(), weightDecay * factors.decay()));
    }

    /** One update where no group is ever frozen. */
    public void step(Map<String, NDArray> gradients, double lr, double weightDecay) {
        if (groups.longestFreeze() > 0) {
            throw new IllegalArgumentException("some parameters are frozen at first: say which iteration this is");
        }
        step(gradients, 0, lr, weightDecay);
    }

    private void update(Map<String, NDArray> gradients, List<String> names, double lr, double weightDecay) {
        List<NDArray> p = pick(parameters, names);
        List<NDArray> g = pick(gradients, names);
        switch (options.rule) {
            case ADAMW -> ops.updates().adamW(p, g, pick(first, names), pick(second, names), pick(steps, names), lr, weightDecay,
                    options.beta1, options.beta2, options.eps);
            case ADAM -> ops.updates().adam(p, g, pick(first, names), pick(second, names), pick(steps, names), lr, weightDecay,
                    options.beta1, options.beta2, options.eps);
            case SGD -> sgd(names, p, g, lr, weightDecay);
            case LARS -> lars(names, gradients, lr, weightDecay);
        }
    }

    private void sgd(List<String> names, List<NDArray> p, List<NDArray> g, double lr, double weightDecay) {
        // the first gradient of a parameter is copied into its momentum, not mixed with zeros
        for (int i = 0; i < names.size(); i++) {
            NDArray count = steps.get(names.get(i));
            boolean isFirst = count.getFloat() == 0;
            ops.updates().sgd(List.of(p.get(i)), List.of(g.get(i)), List.of(first.get(names.get(i))), lr, weightDecay, options.beta1,
                    options.nesterov, isFirst);
            count.addi(1);
        }
    }

    private void lars(List<String> names, Map<String, NDArray> gradients, double lr, double weightDecay) {
        for (String name : names) {
            NDArray p = parameters.get(name);
            ops.updates().lars(p, gradients.get(name), first.get(name), lr, weightDecay, options.beta1, LARS_TRUST, p.getShape().dimension() > 1);
        }
    }

    private static List<NDArray> pick(Map<String, NDArray> arrays, List<String> names) {
        return names.stream().map(arrays::get).toList();
    }

    /** Gradients of the parameters that have one, attached to {@code scope}. */
    public Map<String, NDArray> gradients(NDManager scope) {
        return gradients(parameters, scope);
    }

    /** Gradients of the given parameters, attached to {@code scope}. */
    public static Map<String, NDArray> gradients(Map<String, NDArray> parameters, NDManager scope) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        parameters.forEach((name, p) -> {
            NDArray gradient = JniUtils.getGradient((PtNDArray) p); // the array's own method makes up zeros
            if (gradient != null) {
                gradient.attach(scope);
                gradients.put(name, gradient);
            }
        });
        return gradients;
    }

    /** The state, ready to be written; {@code prefix} goes before each name. */
    public SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        state().forEach((kind, arrays) ->
                arrays.forEach((name, array) -> tensors.put(prefix + kind + "." + name, SafeTensors.Tensor.of(array))));
        return tensors;
    }

    /** Restores what {@link #tensors} gave. */
    public void load(SafeTensors file, String prefix) {
        state().forEach((kind, arrays) ->
                arrays.forEach((name, array) -> ParameterStore.overwrite(array, file, prefix + kind + "." + name)));
    }

    private Map<String, Map<String, NDArray>> state() {
        return Map.of("first", first, "second", second, "steps", steps);
    }
}
