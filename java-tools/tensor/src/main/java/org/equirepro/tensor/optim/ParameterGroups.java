package org.equirepro.tensor.optim;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which parameters an optimiser updates, and how the rate and the weight decay of a step apply to each. Immutable: every
 * method gives new groups. Begin with {@link #decayingWeights} or {@link #alike} and refine:
 *
 * <pre>{@code
 * ParameterGroups.decayingWeights(parameters)                 // biases and 1-d tensors do not decay
 *     .withoutDecay(name -> name.endsWith("pos_embed"))
 *     .layerDecay("backbone.", 24, 0.9)
 *     .scaled(name -> name.contains("patch_embed"), 0.2)
 *     .frozen(name -> name.contains("last_layer"), 1250)
 * }</pre>
 */
public final class ParameterGroups {

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");
    private static final Pattern STEM = Pattern.compile("(cls_token|pos_embed|masked_embed|mask_token|register_tokens|patch_embed).*");

    /**
     * How a step applies to a parameter.
     *
     * @param rate factor of the learning rate
     * @param decay factor of the weight decay
     * @param frozen how many of the first iterations leave it alone
     */
    public record Factors(double rate, double decay, long frozen) {}

    private final Map<String, NDArray> parameters;
    private final Map<String, Factors> factors;

    private ParameterGroups(Map<String, NDArray> parameters, Map<String, Factors> factors) {
        this.parameters = parameters;
        this.factors = factors;
    }

    /** All parameters decay, as in PyTorch's default of one group. */
    public static ParameterGroups alike(Map<String, NDArray> parameters) {
        Map<String, Factors> factors = new LinkedHashMap<>();
        parameters.keySet().forEach(name -> factors.put(name, new Factors(1, 1, 0)));
        return new ParameterGroups(new LinkedHashMap<>(parameters), factors);
    }

    /**
     * Biases and tensors of one dimension (norms, LayerScale) do not decay: iBOT, DINOv2, timm. Class token and positions do,
     * as in iBOT and DINOv2; timm's exception is {@link #withoutDecay}.
     */
    public static ParameterGroups decayingWeights(Map<String, NDArray> parameters) {
        return alike(parameters).withoutDecay(name -> parameters.get(name).getShape().dimension() <= 1 || name.endsWith(".bias"));
    }

    private ParameterGroups changed(Predicate<String> which, UnaryOperator<Factors> change) {
        Map<String, Factors> changed = new LinkedHashMap<>(factors);
        changed.replaceAll((name, f) -> which.test(name) ? change.apply(f) : f);
        return new ParameterGroups(parameters, changed);
    }

    /** These do not decay. */
    public ParameterGroups withoutDecay(Predicate<String> which) {
        return changed(which, f -> new Factors(f.rate, 0, f.frozen));
    }

    /** These have the rate times {@code factor}: DINOv2's patch embedding .2. */
    public ParameterGroups scaled(Predicate<String> which, double factor) {
        return changed(which, f -> new Factors(f.rate * factor, f.decay, f.frozen));
    }

    /**
     * The first {@code iterations} leave these alone: no update, no decay, no moments, as if they had no gradient (the
     * {@code freeze_last_layer} of DINO and iBOT). DINOv2 sets their rate to 0 instead, so that moments gather.
     */
    public ParameterGroups frozen(Predicate<String> which, long iterations) {
        return changed(which, f -> new Factors(f.rate, f.decay, iterations));
    }

    /**
     * Rates that fall from the head to the input of a ViT: {@code decay} to the power of the number of layers above (Bao et al.,
     * "BEiT", 2022; DINOv2). The tokens and the embedding are layer 0, block i is layer i + 1, all else of the backbone is layer
     * {@code depth + 1} with the full rate (timm counts the final norm to the last block).
     *
     * @param prefix of the backbone's names; other parameters keep their rate
     */
    public ParameterGroups layerDecay(String prefix, int depth, double decay) {
        Map<String, Factors> changed = new LinkedHashMap<>(factors);
        changed.replaceAll((name, f) -> name.startsWith(prefix)
                ? new Factors(f.rate * Math.pow(decay, depth + 1 - layer(name.substring(prefix.length()), depth)), f.decay, f.frozen) : f);
        return new ParameterGroups(parameters, changed);
    }

    private static int layer(String name, int depth) {
        Matcher block = BLOCK.matcher(name);
        if (block.matches()) {
            return Integer.parseInt(block.group(1)) + 1;
        }
        return STEM.matcher(name).matches() ? 0 : depth + 1;
    }

    /** The parameters by name, in their order. */
    Map<String, NDArray> parameters() {
        return parameters;
    }

    /** How steps apply to the parameter of that name. */
    public Factors of(String name) {
        return factors.get(name);
    }

    /** How many of the first iterations leave some parameter alone. */
    long longestFreeze() {
        return factors.values().stream().mapToLong(Factors::frozen).max().orElse(0);
    }
}
