package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.pretraining.Expander;
import org.equirepro.pretraining.HyperNetwork;
import org.equirepro.pretraining.LatentPredictor;
import org.equirepro.pretraining.MlpPredictor;
import org.equirepro.pretraining.Sie;
import org.equirepro.pretraining.VicReg;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.training.Loss;

/** Losses of SIE's code base on given representations, with projectors, predictors and gradients. */
public final class SieLossKind implements ParityKind {

    private static final Map<String, String> PARTS = Map.of("repr_loss_inv", "invariance", "repr_loss_equi", "equivariance",
            "std_loss", "variance", "cov_loss", "covariance", "pred_std_loss", "prediction_variance");

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            new Run(torch, reference).check(check);
        }
    }

    /** One case being computed. */
    private static final class Run {

        private final Torch torch;
        private final ReferenceCase reference;
        private final Settings params;
        private final SafeTensors tensors;
        private final ParameterStore store;
        private final Layers.Mode training = new Layers.Mode();
        private final NDArray x;
        private final NDArray y;
        private final int equivariant;
        private final int invariant;

        Run(Torch torch, ReferenceCase reference) {
            this.torch = torch;
            this.reference = reference;
            this.params = reference.params();
            this.tensors = reference.tensors();
            this.store = new ParameterStore(torch.root(), 0);
            this.x = input("in.x_repr");
            this.y = input("in.y_repr");
            this.equivariant = params.integer("equi");
            this.invariant = params.integer("repr_dim") - equivariant;
        }

        void check(Check check) {
            double rtol = reference.tolerance().real("rtol");
            double atol = reference.tolerance().real("atol");
            Loss loss = loss();
            check.close("loss", loss.value().getFloat(), reference.expected().real("loss"), rtol, atol);
            PARTS.forEach((theirs, ours) -> {
                if (reference.expected().has(theirs)) {
                    check.close(theirs, loss.parts().get(ours).getFloat(), reference.expected().real(theirs), rtol, atol);
                }
            });
            Torch.backward(loss.value());
            for (String name : tensors.names()) {
                if (name.startsWith("grad.")) {
                    check.close(name, gradient(name.substring("grad.".length())).toFloatArray(), tensors.floats(name),
                            reference.tolerance().real("grad_rtol"), reference.tolerance().real("grad_atol"));
                }
            }
        }

        private NDArray gradient(String of) {
            return switch (of) {
                case "x_repr" -> x.getGradient();
                case "y_repr" -> y.getGradient();
                default -> store.get(of).getGradient();
            };
        }

        private Loss loss() {
            String model = params.text("model");
            double temperature = params.real("simclr_temp");
            switch (model) {
                case "VICReg", "SimCLR" -> {
                    Expander projector = projector("projector", params.integer("repr_dim"), 1);
                    load();
                    NDArray a = projector.apply(x);
                    NDArray b = projector.apply(y);
                    return model.equals("SimCLR") ? contrast(a, b, temperature)
                            : new VicReg(params.real("sim_coeff"), params.real("std_coeff"), params.real("cov_coeff")).loss(torch.ops(), a, b);
                }
                case "SIE", "SIENoVar" -> {
                    Expander inv = projector("projector_inv", invariant, (double) invariant / params.integer("repr_dim"));
                    Expander equi = projector("projector_equi", equivariant, (double) equivariant / params.integer("repr_dim"));
                    LatentPredictor predictor = predictor(last((double) equivariant / params.integer("repr_dim")));
                    load();
                    NDArray xe = equi.apply(x.get(":, " + invariant + ":"));
                    return new Sie(params.real("sim_coeff"), params.real("equi_factor"), params.real("std_coeff"), params.real("cov_coeff"),
                            model.equals("SIE")).loss(torch.ops(), inv.apply(x.get(":, :" + invariant)), inv.apply(y.get(":, :" + invariant)),
                            xe, equi.apply(y.get(":, " + invariant + ":")), predictor.predict(xe, input("in.z_quat")));
                }
                case "SimCLROnlyEqui" -> {
                    Expander equi = projector("projector_equi", params.integer("repr_dim"), 1);
                    LatentPredictor predictor = predictor(last(1));
                    load();
                    return contrast(predictor.predict(equi.apply(x), input("in.z_quat")), equi.apply(y), temperature);
                }
                default -> throw new IllegalArgumentException("no objective for the model " + model);
            }
        }

        private Loss contrast(NDArray a, NDArray b, double temperature) {
            return new Loss(torch.ops().losses().infoNce(a, b, temperature), Map.of());
        }

        /** Widths of the projector, scaled to the share of the representation that it reads. */
        private int[] widths(double share) {
            return Arrays.stream(params.text("mlp").split("-")).mapToInt(w -> (int) Math.rint(Integer.parseInt(w) * share)).toArray();
        }

        private int last(double share) {
            int[] widths = widths(share);
            return widths[widths.length - 1];
        }

        private Expander projector(String name, int in, double share) {
            return new Expander(store, torch.ops(), training, name, in, widths(share));
        }

        private LatentPredictor predictor(int width) {
            int latent = (int) tensors.shape("in.z_quat")[1];
            if (params.text("predictor_type").equals("mlp")) {
                return new MlpPredictor(store, torch.ops(), "predictor", width, latent, params.integer("tf_num_layers"));
            }
            String hidden = params.text("predictor");
            String widths = width + "-" + (hidden.isEmpty() ? "" : hidden + "-") + width;
            return new HyperNetwork(store, torch.ops(), "predictor", latent, new HyperNetwork.Design(
                    Arrays.stream(widths.split("-")).mapToInt(Integer::parseInt).toArray(), !params.text("hypernetwork").equals("linear"),
                    params.flag("bias_hypernet", false), params.flag("bias_pred", false), params.flag("predictor_relu", false)));
        }

        /** Running statistics are not among the case's tensors: training reads batch statistics. */
        private void load() {
            store.parameters().forEach((name, p) -> ParameterStore.overwrite(p, tensors, "w." + name));
        }

        private NDArray input(String name) {
            NDArray array = Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
            array.setRequiresGradient(true);
            return array;
        }
    }
}
