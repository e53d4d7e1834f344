package org.equirepro.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.Ema;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * The cost of iBOT's step (Zhou et al. 2022): 2 x 224 pixels through student and teacher, 10 x 96 through the student; a head of
 * three layers, rows of length one and 8192 prototypes on all tokens of the large crops and the class tokens of the small ones;
 * cross-entropy between the crops' class tokens and on masked patches; the teacher's update. Masks and centres are fixed.
 */
final class MultiCropWork implements TrainStep.Work {

    private static final int GLOBALS = 2;
    private static final int LOCALS = 10;
    private static final int LOCAL_SIDE = 96;
    private static final int OUTPUTS = 8192;
    private static final int HIDDEN = 2048;
    private static final int BOTTLENECK = 256;
    private static final double MASKED = 0.3;

    private final Ops ops;
    private final Precision precision;
    private final int batch;
    private final Network student;
    private final Network teacher;
    private final Ema ema;
    private final NDArray globals;
    private final NDArray locals;
    private final NDArray weights;

    /** Backbone and head. */
    private final class Network {
        final ParameterStore store;
        final VisionTransformer vit;
        final List<Layers.Layer> mlp = new ArrayList<>();
        final NDArray prototypes;

        Network(Torch torch, StepSettings settings) {
            store = new ParameterStore(torch.root(), 0);
            vit = TrainStep.vit(torch, store, settings);
            int[] widths = {settings.size().dim(), HIDDEN, HIDDEN, BOTTLENECK};
            for (int i = 0; i < widths.length - 1; i++) {
                mlp.add(Layers.linear(store, ops, "head.mlp." + i, widths[i], widths[i + 1], true));
            }
            prototypes = store.uniform("head.last_layer.weight", 1 / Math.sqrt(BOTTLENECK), OUTPUTS, BOTTLENECK);
        }

        /** [.., D] to logits [.., 8192]. */
        NDArray head(NDArray tokens) {
            NDArray x = tokens;
            for (int i = 0; i < mlp.size(); i++) {
                x = mlp.get(i).apply(i == 0 ? x : ops.gelu(x));
            }
            NDArray w = unit(prototypes);
            w.attach(tokens.getManager());
            return ops.linear(unit(ops.toFloat(x)), w, null);
        }
    }

    MultiCropWork(Torch torch, StepSettings settings) {
        this.ops = torch.ops();
        this.precision = TrainStepBench.precision(settings.type());
        this.batch = settings.batch();
        this.student = new Network(torch, settings);
        this.teacher = new Network(torch, settings);
        this.ema = new Ema(ops, teacher.store, student.store, Ema.Buffers.OWN);
        this.globals = TrainStep.pictures(torch, GLOBALS * batch, settings.size().image());
        this.locals = TrainStep.pictures(torch, LOCALS * batch, LOCAL_SIDE);
        this.weights = maskedShare(torch, settings);
    }

    /** [2B, N]: 1 / number of masked patches of the crop where masked, else 0. */
    private NDArray maskedShare(Torch torch, StepSettings settings) {
        int side = settings.size().image() / settings.size().patch();
        float[] values = new float[GLOBALS * batch * side * side];
        for (int crop = 0; crop < GLOBALS * batch; crop++) {
            int[] order = Draws.at(2, 0, crop, 0, "mask").permutation(side * side);
            int masked = (int) (MASKED * order.length);
            for (int i = 0; i < masked; i++) {
                values[crop * order.length + order[i]] = 1f / masked;
            }
        }
        return Torch.floats(torch.root(), values, (long) GLOBALS * batch, (long) side * side);
    }

    private NDArray unit(NDArray x) {
        return ops.arrays().unitRows(x, 1e-12);
    }

    private NDArray logits(Network network, NDArray pictures, NDManager scope, boolean patches) {
        NDArray x = pictures.stopGradient();
        x.attach(scope);
        NDArray tokens = network.vit.intermediate(x, null, 1, precision).get(0);
        return ops.toFloat(network.head(patches ? tokens : tokens.get(":, 0")));
    }

    @Override
    public NDArray loss(NDManager scope) {
        NDArray wanted;
        try (GradMode off = GradMode.off()) {
            try (NDManager passing = scope.newSubManager()) {
                wanted = ops.scale(logits(teacher, globals, passing, true), 1 / 0.04).softmax(-1); // [2B, 1 + N, K]
                wanted.attach(scope);
            }
        }
        NDArray large = ops.scale(logits(student, globals, scope, true), 1 / 0.1).logSoftmax(-1); // [2B, 1 + N, K]
        NDArray small = ops.scale(logits(student, locals, scope, false), 1 / 0.1).logSoftmax(-1); // [10B, K]
        NDArray targets = wanted.get(":, 0");
        NDArray largeClasses = large.get(":, 0"); // once: each slice's backward pass fills a tensor of the whole size
        NDArray patches = wanted.get(":, 1:").mul(large.get(":, 1:")).sum(new int[] {-1}); // [2B, N]
        NDArray share = weights.stopGradient();
        share.attach(scope);
        NDArray loss = ops.scale(patches.mul(share).sum(), -1.0 / (GLOBALS * batch));
        for (int t = 0; t < GLOBALS; t++) {
            NDArray target = rows(targets, t);
            for (int s = 0; s < GLOBALS + LOCALS; s++) {
                if (s != t) {
                    NDArray log = s < GLOBALS ? rows(largeClasses, s) : rows(small, s - GLOBALS);
                    loss = loss.add(ops.scale(target.mul(log).sum(), -1.0 / (batch * (GLOBALS * (GLOBALS + LOCALS) - GLOBALS))));
                }
            }
        }
        return loss;
    }

    private NDArray rows(NDArray x, int crop) {
        return x.get(crop * batch + ":" + (crop + 1) * batch);
    }

    @Override
    public List<VisionTransformer> students() {
        return List.of(student.vit);
    }

    @Override
    public Map<String, NDArray> parameters() {
        return new LinkedHashMap<>(student.store.parameters());
    }

    @Override
    public void afterUpdate() {
        ema.update(0.996);
    }
}
