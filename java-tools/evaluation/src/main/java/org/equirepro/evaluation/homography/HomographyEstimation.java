package org.equirepro.evaluation.homography;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.DenseTask;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.finetune.FineTunedNetwork;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.models.homography.DisplacementHead;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.HomographyPair;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.SampleSource;
import org.equirepro.vision.show.OutlineSheet;

/**
 * Homography estimation as in the AAAI-26 paper, section 4.3, on pairs of patches made from any pictures (S-COCO's way, DeTone et
 * al. 2016; {@link HomographyPair}): both patches go through the encoder, and three convolutions on their maps give how far each
 * place has moved. The field, resized to the patch, is trained by smooth L1; in the test a homography is fitted to it. The score
 * {@code mce} is the mean corner error in pixels of the patch; the floor is that of the answer "nothing has moved".
 *
 * <p>The pairs of the test are the same for every encoder and seed.
 */
public final class HomographyEstimation implements DenseTask<PatchPair> {

    private static final String KIND = "homography";
    private static final long TEST_SEED = 42;
    private static final int SHOWN = 12;
    private static final int CELL = 240;

    private final FineTuneSession session;
    private final Ops ops;
    private final HomographyPair.Recipe pairs;
    private final boolean fresh;
    private final int input;
    private final DisplacementHead head;
    private final CornerEstimate estimate;
    private final Split tested;

    private HomographyEstimation(FineTuneSession session) {
        Settings recipe = session.recipe();
        FineTunedNetwork network = session.network();
        this.session = session;
        this.ops = session.torch().ops();
        Settings section = recipe.at("pairs");
        try {
            this.pairs = new HomographyPair.Recipe(section.integer("width"), section.integer("height"), section.integer("side"),
                    section.integer("rho"), section.has("photometric") ? section.reals("photometric") : new double[4]);
        } catch (IllegalArgumentException e) {
            throw UserError.usage(recipe.source() + ": pairs: " + e.getMessage());
        }
        this.fresh = section.flag("fresh", true);
        this.input = recipe.integer("input");
        if (input % network.patch() != 0) {
            throw UserError.usage(recipe.source() + ": input must be a multiple of the encoder's patch, " + network.patch() + ", found " + input);
        }
        this.head = new DisplacementHead(network.head(), ops, "", network.width(), recipe.integer("channels"));
        this.estimate = new CornerEstimate(pairs.side(), recipe.real("ransac_threshold"));
        this.tested = session.test();
    }

    /** Fine-tunes, tests and writes the folder of results. */
    public static void run(FineTuning.Call call) {
        FineTuning.run(KIND, call, HomographyEstimation::new);
    }

    @Override
    public SampleSource<List<PatchPair>> samples() {
        PictureCache pictures = session.trainPictures();
        return SampleSource.of(pictures.name(), pictures.size(), (seed, epoch, member) ->
                PatchPair.of(HomographyPair.of(pictures.get(member), pairs, seed, fresh ? epoch : 0, member)));
    }

    @Override
    public Loss loss(DenseBatch<PatchPair> batch) {
        int n = batch.samples().size();
        int pixels = pairs.side() * pairs.side();
        float[] fields = new float[2 * n * pixels];
        for (int i = 0; i < n; i++) {
            System.arraycopy(batch.samples().get(i).field(), 0, fields, 2 * i * pixels, 2 * pixels);
        }
        int[] members = IntStream.concat(IntStream.of(batch.members()), IntStream.of(batch.members())).toArray();
        int[] views = IntStream.range(0, 2 * n).map(i -> i / n).toArray();
        NDArray found = field(batch.scope(), batch.samples().stream().map(PatchPair::pair).toList(),
                new FineTunedNetwork.Drawn(batch.epoch(), members, views));
        NDArray whole = ops.pictures().resizeBilinear(found, pairs.side(), pairs.side(), false);
        NDArray truth = Torch.floats(batch.scope(), fields, n, 2, pairs.side(), pairs.side());
        return new Loss(ops.losses().smoothL1(whole, truth, 1, Reduction.MEAN), Map.of());
    }

    /** Displacements [B, 2, h, w] in pixels of the patch, float32. */
    private NDArray field(NDManager scope, List<HomographyPair> batch, FineTunedNetwork.Drawn drawn) {
        int n = batch.size();
        int side = pairs.side();
        ByteBuffer pixels = ByteBuffer.allocateDirect(2 * n * side * side * 3);
        batch.forEach(pair -> pixels.put(pair.first().rgb()));
        batch.forEach(pair -> pixels.put(pair.second().rgb()));
        NDArray pictures = ops.pictures().fromBytes(Torch.bytes(scope, pixels.flip(), DataType.UINT8, 2L * n, side, side, 3));
        NDArray sized = input == side ? pictures : ops.pictures().resizeBilinear(pictures, input, input, false);
        NDArray field = ops.toFloat(head.forward(session.network().lastMap(sized, drawn)));
        return ops.scale(field, pairs.rho()); // the head's answers are of the order of 1
    }

    @Override
    public int tested() {
        return session.recipe().integer("test_pairs");
    }

    private HomographyPair testPair(int i) {
        return HomographyPair.of(tested.picture(i % tested.size()), pairs, TEST_SEED, 0, i);
    }

    @Override
    public List<String> answers(int from, int to) {
        List<HomographyPair> batch = IntStream.range(from, to).mapToObj(this::testPair).toList();
        List<String> lines = new ArrayList<>();
        try (NDManager scope = session.torch().scope()) {
            NDArray fields = field(scope, batch, null);
            int rows = (int) fields.getShape().get(2);
            int columns = (int) fields.getShape().get(3);
            float[] values = fields.toFloatArray();
            for (int i = 0; i < batch.size(); i++) {
                float[] field = Arrays.copyOfRange(values, 2 * i * rows * columns, 2 * (i + 1) * rows * columns);
                for (CornerEstimate.Protocol protocol : CornerEstimate.Protocol.values()) {
                    double[] corners = estimate.corners(field, rows, columns, protocol, from + i);
                    lines.add(new CornerAnswer(from + i, protocol, corners, batch.get(i).displacement()).line());
                }
            }
        }
        return lines;
    }

    @Override
    public List<ResultRow> results(List<String> answers) {
        List<CornerAnswer> all = answers.stream().map(CornerAnswer::parse).toList();
        List<ResultRow> rows = new ArrayList<>();
        for (CornerEstimate.Protocol protocol : CornerEstimate.Protocol.values()) {
            List<CornerAnswer> some = all.stream().filter(answer -> answer.protocol() == protocol).toList();
            double error = some.stream().mapToDouble(CornerAnswer::error).average().orElseThrow();
            double floor = some.stream().mapToDouble(answer -> CornerEstimate.error(new double[8], answer.truth())).average().orElseThrow();
            rows.add(session.task().row("corners", "all", "fine_tuned", protocol.name().toLowerCase(Locale.ROOT), "mce", error, floor,
                    some.size()));
        }
        return rows;
    }

    @Override
    public void write(List<String> answers, Path folder) throws IOException {
        FineTuneSession.writePredictions(folder, CornerAnswer.HEADER, answers);
        List<CornerAnswer> robust = answers.stream().map(CornerAnswer::parse)
                .filter(answer -> answer.protocol() == CornerEstimate.Protocol.RANSAC).toList();
        List<OutlineSheet.Cell> cells = new ArrayList<>();
        for (int i : FineTuneSession.spread(SHOWN, robust.size())) {
            CornerAnswer answer = robust.get(i);
            HomographyPair pair = testPair(answer.sample());
            Picture scaled = HomographyPair.scaled(tested.picture(answer.sample() % tested.size()), pairs);
            cells.add(new OutlineSheet.Cell(scaled, String.format(Locale.ROOT, "%.2f px", answer.error()), List.of(
                    new OutlineSheet.Outline(pair.corners(), OutlineSheet.Ink.GIVEN),
                    new OutlineSheet.Outline(moved(pair.corners(), pair.displacement()), OutlineSheet.Ink.TRUTH),
                    new OutlineSheet.Outline(moved(pair.corners(), answer.found()), OutlineSheet.Ink.FOUND))));
        }
        Files.createDirectories(folder.resolve("pictures"));
        new OutlineSheet(4, CELL).write(folder.resolve("pictures/homography.png"), cells);
    }

    private static double[] moved(double[] corners, double[] displacement) {
        double[] moved = new double[8];
        Arrays.setAll(moved, i -> corners[i] + displacement[i]);
        return moved;
    }
}
