package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import org.equirepro.base.Settings;
import org.equirepro.models.DinoHead;
import org.equirepro.models.IbotHead;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;

/** iBOT's projection head with given weights: logits and gradients. */
public final class IbotHeadKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        SafeTensors tensors = reference.tensors();
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            ParameterStore store = new ParameterStore(torch.root(), 0);
            IbotHead head = head(store, torch, reference.params());
            for (String name : tensors.names()) {
                if (name.startsWith("w.")) {
                    ParameterStore.overwrite(store.get(name.substring("w.".length())), tensors, name);
                }
            }
            NDArray x = array(torch, tensors, "in.x");
            x.setRequiresGradient(true);
            boolean tokens = x.getShape().dimension() == 3;
            IbotHead.Logits logits = tokens ? head.forward(x) : new IbotHead.Logits(head.cls(x), null);
            NDArray loss = output(torch, reference, check, 0, logits.cls());
            Torch.backward(tokens ? loss.add(output(torch, reference, check, 1, logits.patches())) : loss);
            gradients(store, x, reference, check);
        }
    }

    private static IbotHead head(ParameterStore store, Torch torch, Settings params) {
        DinoHead.Design design = new DinoHead.Design(params.integer("in_dim"), params.integer("hidden"), params.integer("nlayers", 3),
                params.integer("bottleneck"), params.integer("out_dim"), params.flag("norm_last_layer", true));
        return params.flag("shared_head", false) ? new IbotHead(store, torch.ops(), "", design)
                : new IbotHead(store, torch.ops(), "", design, params.integer("patch_out_dim"));
    }

    /** Compares output {@code i}; gives its share of the loss. */
    private static NDArray output(Torch torch, ReferenceCase reference, Check check, int i, NDArray got) {
        check.close("out." + i, got.toFloatArray(), reference.tensors().floats("out." + i), reference.tolerance().real("rtol"),
                reference.tolerance().real("atol"));
        return got.mul(array(torch, reference.tensors(), "in.coef" + i)).sum();
    }

    private static void gradients(ParameterStore store, NDArray x, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double limit = reference.tolerance().real("grad_max_error_over_max_abs");
        for (String name : tensors.names()) {
            if (name.startsWith("grad.")) {
                String of = name.substring("grad.".length());
                float[] expected = tensors.floats(name);
                double largest = 0;
                for (float v : expected) {
                    largest = Math.max(largest, Math.abs(v));
                }
                NDArray got = of.equals("x") ? x.getGradient() : store.get(of).getGradient();
                check.close(name, got.toFloatArray(), expected, 0, limit * largest);
            }
        }
    }

    private static NDArray array(Torch torch, SafeTensors tensors, String name) {
        return Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
    }
}
