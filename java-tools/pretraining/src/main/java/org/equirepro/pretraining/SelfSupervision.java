package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.training.Loss;

/**
 * The loss on the pooled features of both views, with its own projectors. A recipe names it; the loop does not know which. Where
 * several ranks train, it is that of the global batch: every rank computes it from the embeddings of all.
 */
interface SelfSupervision {

    /** Pooled features [B, d_patch] of a view, the invariant ones first, to the embeddings [B, D] that the loss reads, float32. */
    NDArray embed(NDArray pooled);

    /** The part of embeddings that is to be the same for both views. */
    default NDArray invariant(NDArray embeddings) {
        return embeddings;
    }

    /** Writes the predictor of the second view into an encoder's folder, where there is one. */
    default void savePredictor(Path folder) {}

    /**
     * The loss of a batch.
     *
     * @param x [B, D] embeddings of view 1
     * @param y of view 2
     * @param latent [B, L] what was done between view 1 and view 2; null where that is not known
     */
    Loss loss(NDArray x, NDArray y, NDArray latent);

    /**
     * What an objective is made with.
     *
     * @param store of its parameters
     * @param dim d_patch, of which the last {@code equivariant} features are equivariant
     * @param latent numbers of the latent; 0 without one
     */
    record Parts(Ops ops, ParameterStore store, Layers.Mode mode, int dim, int equivariant, int latent) {

        private int invariant() {
            return dim - equivariant;
        }

        private Expander expander(String name, int in, Settings objective) {
            return new Expander(store, ops, mode, name, in, objective.integers("expander"));
        }
    }

    /** A loss of two views' embeddings. */
    @FunctionalInterface
    interface PairLoss {
        Loss loss(Ops ops, NDArray x, NDArray y);
    }

    /** From a recipe's section {@code objective}; null for {@code none}, the untrained encoder. */
    static SelfSupervision of(Settings recipe, Parts parts) {
        Settings objective = recipe.at("objective");
        return switch (objective.text("name")) {
            case "vicreg" -> joint(parts, objective, VicReg.of(objective)::loss);
            case "simclr" -> joint(parts, objective, SimClr.of(objective)::loss);
            case "sie" -> {
                if (parts.latent == 0 || parts.equivariant == 0 || parts.invariant() == 0) {
                    throw UserError.usage(recipe.source() + ": objective sie needs a transform or, for renders, objective.latent, and "
                            + "split.equivariant between 0 and split.dim");
                }
                yield sie(parts, objective);
            }
            case "none" -> null;
            default -> throw UserError.usage(recipe.source() + ": objective.name must be vicreg, simclr, sie or none, found "
                    + objective.text("name"));
        };
    }

    /** Invariant features through one expander; the embeddings of all ranks are compared. */
    private static SelfSupervision joint(Parts parts, Settings objective, PairLoss loss) {
        Expander expander = parts.expander("expander", parts.invariant(), objective);
        String invariant = ":, :" + parts.invariant();
        return new SelfSupervision() {
            @Override
            public NDArray embed(NDArray pooled) {
                return parts.ops.toFloat(expander.apply(pooled.get(invariant)));
            }

            @Override
            public Loss loss(NDArray x, NDArray y, NDArray latent) {
                GraphCuts cuts = parts.mode.cuts();
                return loss.loss(parts.ops, cuts.gather(x), cuts.gather(y));
            }
        };
    }

    /** Both parts through their own projectors; the predictor's weights come from the latent (Garrido et al. 2023, section 4). */
    private static SelfSupervision sie(Parts parts, Settings objective) {
        Expander first = parts.expander("projector_inv", parts.invariant(), objective);
        SiePredictor second = SiePredictor.create(parts.ops, parts.store, parts.mode, objective, parts.equivariant, parts.latent);
        int width = second.width();
        Sie loss = Sie.of(objective);
        String invariant = ":, :" + parts.invariant();
        String equivariant = ":, " + parts.invariant() + ":";
        return new SelfSupervision() {
            @Override
            public NDArray embed(NDArray pooled) { // [B, width + width], the invariant part first
                return parts.ops.toFloat(first.apply(pooled.get(invariant)).concat(second.embed(pooled.get(equivariant)), 1));
            }

            @Override
            public NDArray invariant(NDArray embeddings) {
                return embeddings.get(":, :" + width);
            }

            @Override
            public Loss loss(NDArray x, NDArray y, NDArray latent) {
                GraphCuts cuts = parts.mode.cuts();
                NDArray asked = cuts.cut(x); // read by the loss and by the predictor
                NDArray predicted = second.predict(equivariant(asked), latent);
                NDArray allX = cuts.gather(asked);
                NDArray allY = cuts.gather(y);
                return loss.loss(parts.ops, invariant(allX), invariant(allY), equivariant(allX), equivariant(allY), cuts.gather(predicted));
            }

            @Override
            public void savePredictor(Path folder) {
                second.save(parts.store, folder.resolve(SiePredictor.FILE));
            }

            private NDArray equivariant(NDArray embeddings) {
                return embeddings.get(":, " + width + ":");
            }
        };
    }
}
