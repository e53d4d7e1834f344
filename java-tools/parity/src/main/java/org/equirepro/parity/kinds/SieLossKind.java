package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.pretraining.Expander;
import org.equirepro.pretraining.Loss;
import org.equirepro.pretraining.VicReg;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/** Losses of SIE's code base on given representations, with projectors and gradients. */
public final class SieLossKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        Settings params = reference.params();
        SafeTensors tensors = reference.tensors();
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            NDArray x = input(torch, tensors, "in.x_repr");
            NDArray y = input(torch, tensors, "in.y_repr");
            ParameterStore store = new ParameterStore(torch.root(), 0);
            Loss loss = switch (params.text("model")) {
                case "VICReg" -> vicReg(torch, params, tensors, store, x, y);
                default -> throw new IllegalArgumentException("no objective for the model " + params.text("model"));
            };
            double rtol = reference.tolerance().real("rtol");
            double atol = reference.tolerance().real("atol");
            check.close("loss", loss.value().getFloat(), reference.expected().real("loss"), rtol, atol);
            part(check, reference, loss, "repr_loss_inv", "invariance", rtol, atol);
            part(check, reference, loss, "std_loss", "variance", rtol, atol);
            part(check, reference, loss, "cov_loss", "covariance", rtol, atol);
            Torch.backward(loss.value());
            for (String name : tensors.names()) {
                if (name.startsWith("grad.")) {
                    String of = name.substring("grad.".length());
                    NDArray gradient = switch (of) {
                        case "x_repr" -> x.getGradient();
                        case "y_repr" -> y.getGradient();
                        default -> store.get(of).getGradient();
                    };
                    check.close(name, gradient.toFloatArray(), tensors.floats(name), reference.tolerance().real("grad_rtol"),
                            reference.tolerance().real("grad_atol"));
                }
            }
        }
    }

    private static Loss vicReg(Torch torch, Settings params, SafeTensors tensors, ParameterStore store, NDArray x, NDArray y) {
        Expander projector = new Expander(store, torch.ops(), new Layers.Mode(), "projector", params.integer("repr_dim"), widths(params));
        loadParameters(store, tensors);
        return new VicReg(params.real("sim_coeff"), params.real("std_coeff"), params.real("cov_coeff"))
                .loss(torch.ops(), projector.apply(x), projector.apply(y));
    }

    private static int[] widths(Settings params) {
        return Arrays.stream(params.text("mlp").split("-")).mapToInt(Integer::parseInt).toArray();
    }

    /** Running statistics are not among the case's tensors: training reads batch statistics. */
    private static void loadParameters(ParameterStore store, SafeTensors tensors) {
        store.parameters().forEach((name, p) -> ParameterStore.overwrite(p, tensors, "w." + name));
    }

    private static void part(Check check, ReferenceCase reference, Loss loss, String theirs, String ours, double rtol, double atol) {
        if (reference.expected().has(theirs)) {
            check.close(theirs, loss.parts().get(ours).getFloat(), reference.expected().real(theirs), rtol, atol);
        }
    }

    private static NDArray input(Torch torch, SafeTensors tensors, String name) {
        NDArray array = Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
        array.setRequiresGradient(true);
        return array;
    }
}
