package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * iBOT's loss (Zhou et al., ICLR 2022, eqs 2 and 3, algorithm 1): the student's [CLS] answers the teacher's of every other crop,
 * its masked patches the teacher's of the same crop; the teacher's outputs are centred by their running mean and sharpened.
 * A loss reads the centres as they were before its batch; {@link #updateCentres} is called after it.
 */
public final class SelfDistillation {

    /**
     * Settings that stay the same over a run.
     *
     * @param studentTemperature of the student's softmax
     * @param centreMomentum how much of the [CLS] centre is kept in a step
     * @param patchCentreMomentum of the patches' centre
     * @param crops weight of the [CLS] term
     * @param patches weight of the masked-patch term
     */
    public record Options(double studentTemperature, double centreMomentum, double patchCentreMomentum, double crops, double patches) {

        /** From a recipe's section {@code objective}, with iBOT's values for what is absent. */
        public static Options of(Settings section) {
            return new Options(section.real("student_temperature", 0.1), section.real("centre_momentum", 0.9),
                    section.real("centre_momentum", 0.9), section.real("crops_weight", 1), section.real("patches_weight", 1));
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

    /** The centres, 0 at first, are buffers of {@code store}. */
    public SelfDistillation(ParameterStore store, Ops ops, Options options, int outputs, int patchOutputs) {
        this.ops = ops;
        this.options = options;
        this.centre = store.buffer("centre", 0, 1, outputs);
        this.patchCentre = store.buffer("patch_centre", 0, 1, 1, patchOutputs);
    }

    /**
     * The loss; its parts are weighted, as iBOT logs them.
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
        NDArray cls = ops.scale(ops.losses().distilCrops(crops, target(teacher.cls, centre, temperature), options.studentTemperature),
                options.crops);
        NDArray patch = ops.scale(ops.losses().distilPatches(student.patches, target(teacher.patches, patchCentre, patchTemperature), mask,
                options.studentTemperature), options.patches);
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("cls", cls);
        parts.put("patch", patch);
        return new Loss(cls.add(patch), parts);
    }

    private NDArray target(NDArray logits, NDArray centre, double temperature) {
        return ops.losses().teacherProbabilities(logits.stopGradient(), centre, temperature);
    }

    /** Moves the centres towards the means of this batch; without gradient. */
    public void updateCentres(Outputs teacher) {
        move(centre, teacher.cls, options.centreMomentum);
        move(patchCentre, teacher.patches, options.patchCentreMomentum);
    }

    private void move(NDArray centre, NDArray outputs, double momentum) {
        NDArray mean = outputs.reshape(-1, centre.getShape().tail()).mean(new int[] {0}).reshape(centre.getShape());
        ops.updates().ema(List.of(centre), List.of(mean), momentum);
    }
}
