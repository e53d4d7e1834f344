package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.pretraining.SelfDistillation.Outputs;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.vision.batch.Normalisation;

/**
 * iBOT (Zhou et al., ICLR 2022), and DINOv2 (Oquab et al. 2023) by its recipe values, optionally with the reconstruction of
 * intermediates: then the last d_equi channels of the student's patch logits of both global crops go to the decoders, and the
 * distillation reads the others, of the teacher too (AAAI-26 paper, section 3.1; the place of the split is our reading of its
 * widths). The decoders see the student's ordinary pass, masked patches and all: no further pass, as the paper's times leave
 * no room for one. g acts on the second global crop alone.
 */
final class IbotObjective implements Objective {

    private final Torch torch;
    private final Ops ops;
    private final Settings recipe;
    private final StudentTeacher networks;
    private final Encoder saved;
    private final ParameterStore state;
    private final ParameterStore heads;
    private final SelfDistillation distillation;
    private final Normalisation normalisation;
    private final Optional<Intermediates> intermediates;
    private final IntermediateDecoders decoders;
    private final double weight;
    private final int equivariant;
    private final CropMasks masks;
    private final double koleo;
    private final Schedules.Schedule temperature;
    private final Schedules.Schedule momentum;
    private final Precision precision;

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
        int out = recipe.at("split").integer("dim");
        int patchOut = objective.at("head").flag("shared", true) ? out : objective.at("head").integer("patch_out", out);
        this.equivariant = recipe.at("split").integer("equivariant");
        if (!recipe.at("split").text("place", "patches").equals("head") || equivariant < 0 || equivariant >= Math.min(out, patchOut)) {
            throw UserError.usage(recipe.source() + ": objective ibot splits the head's outputs: split.place must be head, and "
                    + "split.equivariant less than split.dim");
        }
        this.state = new ParameterStore(torch.root(), seed);
        this.distillation = new SelfDistillation(state, ops, SelfDistillation.Options.of(objective), out - equivariant, patchOut - equivariant);
        this.normalisation = saved.normalisation(torch.root());
        this.intermediates = Intermediates.of(ops, normalisation, recipe, seed);
        this.heads = new ParameterStore(torch.root(), seed);
        if (recipe.has("reconstruction")) {
            Settings section = recipe.at("reconstruction");
            this.weight = section.real("weight");
            this.decoders = new IntermediateDecoders(heads, ops, recipe.source(), section.integer("count"), 2 * equivariant, saved.patch(),
                    section.integers("decoder"));
            if (equivariant == 0) {
                throw UserError.usage(recipe.source() + ": split.equivariant must be more than 0 with reconstruction");
            }
        } else {
            this.weight = 0;
            this.decoders = null;
        }
        this.masks = new CropMasks(recipe.at("masking"), seed);
        this.koleo = objective.real("koleo", 0);
        double[] temperatures = objective.reals("teacher_temperature");
        this.temperature = Schedules.linear(temperatures[0], temperatures[1], objective.integer("temperature_epochs"), 0);
        this.momentum = Schedules.cosine(objective.real("momentum"), 1, course.steps(), 0, 0);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
    }

    @Override
    public Encoder encoder() {
        return saved;
    }

    @Override
    public Map<String, NDArray> parameters() {
        Map<String, NDArray> all = networks.parameters();
        all.putAll(heads.parameters());
        return all;
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

    /** Nothing here acts differently: drop path is left out where gradients are. */
    @Override
    public void train(boolean on) {}

    /** Losses are means over a rank's own batch, so nothing is cut; centres and measures are those of all ranks. */
    @Override
    public void span(GraphCuts cuts) {
        distillation.span(cuts);
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
        List<NDArray> targets = decoders == null ? List.of() : intermediates.orElseThrow().targets(views.pictures().get(1), prepared.theta);
        try (Autocast cast = Autocast.to(torch.device(), precision)) {
            return loss(views, prepared.crops, targets);
        }
    }

    private Loss loss(Views views, StudentTeacher.Crops crops, List<NDArray> targets) {
        StudentTeacher.Answers answers = networks.forward(crops, views.epoch(), views.members(), precision);
        Outputs teacher = invariant(answers.teacher());
        NDArray mask = StudentTeacher.byCrop(crops.mask(), StudentTeacher.GLOBALS); // [2, B, N]
        double sharpness = temperature.at(views.epoch());
        Loss loss = distillation.loss(invariant(answers.student()), answers.locals() == null ? null : invariant(answers.locals()), teacher,
                mask, sharpness, sharpness);
        if (koleo > 0) {
            loss = loss.plus(ops, koleo, spread(answers.studentCls()));
        }
        if (decoders != null) {
            loss = loss.plus(ops, weight, decoders.loss(reconstruct(answers.student()), targets));
        }
        Map<String, NDArray> parts = new LinkedHashMap<>(loss.parts());
        try (GradMode off = GradMode.off()) {
            distillation.updateCentres(teacher);
            parts.put("feature_std", ops.losses().featureStd(answers.teacherCls()));
        }
        return new Loss(loss.value(), parts);
    }

    /** KoLeo over the class tokens of each global crop, summed (DINOv2). */
    private Loss spread(NDArray cls) {
        NDArray byCrop = StudentTeacher.byCrop(cls, StudentTeacher.GLOBALS); // [2, B, D]
        NDArray sum = ops.losses().koleo(byCrop.get(0)).add(ops.losses().koleo(byCrop.get(1)));
        return new Loss(sum, Map.of("koleo", sum));
    }

    private Outputs invariant(Outputs outputs) {
        return new Outputs(invariant(outputs.cls()), invariant(outputs.patches()));
    }

    /** The first channels of the last dimension. */
    private NDArray invariant(NDArray logits) {
        return equivariant == 0 ? logits : logits.get("..., :" + (logits.getShape().tail() - equivariant));
    }

    private List<NDArray> reconstruct(Outputs student) {
        NDArray last = student.patches().get("..., " + (student.patches().getShape().tail() - equivariant) + ":"); // [2, B, N, d_equi]
        return decoders.apply(last.get(0), last.get(1));
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
        if (decoders == null) {
            return Optional.empty();
        }
        Prepared prepared = prepare(views);
        Intermediates g = intermediates.orElseThrow();
        NDArray u = views.pictures().get(1);
        List<NDArray> rebuilt = reconstruct(networks.forward(prepared.crops, views.epoch(), views.members(), precision).student());
        return Optional.of(new Rebuilt(u, g.targets(u, prepared.theta), rebuilt, g.moved(u, prepared.theta), g.family().word()));
    }
}
