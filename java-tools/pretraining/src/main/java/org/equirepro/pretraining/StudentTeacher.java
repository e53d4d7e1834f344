package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.DinoHead;
import org.equirepro.models.Encoder;
import org.equirepro.models.IbotHead;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.Ema;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.nn.SampleChunks;

/**
 * The two networks of iBOT (Zhou et al., ICLR 2022, figure 3) and DINOv2: a student that is trained, and a teacher of the same
 * shape that follows it as a moving average. Each is a ViT with a head over class and patch tokens. The student sees all crops,
 * the global ones with masked patches; the teacher sees the global crops whole.
 */
public final class StudentTeacher {

    /** Crops that the teacher sees. */
    public static final int GLOBALS = 2;

    /**
     * A batch of B pictures, normalised; rows are crop by crop.
     *
     * @param globals [2 B, 3, H, W]
     * @param locals [L B, 3, h, w]; null without any
     * @param mask [2 B, N] float32, 1 where the student does not see the patch
     */
    public record Crops(NDArray globals, NDArray locals, NDArray mask) {

        private long batch() {
            return globals.getShape().get(0) / GLOBALS;
        }
    }

    /**
     * What both networks answer, float32.
     *
     * @param student logits of the global crops, [2, B, K] and [2, B, N, K']
     * @param locals [L, B, K] class logits of the local crops; null without any
     * @param teacher as {@code student}, without gradient
     * @param studentCls [2 B, D] class tokens of the student's backbone, global crops
     * @param teacherCls the teacher's, without gradient
     */
    public record Answers(SelfDistillation.Outputs student, NDArray locals, SelfDistillation.Outputs teacher, NDArray studentCls,
            NDArray teacherCls) {}

    /** What drop path leaves out in some rows; null for nothing. */
    private interface Drop {
        DropPath.Batch of(int from, int to);
    }

    /** Tokens through the head; class tokens of the backbone beside. */
    private record Passed(IbotHead.Logits logits, NDArray cls) {}

    private final Ops ops;
    private final Encoder student;
    private final Encoder teacher;
    private final ParameterStore studentHeads;
    private final ParameterStore teacherHeads;
    private final IbotHead studentHead;
    private final IbotHead teacherHead;
    private final Ema backboneAverage;
    private final Ema headAverage;
    private final DropPath dropPath;
    private final SampleChunks chunks;
    private boolean training = true;

    /**
     * From a recipe's sections {@code backbone}, {@code split}, {@code normalise} and {@code objective}; both start alike.
     *
     * @param staged the student's gradients become final block by block, for ranks to exchange them meanwhile
     */
    public StudentTeacher(Torch torch, Settings recipe, long seed, boolean staged) {
        this.ops = torch.ops();
        Settings objective = recipe.at("objective");
        this.student = Encoder.create(torch, recipe, seed, staged);
        this.chunks = student.chunks(torch.root(), recipe.integer("micro_batch", 0));
        this.teacher = Encoder.toBeLoaded(torch, recipe);
        this.studentHeads = new ParameterStore(torch.root(), seed);
        this.teacherHeads = ParameterStore.toBeLoaded(torch.root());
        student.vit().withMaskToken(studentHeads);
        this.studentHead = head(studentHeads, recipe);
        this.teacherHead = head(teacherHeads, recipe);
        this.backboneAverage = new Ema(ops, teacher.store(), student.store(), Ema.Buffers.OWN);
        this.headAverage = new Ema(ops, teacherHeads, studentHeads, Ema.Buffers.OWN);
        double rate = objective.real("drop_path", 0);
        int depth = student.vit().depth();
        this.dropPath = rate == 0 ? null : objective.flag("drop_path_uniform", false) ? DropPath.uniform(seed, rate, depth)
                : DropPath.linear(seed, rate, depth);
        synchronise();
    }

    private IbotHead head(ParameterStore store, Settings recipe) {
        Settings section = recipe.at("objective").at("head");
        int out = recipe.at("split").integer("dim");
        DinoHead.Design design = new DinoHead.Design(student.width(), section.integer("hidden"), section.integer("layers", 3),
                section.integer("bottleneck"), out, section.flag("norm_last_layer", true));
        return section.flag("shared", true) ? new IbotHead(store, ops, "head.", design)
                : new IbotHead(store, ops, "head.", design, section.integer("patch_out", out));
    }

    /** Drop path is for training only. */
    void train(boolean on) {
        training = on;
    }

    /** Makes the teacher equal to the student, as at the start. */
    public void synchronise() {
        backboneAverage.copy();
        headAverage.copy();
    }

    /**
     * Both networks' answers; the student's carry gradients where gradient mode is on.
     *
     * @param epoch and {@code members} of the B pictures decide what drop path leaves out; unused without it
     */
    public Answers forward(Crops crops, int epoch, int[] members, Precision precision) {
        Passed target;
        try (GradMode off = GradMode.off()) {
            target = pass(teacher.vit(), teacherHead, crops.globals, null, precision, (from, to) -> null);
        }
        Passed answer = pass(student.vit(), studentHead, crops.globals, crops.mask.gt(0), precision,
                (from, to) -> drop(epoch, members, from, to));
        NDArray locals = null;
        if (crops.locals != null) {
            int count = (int) (crops.locals.getShape().get(0) / crops.batch());
            int globals = GLOBALS * members.length;
            NDArray tokens = tokens(student.vit(), crops.locals, null, precision,
                    (from, to) -> drop(epoch, members, globals + from, globals + to));
            locals = byCrop(ops.toFloat(studentHead.cls(tokens.get(":, 0"))), count);
        }
        return new Answers(outputs(answer.logits), locals, outputs(target.logits), answer.cls, target.cls);
    }

    private Passed pass(VisionTransformer vit, IbotHead head, NDArray pictures, NDArray mask, Precision precision, Drop drop) {
        NDArray tokens = tokens(vit, pictures, mask, precision, drop);
        return new Passed(head.forward(tokens), tokens.get(":, 0"));
    }

    /** [B, 1 + N, D] */
    private NDArray tokens(VisionTransformer vit, NDArray pictures, NDArray mask, Precision precision, Drop drop) {
        return chunks.forward(mask == null ? List.of(pictures) : List.of(pictures, mask), precision, (rows, from) -> {
            DropPath.Batch left = drop.of(from, from + (int) rows.get(0).getShape().get(0));
            return ops.toFloat(vit.intermediate(rows.get(0), mask == null ? null : rows.get(1), 1, precision, left).get(0));
        });
    }

    /** What drop path leaves out in some rows of all crops of a batch: crop 0 of every picture, then crop 1, and so on. */
    private DropPath.Batch drop(int epoch, int[] members, int from, int to) {
        if (dropPath == null || !training) {
            return null;
        }
        int[] samples = IntStream.range(from, to).map(row -> members[row % members.length]).toArray();
        int[] views = IntStream.range(from, to).map(row -> row / members.length).toArray();
        return dropPath.at(epoch, samples, views);
    }

    private SelfDistillation.Outputs outputs(IbotHead.Logits logits) {
        return new SelfDistillation.Outputs(byCrop(ops.toFloat(logits.cls()), GLOBALS), byCrop(ops.toFloat(logits.patches()), GLOBALS));
    }

    /** [crops * B, ..] to [crops, B, ..]. */
    static NDArray byCrop(NDArray x, long crops) {
        long[] shape = x.getShape().getShape();
        long[] split = new long[shape.length + 1];
        split[0] = crops;
        split[1] = shape[0] / crops;
        System.arraycopy(shape, 1, split, 2, shape.length - 1);
        return x.reshape(split);
    }

    /**
     * Gradients of a loss over {@link #forward}'s answers.
     *
     * @param fromLoss goes from the loss to the answers
     * @param trained all parameters of the step
     */
    public void backward(Runnable fromLoss, Collection<NDArray> trained, GradientListener listener) {
        student.backward(fromLoss, chunks, trained, listener);
    }

    /** After the optimiser's step: teacher = momentum * teacher + (1 - momentum) * student. */
    public void follow(double momentum) {
        backboneAverage.update(momentum);
        headAverage.update(momentum);
    }

    /** The student's parameters: the ViT's names begin with {@code encoder.}, the head's with {@code head.}. */
    public Map<String, NDArray> parameters() {
        return parameters(student.store(), studentHeads);
    }

    /** The teacher's, which are not trained. */
    public Map<String, NDArray> teacherParameters() {
        return parameters(teacher.store(), teacherHeads);
    }

    private static Map<String, NDArray> parameters(ParameterStore backbone, ParameterStore heads) {
        Map<String, NDArray> all = new LinkedHashMap<>();
        backbone.parameters().forEach((name, p) -> all.put("encoder." + name, p));
        heads.parameters().forEach((name, p) -> all.put(name.startsWith("head.") ? name : "encoder." + name, p));
        return all;
    }

    Encoder student() {
        return student;
    }

    Encoder teacher() {
        return teacher;
    }

    /** Both networks as they are saved. */
    SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        SortedMap<String, SafeTensors.Tensor> tensors = student.store().tensors(prefix + "student.encoder.");
        tensors.putAll(studentHeads.tensors(prefix + "student.heads."));
        tensors.putAll(teacher.store().tensors(prefix + "teacher.encoder."));
        tensors.putAll(teacherHeads.tensors(prefix + "teacher.heads."));
        return tensors;
    }

    /** Restores what {@link #tensors} gave. */
    void load(SafeTensors file, String prefix) {
        student.store().load(file, prefix + "student.encoder.");
        studentHeads.load(file, prefix + "student.heads.");
        teacher.store().load(file, prefix + "teacher.encoder.");
        teacherHeads.load(file, prefix + "teacher.heads.");
    }

    /** Refuses sizes at which crops cannot be cut into patches. */
    void require(Settings recipe, int[] sides) {
        if (sides.length < GLOBALS || sides[0] != student.image()) {
            throw UserError.usage(recipe.source() + ": views.size must equal backbone.image " + student.image()
                    + ", with two views or more");
        }
        for (int side : sides) {
            if (side % student.patch() != 0) {
                throw UserError.usage(recipe.source() + ": views.local.size " + side + " must be a multiple of the patch, "
                        + student.patch());
            }
        }
    }
}
