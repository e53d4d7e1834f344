package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.pretraining.HyperNetwork;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;

/** The predictor whose weights are made from the latent, with its gradients. */
public final class SieHypernetKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        Settings tolerance = reference.tolerance();
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            ParameterStore store = new ParameterStore(torch.root(), 0);
            HyperNetwork network = new HyperNetwork(store, torch.ops(), "", params.integer("latent_size"), new HyperNetwork.Design(
                    params.integers("layers"), !params.text("hypernetwork", "linear").equals("linear"), has(tensors, "hypernet.net.0.bias"),
                    params.flag("bias_pred", false), params.flag("predictor_relu", false)));
            store.parameters().forEach((name, p) -> ParameterStore.overwrite(p, tensors, "w" + name));
            NDArray x = input(torch, tensors, "in.x");
            NDArray z = input(torch, tensors, "in.z");
            NDArray y = network.predict(x.squeeze(1), z);
            check.close("out.y", y.toFloatArray(), tensors.floats("out.y"), tolerance.real("rtol"), tolerance.real("atol"));
            Torch.backward(y, input(torch, tensors, "in.coef"));
            for (String name : tensors.names()) {
                if (name.startsWith("grad.")) {
                    String of = name.substring("grad".length());
                    NDArray gradient = of.equals(".x") ? x.getGradient() : of.equals(".z") ? z.getGradient() : store.get(of).getGradient();
                    check.close(name, gradient.toFloatArray(), tensors.floats(name), tolerance.real("grad_rtol"), tolerance.real("grad_atol"));
                }
            }
        }
    }

    private static boolean has(SafeTensors tensors, String name) {
        return tensors.has("w." + name);
    }

    private static NDArray input(Torch torch, SafeTensors tensors, String name) {
        NDArray array = Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
        array.setRequiresGradient(true);
        return array;
    }
}
