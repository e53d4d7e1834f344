package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.pretraining.SelfDistillation;
import org.equirepro.pretraining.StudentTeacher;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Clip;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.training.Loss;

/** Whole optimisation steps of iBOT: crops to losses, clipped gradients, AdamW, and the teacher that follows. */
public final class IbotTrainStepsKind implements ParityKind {

    /** What the cases leave to the peer's defaults: temperatures, their warm-up in epochs, AdamW's betas. */
    private static final double[] TEACHER_TEMPERATURE = {0.04, 0.07};
    private static final int TEMPERATURE_EPOCHS = 2;
    private static final double[] BETAS = {0.9, 0.999};

    @Override
    public void check(ReferenceCase reference, Check check) {
        try (Torch torch = Torch.start(1)) {
            new Run(torch, reference, check).steps();
        }
    }

    /** One case being computed. */
    private static final class Run {

        private final Torch torch;
        private final ReferenceCase reference;
        private final Check check;
        private final SafeTensors tensors;
        private final Settings params;
        private final StudentTeacher networks;
        private final ParameterStore centres;
        private final SelfDistillation distillation;
        private final Optimiser optimiser;
        private final Clip clip;
        private double summedRates;

        Run(Torch torch, ReferenceCase reference, Check check) {
            this.torch = torch;
            this.reference = reference;
            this.check = check;
            this.tensors = reference.tensors();
            this.params = reference.params();
            this.networks = new StudentTeacher(torch, recipe(), 0, false);
            this.centres = new ParameterStore(torch.root(), 0);
            Settings head = params.at("head");
            this.distillation = new SelfDistillation(centres, torch.ops(), new SelfDistillation.Options(params.real("student_temp", 0.1),
                    params.real("center_momentum", 0.9), params.real("center_momentum2", 0.9), params.real("lambda1", 1),
                    params.real("lambda2", 1)), head.integer("out"),
                    head.flag("shared", false) ? head.integer("out") : head.integer("patch_out"));
            load("w0.", networks.parameters());
            networks.synchronise();
            this.optimiser = new Optimiser(torch.ops(), torch.root(), Optimiser.Options.adamW(BETAS[0], BETAS[1]),
                    ParameterGroups.decayingWeights(networks.parameters()).frozen(name -> name.contains("last_layer"),
                            (long) params.integer("freeze_last_layer", 0) * params.integer("it_per_epoch")));
            this.clip = new Clip(Clip.Scope.TENSOR, params.has("clip") ? params.real("clip") : Double.POSITIVE_INFINITY);
        }

        /** The networks as a recipe describes them. */
        private Settings recipe() {
            Settings vit = params.at("vit");
            Settings head = params.at("head");
            ObjectNode recipe = Settings.object();
            recipe.putObject("backbone").put("name", "vit").put("image", vit.integer("img")).put("patch", vit.integer("patch"))
                    .put("dim", vit.integer("dim")).put("depth", vit.integer("depth")).put("heads", vit.integer("heads"));
            recipe.putObject("split").put("place", "head").put("dim", head.integer("out")).put("equivariant", 0);
            recipe.putObject("normalise");
            recipe.putObject("objective").putObject("head").put("hidden", head.integer("hidden"))
                    .put("bottleneck", head.integer("bottleneck")).put("layers", head.integer("nlayers", 3))
                    .put("shared", head.flag("shared", false)).put("patch_out", head.integer("patch_out"))
                    .put("norm_last_layer", head.flag("norm_last_layer", true));
            return Settings.of(reference.name(), recipe);
        }

        private void load(String prefix, Map<String, NDArray> parameters) {
            parameters.forEach((name, p) -> ParameterStore.overwrite(p, tensors, prefix + theirs(name)));
        }

        private static String theirs(String name) {
            return name.replaceFirst("^encoder\\.", "backbone.");
        }

        void steps() {
            Schedules.Schedule temperature = Schedules.linear(TEACHER_TEMPERATURE[0], TEACHER_TEMPERATURE[1],
                    params.integer("warmup_teacher_temp_epochs", TEMPERATURE_EPOCHS), 0);
            for (Settings step : reference.expected().sections("log")) {
                try (NDManager scope = torch.scope()) {
                    step(scope, step, temperature.at(step.integer("epoch")));
                }
            }
            networks.parameters().forEach((name, p) -> weights("wN." + theirs(name), p));
            networks.teacherParameters().forEach((name, p) -> weights("emaN." + theirs(name), p));
            close("out.center", centres.get("centre"), 1e-5, 1e-5);
            close("out.center2", centres.get("patch_centre"), 1e-5, 1e-5);
        }

        private void step(NDManager scope, Settings step, double temperature) {
            String at = "s" + step.integer("step") + ".";
            double rtol = reference.tolerance().real("loss_rtol");
            StudentTeacher.Crops crops = crops(scope, at + "in.");
            try (GradMode on = GradMode.on()) {
                StudentTeacher.Answers answers = networks.forward(crops, 0, new int[0], Precision.FLOAT32);
                close(at + "out.teacher_cls", answers.teacher().cls(), 1e-4, 1e-4);
                close(at + "out.student_cls", answers.student().cls(), 1e-4, 1e-4);
                Loss loss = distillation.loss(answers.student(), answers.locals(), answers.teacher(),
                        crops.mask().reshape(answers.student().patches().getShape().slice(0, 3)), temperature, temperature);
                check.close(at + "loss", loss.value().getFloat(), step.real("loss"), rtol, 0);
                check.close(at + "cls", loss.parts().get("cls").getFloat(), step.real("cls"), rtol, 0);
                check.close(at + "patch", loss.parts().get("patch").getFloat(), step.real("patch"), rtol, 0);
                networks.backward(() -> Torch.backward(loss.value()), networks.parameters().values(), GradientListener.NONE);
                distillation.updateCentres(answers.teacher());
            }
            try (GradMode off = GradMode.off()) {
                Map<String, NDArray> gradients = optimiser.gradients(scope);
                norms(step, gradients);
                clip.apply(torch.ops(), gradients);
                optimiser.step(gradients, step.integer("step"), step.real("lr"), step.real("wd"));
                networks.follow(step.real("momentum"));
                Gradients.drop(networks.parameters().values());
            }
            summedRates += step.real("lr");
        }

        /** The lengths of the first gradients in the peer's order. */
        private void norms(Settings step, Map<String, NDArray> gradients) {
            if (!step.has("grad_norm_first")) {
                return;
            }
            double[] expected = step.reals("grad_norm_first");
            String[] names = {"encoder.cls_token", "encoder.pos_embed", "encoder.masked_embed"};
            for (int i = 0; i < Math.min(expected.length, names.length); i++) {
                check.close("s" + step.integer("step") + " norm of " + names[i],
                        torch.ops().updates().globalNorm(List.of(gradients.get(names[i]))), expected[i], 1e-4, 1e-6);
            }
        }

        private StudentTeacher.Crops crops(NDManager scope, String prefix) {
            NDArray globals = array(scope, prefix + "crop0").concat(array(scope, prefix + "crop1"), 0);
            NDArray locals = null;
            for (int i = 0; i < params.integer("local_crops"); i++) {
                NDArray crop = array(scope, prefix + "crop" + (StudentTeacher.GLOBALS + i));
                locals = locals == null ? crop : locals.concat(crop, 0);
            }
            long[] bits = tensors.longs(prefix + "masks"); // [2, B, h, w]
            float[] mask = new float[bits.length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = bits[i];
            }
            long rows = globals.getShape().get(0);
            return new StudentTeacher.Crops(globals, locals, Torch.floats(scope, mask, rows, mask.length / rows));
        }

        private NDArray array(NDManager scope, String name) {
            return Torch.floats(scope, tensors.floats(name), tensors.shape(name));
        }

        private void close(String name, NDArray got, double rtol, double atol) {
            check.close(name, got.toFloatArray(), tensors.floats(name), rtol, atol);
        }

        /** All close, but for one entry in a thousand, which may be off by the steps' rates; the keys' biases say nothing. */
        private void weights(String name, NDArray got) {
            if (!tensors.has(name)) {
                return;
            }
            float[] expected = tensors.floats(name);
            float[] values = got.toFloatArray();
            double atol = reference.tolerance().real("weights_atol");
            boolean qkvBias = name.endsWith("attn.qkv.bias");
            int outliers = 0;
            double worst = 0;
            for (int i = 0; i < values.length; i++) {
                boolean key = qkvBias && i / (values.length / 3) == 1;
                double difference = Math.abs(values[i] - expected[i]);
                if (!key && !(difference <= atol)) {
                    outliers++;
                    worst = Math.max(worst, difference);
                }
            }
            check.that(name + ": " + outliers + " of " + values.length + " entries differ, by up to " + worst,
                    outliers <= Math.max(1, values.length / 1000) && !(worst > summedRates) || outliers == 0);
        }
    }
}
