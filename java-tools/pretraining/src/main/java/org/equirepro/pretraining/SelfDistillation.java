package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.training.Loss;

/**
 * iBOT's loss (Zhou et al., ICLR 2022, eqs 2 and 3, algorithm 1): the student's [CLS] answers the teacher's of every other crop,
 * its masked patches the teacher's of the same crop; the teacher's outputs are centred by their running mean and sharpened.
 * A loss reads the centres as they were before its batch; {@link #updateCentres} is called after it.
 */
public final class SelfDistillation {

    /** How a teacher's targets are balanced over the prototypes. */
    public enum Centring {
        /** Logits minus their running mean, softmax (DINO, iBOT, DINOv2's ViT-L/16). */
        MEAN,
        /** Three rounds of Sinkhorn-Knopp over all tokens of the batch (DINOv2's larger models, over the masked ones there). */
        SINKHORN
    }

    /** Part of the loss: entropy of the mean class target. */
    static final String ENTROPY = "teacher_entropy";

    /** Part of the loss: how much a class target tells of its picture. */
    static final String INFORMATION = "teacher_information";

    private static final int SINKHORN_ROUNDS = 3;
    private static final double TINY = 1e-12;

    /**
     * Settings that stay the same over a run.
     *
     * @param studentTemperature of the student's softmax
     * @param centreMomentum how much of the [CLS] centre is kept in a step
     * @param patchCentreMomentum of the patches' centre
     * @param crops weight of the [CLS] term
     * @param patches weight of the masked-patch term
     * @param centring what keeps the teacher from always giving the same answer
     */
    public record Options(double studentTemperature, double centreMomentum, double patchCentreMomentum, double crops, double patches,
            Centring centring) {

        /** With iBOT's centring by the running mean. */
        public Options(double studentTemperature, double centreMomentum, double patchCentreMomentum, double crops, double patches) {
            this(studentTemperature, centreMomentum, patchCentreMomentum, crops, patches, Centring.MEAN);
        }

        /** From a recipe's section {@code objective}, with iBOT's values for what is absent. */
        public static Options of(Settings section) {
            return new Options(section.real("student_temperature", 0.1), section.real("centre_momentum", 0.9),
                    section.real("centre_momentum", 0.9), section.real("crops_weight", 1), section.real("patches_weight", 1),
                    switch (section.text("centring", "mean")) {
                        case "mean" -> Centring.MEAN;
                        case "sinkhorn" -> Centring.SINKHORN;
                        default -> throw UserError.usage(section.source() + ": objective.centring must be mean or sinkhorn, found "
                                + section.text("centring"));
                    });
        }
    }

    /**
     * Outputs of a network for the global crops.
     *
     * @param cls [Q, B, K]
     * @param patches [Q, B, N, K']
     */
    public record Outputs(NDArray cls, NDArray patches) {}

    private final Ops ops;
    private final Options options;
    private final NDArray centre;
    private final NDArray patchCentre;
    private GraphCuts ranks = GraphCuts.NONE;

    /** The centres, 0 at first, are buffers of {@code store}. */
    public SelfDistillation(ParameterStore store, Ops ops, Options options, int outputs, int patchOutputs) {
        this.ops = ops;
        this.options = options;
        this.centre = store.buffer("centre", 0, 1, outputs);
        this.patchCentre = store.buffer("patch_centre", 0, 1, 1, patchOutputs);
    }

    /**
     * The loss; its parts are weighted, as iBOT logs them. Two more measure the teacher's class targets: {@value #ENTROPY}, that of
     * their mean, is log K if all prototypes are used alike and 0 if the teacher has collapsed to one; {@value #INFORMATION}, less the
     * mean of the targets' own entropies, is 0 if it says the same of every picture, be it one prototype or all alike.
     *
     * @param student logits of the global crops, some patches masked
     * @param locals [CLS] logits [L, B, K] of the local crops; null without any
     * @param teacher logits of the global crops, nothing masked
     * @param mask [Q, B, N] float32, 1 where the student's patch was masked
     * @param temperature of the teacher for [CLS]
     * @param patchTemperature of the teacher for patches
     */
    public Loss loss(Outputs student, NDArray locals, Outputs teacher, NDArray mask, double temperature, double patchTemperature) {
        NDArray crops = locals == null ? student.cls : student.cls.concat(locals, 0); // [V, B, K]
        NDArray target = target(teacher.cls, centre, temperature); // [Q, B, K]
        NDArray cls = ops.scale(ops.losses().distilCrops(crops, target, options.studentTemperature), options.crops);
        NDArray patch = ops.scale(ops.losses().distilPatches(student.patches, target(teacher.patches, patchCentre, patchTemperature), mask,
                options.studentTemperature), options.patches);
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("cls", cls);
        parts.put("patch", patch);
        NDArray entropy = entropyOfMean(target);
        parts.put(ENTROPY, entropy);
        parts.put(INFORMATION, entropy.sub(meanEntropy(target)));
        return new Loss(cls.add(patch), parts);
    }

    private NDArray target(NDArray logits, NDArray centre, double temperature) {
        NDArray fixed = logits.stopGradient();
        try (GradMode off = GradMode.off()) {
            return switch (options.centring) {
                case MEAN -> ops.losses().teacherProbabilities(fixed, centre, temperature);
                case SINKHORN -> ops.losses()
                        .sinkhorn(fixed.reshape(-1, fixed.getShape().tail()), temperature, SINKHORN_ROUNDS, this::sumOverRanks)
                        .reshape(fixed.getShape());
            };
        }
    }

    private NDArray entropyOfMean(NDArray probabilities) {
        try (GradMode off = GradMode.off()) {
            return entropies(meanOfRows(probabilities)).sum();
        }
    }

    private NDArray meanEntropy(NDArray probabilities) {
        try (GradMode off = GradMode.off()) {
            return entropies(probabilities).mean();
        }
    }

    /** [.., K] to [..]. */
    private NDArray entropies(NDArray probabilities) {
        return ops.losses().softCrossEntropy(probabilities.add(TINY).log(), probabilities, 1);
    }

    /** Over all but the last dimension and over ranks, [1, K]. */
    private NDArray meanOfRows(NDArray x) {
        NDArray mean = x.reshape(-1, x.getShape().tail()).mean(new int[] {0}, true);
        return ranks.ranks() == 1 ? mean : ranks.gather(mean).mean(new int[] {0}, true);
    }

    private void sumOverRanks(NDArray mass) {
        if (ranks.ranks() > 1) {
            ops.updates().copyInto(mass, ranks.gather(mass).sum(new int[] {0}, true));
        }
    }

    /** Centres and Sinkhorn's sums are then those of all ranks. */
    void span(GraphCuts cuts) {
        ranks = cuts;
    }

    /** Moves the centres towards the means of this batch; without gradient. */
    public void updateCentres(Outputs teacher) {
        move(centre, teacher.cls, options.centreMomentum);
        move(patchCentre, teacher.patches, options.patchCentreMomentum);
    }

    private void move(NDArray centre, NDArray outputs, double momentum) {
        try (GradMode off = GradMode.off()) {
            ops.updates().ema(List.of(centre), List.of(meanOfRows(outputs).reshape(centre.getShape())), momentum);
        }
    }
}
