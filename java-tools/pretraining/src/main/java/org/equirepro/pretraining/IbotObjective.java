package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.training.Course;
import org.equirepro.training.Loss;
import org.equirepro.vision.batch.Normalisation;

/**
 * iBOT (Zhou et al., ICLR 2022), and DINOv2 (Oquab et al. 2023) by its recipe values, optionally with the reconstruction of
 * intermediates ({@link IbotLoss}); g acts on the second global crop alone.
 */
final class IbotObjective implements Objective {

    private final Torch torch;
    private final Ops ops;
    private final Settings recipe;
    private final StudentTeacher networks;
    private final Encoder saved;
    private final ParameterStore state;
    private final ParameterStore heads;
    private final IbotLoss loss;
    private final Normalisation normalisation;
    private final Optional<Intermediates> intermediates;
    private final CropMasks masks;
    private final Schedules.Schedule temperature;
    private final Schedules.Schedule momentum;
    private final Precision precision;
    private final Map<String, NDArray> parameters;

    IbotObjective(Torch torch, Settings recipe, long seed, Course course, boolean staged) {
        Settings objective = recipe.at("objective");
        this.torch = torch;
        this.ops = torch.ops();
        this.recipe = recipe;
        this.networks = new StudentTeacher(torch, recipe, seed, staged);
        this.saved = switch (objective.text("saved", "teacher")) {
            case "teacher" -> networks.teacher();
            case "student" -> networks.student();
            default -> throw UserError.usage(recipe.source() + ": objective.saved must be teacher or student, found "
                    + objective.text("saved"));
        };
        this.state = new ParameterStore(torch.root(), seed);
        this.heads = new ParameterStore(torch.root(), seed);
        this.loss = new IbotLoss(ops, recipe, state, heads, saved.patch());
        this.normalisation = saved.normalisation(torch.root());
        this.intermediates = Intermediates.of(ops, normalisation, recipe, seed);
        this.masks = new CropMasks(recipe.at("masking"), seed);
        double[] temperatures = objective.reals("teacher_temperature");
        this.temperature = Schedules.linear(temperatures[0], temperatures[1], objective.integer("temperature_epochs"), 0);
        this.momentum = Schedules.cosine(objective.real("momentum"), 1, course.steps(), 0, 0);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        this.parameters = networks.parameters();
        parameters.putAll(heads.parameters());
    }

    @Override
    public Encoder encoder() {
        return saved;
    }

    @Override
    public Map<String, NDArray> parameters() {
        return parameters;
    }

    @Override
    public SortedMap<String, SafeTensors.Tensor> tensors() {
        SortedMap<String, SafeTensors.Tensor> tensors = networks.tensors("model.");
        tensors.putAll(heads.tensors("model.heads."));
        tensors.putAll(state.tensors("model.state."));
        return tensors;
    }

    @Override
    public void load(SafeTensors file) {
        networks.load(file, "model.");
        heads.load(file, "model.heads.");
        state.load(file, "model.state.");
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public void train(boolean on) {
        networks.train(on);
    }

    /** Losses are means over a rank's own batch, so nothing is cut; centres and measures are those of all ranks. */
    @Override
    public void span(GraphCuts cuts) {
        loss.span(cuts);
    }

    @Override
    public void require(int[] sides) {
        networks.require(recipe, sides);
    }

    /** Crops and what stands on the way to g; theta is null without g. */
    private record Prepared(StudentTeacher.Crops crops, double[][] theta) {}

    private Prepared prepare(Views views) {
        NDArray first = normalisation.apply(ops, views.pictures().get(0)); // [B, 3, H, W]
        NDArray u = views.pictures().get(1);
        double[][] theta = intermediates.map(g -> g.theta(views.epoch(), views.members())).orElse(null);
        NDArray second = theta == null ? normalisation.apply(ops, u) : intermediates.orElseThrow().moved(u, theta);
        NDArray locals = null;
        for (NDArray local : views.pictures().subList(StudentTeacher.GLOBALS, views.pictures().size())) {
            NDArray crop = normalisation.apply(ops, local);
            locals = locals == null ? crop : locals.concat(crop, 0);
        }
        int grid = saved.image() / saved.patch();
        NDArray mask = Torch.floats(u.getManager(), masks.draw(views.epoch(), views.members(), grid),
                (long) StudentTeacher.GLOBALS * views.members().length, (long) grid * grid);
        return new Prepared(new StudentTeacher.Crops(first.concat(second, 0), locals, mask), theta);
    }

    @Override
    public Loss loss(Views views) {
        Prepared prepared = prepare(views);
        List<NDArray> targets = !recipe.has("reconstruction") ? List.of()
                : intermediates.orElseThrow().targets(views.pictures().get(1), prepared.theta);
        try (Autocast cast = Autocast.to(torch.device(), precision)) {
            StudentTeacher.Answers answers = networks.forward(prepared.crops, views.epoch(), views.members(), precision);
            NDArray mask = StudentTeacher.byCrop(prepared.crops.mask(), StudentTeacher.GLOBALS); // [2, B, N]
            return loss.of(answers, mask, temperature.at(views.epoch()), targets);
        }
    }

    @Override
    public void backward(Runnable fromLoss, GradientListener listener) {
        networks.backward(fromLoss, parameters().values(), listener);
    }

    @Override
    public void updated(long step) {
        networks.follow(momentum.at(step));
    }

    @Override
    public Optional<Rebuilt> rebuild(Views views) {
        if (!recipe.has("reconstruction")) {
            return Optional.empty();
        }
        Prepared prepared = prepare(views);
        Intermediates g = intermediates.orElseThrow();
        NDArray u = views.pictures().get(1);
        List<NDArray> rebuilt = loss.reconstruct(networks.forward(prepared.crops, views.epoch(), views.members(), precision).student());
        return Optional.of(new Rebuilt(g.targets(u, prepared.theta), rebuilt,
                new Way(u, g.moved(u, prepared.theta), g.family().word(), g.count())));
    }
}
