package org.equirepro.bench.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;

/** Proofs with whole vision transformers in bfloat16: each runs in a process of its own, as memory is never given back. */
final class TrainingProofs {

    private static final double GIGABYTE = 1e9;

    private final Work work;
    private final Torch torch;
    private final ParameterStore store;
    private final VisionTransformer vit;
    private final int depth;
    private final int side;

    private TrainingProofs(Work work, VisionTransformer.Size size) {
        this.work = work;
        this.torch = work.torch();
        this.store = new ParameterStore(torch.root(), 0);
        this.vit = new VisionTransformer(store, torch.ops(), size);
        this.depth = size.depth();
        this.side = size.image();
    }

    private static final VisionTransformer.Size TINY = new VisionTransformer.Size(32, 16, 32, 3, 2);

    /** Memory of the gradients of a ViT-L at batch 64. */
    static String memory(Work work, boolean recompute) {
        TrainingProofs net = new TrainingProofs(work, work.small() ? TINY : new VisionTransformer.Size(224, 16, 1024, 24, 16));
        int batch = work.small() ? 2 : 64;
        double norm = net.norm(batch, recompute);
        if (work.small()) {
            return String.format(Locale.ROOT, "gradient norm %.6e", norm);
        }
        double ms = work.milliseconds(() -> net.norm(batch, recompute));
        return String.format(Locale.ROOT, "%.1f of %.1f GB, %.0f img/s, gradient norm %.4e", work.cuda().usedBytes() / GIGABYTE,
                work.cuda().totalBytes() / GIGABYTE, batch * 1e3 / ms, norm);
    }

    /** Images a second of training steps of a ViT-S with AdamW at batch 64. */
    static double imagesPerSecond(Work work) {
        TrainingProofs net = new TrainingProofs(work, work.small() ? TINY : new VisionTransformer.Size(224, 16, 384, 12, 6));
        int batch = work.small() ? 2 : 64;
        List<NDArray> parameters = new ArrayList<>(net.store.parameters().values());
        List<NDArray> first = parameters.stream().map(p -> net.torch.root().zeros(p.getShape())).toList();
        List<NDArray> second = parameters.stream().map(p -> net.torch.root().zeros(p.getShape())).toList();
        List<NDArray> steps = parameters.stream().map(p -> Torch.floats(net.torch.root(), new float[] {0})).toList();
        return batch * 1e3 / work.milliseconds(() -> {
            try (NDManager scope = net.torch.scope()) {
                net.backward(scope, batch, false);
                List<NDArray> gradients = net.gradients(scope);
                net.torch.ops().updates().adamW(parameters, gradients, first, second, steps, 1e-4, 0.05, 0.9, 0.999, 1e-8);
                net.torch.ops().updates().zero(gradients);
            }
        });
    }

    /** Norm of all gradients of one pass, which are set to 0 again. */
    private double norm(int batch, boolean recompute) {
        try (NDManager scope = torch.scope()) {
            backward(scope, batch, recompute);
            List<NDArray> gradients = gradients(scope);
            double norm = torch.ops().updates().globalNorm(gradients);
            torch.ops().updates().zero(gradients);
            return norm;
        }
    }

    private List<NDArray> gradients(NDManager scope) {
        List<NDArray> gradients = new ArrayList<>();
        for (Map.Entry<String, NDArray> parameter : store.parameters().entrySet()) {
            NDArray gradient = parameter.getValue().getGradient();
            if (gradient != null) {
                gradient.attach(scope);
                gradients.add(gradient);
            } else { // the final norm, which is not part of the pass
                gradients.add(scope.zeros(parameter.getValue().getShape()));
            }
        }
        return gradients;
    }

    /** Gradients of the mean of the last block's squares; with {@code recompute} only the blocks' inputs are kept. */
    private void backward(NDManager scope, int batch, boolean recompute) {
        NDArray pictures = scope.ones(new Shape(batch, 3, side, side));
        try (GradMode on = GradMode.on()) {
            NDArray embedded = inHalf(() -> vit.embed(pictures, null));
            NDArray x = recompute ? leaf(embedded) : embedded;
            List<NDArray> inputs = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                inputs.add(x);
                x = recompute ? withoutGradient(i, x) : block(i, x);
            }
            NDArray last = recompute ? leaf(x) : x;
            Torch.backward(torch.ops().losses().mse(torch.ops().toFloat(last), scope.zeros(last.getShape())));
            if (recompute) {
                NDArray upstream = last.getGradient();
                for (int i = depth - 1; i >= 0; i--) {
                    try (NDManager step = scope.newSubManager()) {
                        NDArray input = leaf(inputs.get(i));
                        input.attach(step);
                        Torch.backward(block(i, input), upstream);
                        upstream = input.getGradient();
                        upstream.attach(scope);
                    }
                }
                Torch.backward(embedded, upstream);
            }
        }
    }

    private static NDArray leaf(NDArray x) {
        NDArray leaf = x.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    private NDArray withoutGradient(int i, NDArray x) {
        try (GradMode off = GradMode.off()) {
            return block(i, x);
        }
    }

    private NDArray block(int i, NDArray x) {
        return inHalf(() -> torch.ops().toFloat(vit.block(i, x, Precision.BFLOAT16)));
    }

    private NDArray inHalf(java.util.function.Supplier<NDArray> compute) {
        try (Autocast cast = Autocast.to(torch.device(), Precision.BFLOAT16)) {
            return compute.get();
        }
    }
}
