package org.equirepro.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.base.ProcessMeter;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;

/** The measured process: a training step for each line {@code step} on stdin, in the words of {@link StepProcess}. */
final class TrainStep {

    /** What a step is about: makes the loss, and does what follows the update. */
    interface Work {
        NDArray loss(NDManager scope);

        List<VisionTransformer> students();

        Map<String, NDArray> parameters();

        default void afterUpdate() {}
    }

    private final Torch torch;
    private final Precision precision;
    private final Work work;
    private final Optimiser optimiser;

    private TrainStep(Torch torch, StepSettings settings) {
        this.torch = torch;
        this.precision = TrainStepBench.precision(settings.type());
        this.work = settings.multiCrop() ? new MultiCropWork(torch, settings) : new ClassWork(torch, settings);
        this.optimiser = new Optimiser(torch.ops(), torch.root(), Optimiser.Options.adamW(0.9, 0.999),
                ParameterGroups.decayingWeights(work.parameters()));
    }

    public static void main(String[] words) throws IOException {
        StepSettings settings = StepSettings.of(words);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Torch torch = Torch.start(settings.threads())) {
            TrainStep step = new TrainStep(torch, settings);
            System.out.println("libtorch " + System.getenv("PYTORCH_VERSION"));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(line.equals("peak") ? Long.toString(ProcessMeter.peakMemory()) : step.run());
            }
        }
    }

    private String run() {
        long cpu = cpu();
        long start = System.nanoTime();
        long forward;
        long backward;
        try (NDManager scope = torch.scope()) {
            try (GradMode on = GradMode.on()) {
                NDArray loss;
                try (Autocast cast = Autocast.to(scope.getDevice(), precision); NDManager passing = scope.newSubManager()) {
                    loss = work.loss(passing);
                    loss.attach(scope); // the graph holds what backward needs, all else goes now
                }
                if (!Float.isFinite(loss.getFloat())) {
                    throw new IllegalStateException("the loss is " + loss.getFloat());
                }
                forward = System.nanoTime();
                List<BlockChain> chains = work.students().stream().flatMap(vit -> vit.chains().stream()).toList();
                BlockChain.backward(loss, chains, work.parameters().values(), GradientListener.NONE);
                backward = System.nanoTime();
            }
            optimiser.step(optimiser.gradients(scope), 1e-4, 0.05);
            Gradients.drop(work.parameters().values());
            work.afterUpdate();
        }
        long end = System.nanoTime();
        return String.format(Locale.ROOT, "%.6f %.6f %.6f %.6f", (forward - start) / 1e9, (backward - forward) / 1e9,
                (end - backward) / 1e9, (cpu() - cpu) / 1e9);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    static VisionTransformer vit(Torch torch, ParameterStore store, StepSettings settings) {
        return new VisionTransformer(store, torch.ops(), settings.size(), VisionTransformer.Variant.PLAIN,
                settings.checkpointing() ? BlockChain.Mode.RECOMPUTE : BlockChain.Mode.KEEP);
    }

    /** Pictures [n, 3, side, side] of noise. */
    static NDArray pictures(Torch torch, int n, int side) {
        Draws draws = Draws.at(1, "pictures." + side);
        float[] values = new float[n * 3 * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(-2, 2);
        }
        return Torch.floats(torch.root(), values, n, 3, side, side);
    }

    /** A ViT with 1000 classes on its class token, cross-entropy. */
    private static final class ClassWork implements Work {

        private static final int CLASSES = 1000;

        private final Torch torch;
        private final Precision precision;
        private final ParameterStore store;
        private final VisionTransformer vit;
        private final NDArray pictures;
        private final NDArray labels;
        private final NDArray headWeight;
        private final NDArray headBias;

        ClassWork(Torch torch, StepSettings settings) {
            this.torch = torch;
            this.precision = TrainStepBench.precision(settings.type());
            this.store = new ParameterStore(torch.root(), 0);
            this.vit = vit(torch, store, settings);
            this.headWeight = store.truncatedNormal("head.weight", 0.02, CLASSES, settings.size().dim());
            this.headBias = store.constant("head.bias", 0, CLASSES);
            this.pictures = pictures(torch, settings.batch(), settings.size().image());
            long[] classes = new long[settings.batch()];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = 37L * i % CLASSES;
            }
            this.labels = torch.root().create(classes);
        }

        @Override
        public NDArray loss(NDManager scope) {
            NDArray x = pictures.stopGradient(); // a handle of the step's own: results belong to the first operand's manager
            x.attach(scope);
            NDArray cls = vit.intermediate(x, null, 1, precision).get(0).get(":, 0");
            return torch.ops().losses().crossEntropy(torch.ops().linear(cls, headWeight, headBias), labels, 0);
        }

        @Override
        public List<VisionTransformer> students() {
            return List.of(vit);
        }

        @Override
        public Map<String, NDArray> parameters() {
            return new LinkedHashMap<>(store.parameters());
        }
    }
}
