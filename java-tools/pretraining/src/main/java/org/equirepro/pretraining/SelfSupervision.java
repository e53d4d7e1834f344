package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * The loss on the pooled features of both views, with its own projectors. A recipe names it; the loop does not know which. Where
 * several ranks train, it is that of the global batch: every rank computes it from the embeddings of all.
 */
@FunctionalInterface
interface SelfSupervision {

    /**
     * The loss of a batch.
     *
     * @param x [B, d_patch] pooled features of view 1, the invariant ones first
     * @param y of view 2
     * @param latent [B, L] scaled parameters of the transformation of view 2; null without one
     */
    Loss loss(NDArray x, NDArray y, NDArray latent);

    /**
     * From a recipe's section {@code objective}; null for {@code none}, the untrained encoder.
     *
     * @param latent number of parameters of the transformation; 0 without one
     */
    static SelfSupervision of(Settings recipe, ParameterStore heads, Ops ops, Layers.Mode mode, int dim, int equivariant, int latent) {
        Settings objective = recipe.at("objective");
        int invariant = dim - equivariant;
        return switch (objective.text("name")) {
            case "vicreg" -> vicReg(VicReg.of(objective), ops, mode, invariant,
                    new Expander(heads, ops, mode, "expander", invariant, objective.integers("expander")));
            case "sie" -> {
                if (latent == 0 || equivariant == 0 || invariant == 0) {
                    throw UserError.usage(recipe.source() + ": objective sie needs a transform, and split.equivariant between 0 and split.dim");
                }
                yield sie(objective, heads, ops, mode, invariant, equivariant, latent);
            }
            case "none" -> null;
            default -> throw UserError.usage(recipe.source() + ": objective.name must be vicreg, sie or none, found " + objective.text("name"));
        };
    }

    private static SelfSupervision vicReg(VicReg loss, Ops ops, Layers.Mode mode, int invariant, Expander expander) {
        String part = ":, :" + invariant;
        return (x, y, latent) -> loss.loss(ops, mode.cuts().gather(ops.toFloat(expander.apply(x.get(part)))),
                mode.cuts().gather(ops.toFloat(expander.apply(y.get(part)))));
    }

    private static SelfSupervision sie(Settings objective, ParameterStore heads, Ops ops, Layers.Mode mode, int invariant, int equivariant,
            int latent) {
        int[] widths = objective.integers("expander");
        Expander first = new Expander(heads, ops, mode, "projector_inv", invariant, widths);
        Expander second = new Expander(heads, ops, mode, "projector_equi", equivariant, widths);
        // a bias from the latent to the weights: without it the prediction is 0 where the parameters are (paper: 4 values, never all 0)
        int width = widths[widths.length - 1];
        HyperNetwork predictor = new HyperNetwork(heads, ops, "predictor", latent,
                new HyperNetwork.Design(new int[] {width, width}, false, true, false, false));
        Sie loss = Sie.of(objective);
        String inv = ":, :" + invariant;
        String equi = ":, " + invariant + ":";
        return (x, y, z) -> {
            GraphCuts cuts = mode.cuts();
            NDArray xe = cuts.cut(ops.toFloat(second.apply(x.get(equi)))); // read by the loss and by the predictor
            return loss.loss(ops, cuts.gather(ops.toFloat(first.apply(x.get(inv)))), cuts.gather(ops.toFloat(first.apply(y.get(inv)))),
                    cuts.gather(xe), cuts.gather(ops.toFloat(second.apply(y.get(equi)))), cuts.gather(ops.toFloat(predictor.predict(xe, z))));
        };
    }
}
