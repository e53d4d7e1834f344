package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.pretraining.SelfDistillation;
import org.equirepro.pretraining.SelfDistillation.Outputs;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.tensor.optim.Schedules.Schedule;
import org.equirepro.training.Loss;

/** iBOT's loss over some steps: terms, gradients, centres and the schedules of the temperatures. */
public final class IbotLossKind implements ParityKind {

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
        private final ParameterStore store;
        private final SelfDistillation loss;
        private final int globals;

        Run(Torch torch, ReferenceCase reference, Check check) {
            this.torch = torch;
            this.reference = reference;
            this.check = check;
            this.tensors = reference.tensors();
            this.params = reference.params();
            this.globals = params.integer("global_crops");
            this.store = new ParameterStore(torch.root(), 0);
            this.loss = new SelfDistillation(store, torch.ops(), new SelfDistillation.Options(params.real("student_temp"),
                    params.real("center_momentum"), params.real("center_momentum2"), params.real("lambda1"), params.real("lambda2")),
                    params.integer("out_dim"), params.integer("patch_out_dim"));
            ParameterStore.overwrite(store.get("centre"), tensors, "in.center0");
            ParameterStore.overwrite(store.get("patch_centre"), tensors, "in.center2_0");
        }

        void steps() {
            Schedule temperature = schedule("teacher_temp", 0);
            Schedule patchTemperature = schedule("teacher_patch_temp", params.integer("mim_start_epoch"));
            for (Settings step : reference.expected().sections("steps")) {
                try (NDManager scope = torch.scope()) {
                    step(scope, step, temperature, patchTemperature);
                }
            }
        }

        private Schedule schedule(String name, int delay) {
            double[] ends = params.reals(name);
            Schedule schedule = Schedules.linear(ends[0], ends[1], params.integer("warmup_teacher_temp_epochs"), delay);
            double[] expected = reference.expected().reals(name + "_schedule");
            for (int epoch = 0; epoch < expected.length; epoch++) {
                check.close(name + " of epoch " + epoch, schedule.at(epoch), expected[epoch], 1e-12, 0);
            }
            return schedule;
        }

        private void step(NDManager scope, Settings step, Schedule temperature, Schedule patchTemperature) {
            String at = "s" + step.integer("step") + ".";
            int epoch = step.integer("epoch");
            NDArray cls = input(scope, at + "in.student_cls");
            NDArray patch = input(scope, at + "in.student_patch");
            NDArray local = tensors.has(at + "in.student_local") ? input(scope, at + "in.student_local") : null;
            Outputs teacher = new Outputs(crops(input(scope, at + "in.teacher_cls"), globals), crops(input(scope, at + "in.teacher_patch"),
                    globals));
            double rtol = reference.tolerance().real("rtol");
            double atol = reference.tolerance().real("atol");
            try (GradMode on = GradMode.on()) {
                Loss value = loss.loss(new Outputs(crops(cls, globals), crops(patch, globals)),
                        local == null ? null : crops(local, params.integer("local_crops")), teacher, mask(scope, at + "in.masks"),
                        temperature.at(epoch), patchTemperature.at(epoch));
                check.close(at + "loss", value.value().getFloat(), step.real("loss"), rtol, atol);
                check.close(at + "cls", value.parts().get("cls").getFloat(), step.real("cls"), rtol, atol);
                check.close(at + "patch", value.parts().get("patch").getFloat(), step.real("patch"), rtol, atol);
                Torch.backward(value.value());
            }
            gradient(at + "grad.student_cls", cls);
            gradient(at + "grad.student_patch", patch);
            if (local != null) {
                gradient(at + "grad.student_local", local);
            }
            loss.updateCentres(teacher);
            check.close(at + "center", store.get("centre").toFloatArray(), tensors.floats(at + "out.center"), rtol, atol);
            check.close(at + "center2", store.get("patch_centre").toFloatArray(), tensors.floats(at + "out.center2"), rtol, atol);
        }

        private void gradient(String name, NDArray of) {
            check.close(name, of.getGradient().toFloatArray(), tensors.floats(name), reference.tolerance().real("grad_rtol"),
                    reference.tolerance().real("grad_atol"));
        }

        private NDArray input(NDManager scope, String name) {
            NDArray array = Torch.floats(scope, tensors.floats(name), tensors.shape(name));
            array.setRequiresGradient(true);
            return array;
        }

        private NDArray mask(NDManager scope, String name) {
            long[] shape = tensors.shape(name); // [Q, B, h, w]
            long[] bits = tensors.longs(name);
            float[] mask = new float[bits.length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = bits[i];
            }
            return Torch.floats(scope, mask, shape[0], shape[1], shape[2] * shape[3]);
        }

        /** [crops * B, ..] to [crops, B, ..]. */
        private static NDArray crops(NDArray x, int crops) {
            long[] shape = x.getShape().getShape();
            long[] split = new long[shape.length + 1];
            split[0] = crops;
            split[1] = shape[0] / crops;
            System.arraycopy(shape, 1, split, 2, shape.length - 1);
            return x.reshape(split);
        }
    }
}
