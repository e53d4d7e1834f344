package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.pretraining.SelfDistillation.Outputs;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.training.Loss;

/**
 * The loss of student and teacher: distillation (iBOT), KoLeo (DINOv2), and reconstruction. With reconstruction the last d_equi
 * channels of the student's patch logits of both global crops go to the decoders, and the distillation reads the others, of the
 * teacher too (AAAI-26 paper, section 3.1; that the head's output is split is our reading of its widths). The decoders see the
 * student's ordinary pass, masked patches and all: the paper's times leave no room for a further pass.
 */
final class IbotLoss {

    private final Ops ops;
    private final SelfDistillation distillation;
    private final IntermediateDecoders decoders;
    private final double weight;
    private final double koleo;
    private final int equivariant;
    private GraphCuts ranks = GraphCuts.NONE;

    /**
     * From a recipe's sections {@code split}, {@code objective} and {@code reconstruction}.
     *
     * @param state keeps the centres
     * @param heads of the decoders' parameters
     * @param patch pixels of a patch's side
     */
    IbotLoss(Ops ops, Settings recipe, ParameterStore state, ParameterStore heads, int patch) {
        this.ops = ops;
        Settings objective = recipe.at("objective");
        Settings split = recipe.at("split");
        int out = split.integer("dim");
        int patchOut = objective.at("head").flag("shared", true) ? out : objective.at("head").integer("patch_out", out);
        this.equivariant = split.integer("equivariant");
        if (!split.text("place", "patches").equals("head") || equivariant < 0 || equivariant >= Math.min(out, patchOut)) {
            throw UserError.usage(recipe.source() + ": objective ibot splits the head's outputs: split.place must be head, and "
                    + "split.equivariant less than split.dim");
        }
        this.distillation = new SelfDistillation(state, ops, SelfDistillation.Options.of(objective), out - equivariant,
                patchOut - equivariant);
        this.koleo = objective.real("koleo", 0);
        if (recipe.has("reconstruction")) {
            Settings section = recipe.at("reconstruction");
            if (equivariant == 0) {
                throw UserError.usage(recipe.source() + ": split.equivariant must be more than 0 with reconstruction");
            }
            this.weight = section.real("weight");
            this.decoders = new IntermediateDecoders(heads, ops, recipe.source(), Intermediates.rebuilt(section), 2 * equivariant, patch,
                    section.integers("decoder"));
        } else {
            this.weight = 0;
            this.decoders = null;
        }
    }

    /** Centres and measures are then those of all ranks; the losses are means over a rank's own batch. */
    void span(GraphCuts cuts) {
        ranks = cuts;
        distillation.span(cuts);
    }

    /**
     * The loss with its parts, and what falls when the teacher collapses: the spread of its features and the entropy of its mean
     * answer. Moves the centres.
     *
     * @param mask [2, B, N] float32, 1 where the student's patch was masked
     * @param temperature of the teacher
     * @param targets of the decoders, normalised pictures [B, 3, H, W]; empty without
     */
    Loss of(StudentTeacher.Answers answers, NDArray mask, double temperature, List<NDArray> targets) {
        Outputs teacher = invariant(answers.teacher());
        Loss loss = distillation.loss(invariant(answers.student()), answers.locals() == null ? null : invariant(answers.locals()), teacher,
                mask, temperature, temperature);
        if (koleo > 0) {
            loss = loss.plus(ops, koleo, spread(answers.studentCls()));
        }
        if (decoders != null) {
            loss = loss.plus(ops, weight, Reconstruction.loss(ops, reconstruct(answers.student()), targets));
        }
        Map<String, NDArray> parts = new LinkedHashMap<>(loss.parts());
        try (GradMode off = GradMode.off()) {
            distillation.updateCentres(teacher);
            NDArray all = ranks.gather(answers.teacherCls());
            parts.put("feature_std", ops.losses().featureStd(all));
            parts.put(CollapseWatch.METRIC, CollapseWatch.spread(ops, all));
        }
        return new Loss(loss.value(), parts);
    }

    /** KoLeo over the class tokens of each global crop, summed. */
    private Loss spread(NDArray cls) {
        NDArray byCrop = StudentTeacher.byCrop(cls, StudentTeacher.GLOBALS); // [2, B, D]
        NDArray sum = ops.losses().koleo(byCrop.get(0)).add(ops.losses().koleo(byCrop.get(1)));
        return new Loss(sum, Map.of("koleo", sum));
    }

    private Outputs invariant(Outputs outputs) {
        return new Outputs(invariant(outputs.cls()), invariant(outputs.patches()));
    }

    /** The first channels of the last dimension. */
    private NDArray invariant(NDArray logits) {
        return equivariant == 0 ? logits : logits.get("..., :" + (logits.getShape().tail() - equivariant));
    }

    /** The decoders' pictures from the student's answers of both global crops. */
    List<NDArray> reconstruct(Outputs student) {
        NDArray last = student.patches().get("..., " + (student.patches().getShape().tail() - equivariant) + ":"); // [2, B, N, d_equi]
        return decoders.apply(last.get(0), last.get(1));
    }
}
