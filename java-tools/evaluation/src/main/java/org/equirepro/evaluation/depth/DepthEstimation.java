package org.equirepro.evaluation.depth;

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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.DenseTask;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.metrics.DepthMetrics;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.SampleSource;
import org.equirepro.vision.show.Annotated;
import org.equirepro.vision.show.DepthColours;
import org.equirepro.vision.show.SampleSheet;
import org.equirepro.vision.views.DepthViews;

/**
 * Depth from one picture (paper Table 6: NYU Depth v2 and KITTI). The loss is the scale-invariant logarithmic error (Eigen et al. 2014)
 * in the form of BTS, of each picture alone; pixels without depth, or with one outside of {@code range}, count neither in training
 * nor in scores.
 */
public final class DepthEstimation implements DenseTask<DepthViews.View> {

    private static final String KIND = "depth";
    /** BTS's and ZoeDepth's; nothing but the rate hangs on it. */
    private static final double LOSS_WEIGHT = 10;
    private static final int SHOWN = 8;
    private static final int CELL = 320;

    private final FineTuneSession session;
    private final Ops ops;
    private final DepthMap.Unit unit;
    private final DepthProtocol protocol;
    private final DepthScores scores;
    private final double share;
    private final boolean flipTest;
    private final DepthViews.Design design;
    private final DepthNetwork network;
    private final Split tested;

    private DepthEstimation(FineTuneSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.ops = session.torch().ops();
        this.unit = DepthMap.Unit.among(session.data().members()).orElseThrow(() -> UserError.usage(recipe.source() + ": data set "
                + session.task().dataset() + " has no depth maps; depth needs nyu-depth-v2, kitti-eigen, or render-scenes with depth: true"));
        this.protocol = DepthProtocol.of(recipe);
        double[] range = recipe.reals("range");
        if (!(range[0] > 0 && range[1] > range[0])) {
            throw UserError.usage(recipe.source() + ": range must be two distances, the first above 0 and below the second, found "
                    + range[0] + " and " + range[1]);
        }
        this.scores = new DepthScores(protocol, range[0], range[1]);
        this.share = recipe.real("forgiven", 0.85);
        this.flipTest = recipe.flag("flip_test", false);
        Settings views = recipe.at("views");
        this.design = new DepthViews.Design(views.integer("width"), views.integer("height"), views.real("brightness", 0.1));
        int patch = session.network().patch();
        if (design.width() % patch != 0 || design.height() % patch != 0) {
            throw UserError.usage(recipe.source() + ": views.width and views.height must be multiples of the encoder's patch, " + patch
                    + ", found " + design.width() + " and " + design.height());
        }
        this.network = new DepthNetwork(session.torch(), session.network(), recipe, range);
        this.tested = session.test();
    }

    /** Fine-tunes, tests and writes the folder of results. */
    public static void run(FineTuning.Call call) {
        FineTuning.run(KIND, call, DepthEstimation::new);
    }

    /** A picture with its depth, both as far as the protocol lets it be seen. */
    private record Measured(Picture picture, DepthMap depth) {}

    private Measured measured(Split split, int i, Picture picture) {
        return new Measured(picture.cut(protocol.seen(split.key(i), picture.width(), picture.height())), truth(split, i));
    }

    private DepthMap truth(Split split, int i) {
        DepthMap depth = unit.decode(split.key(i), split.member(i, unit.member()).orElseThrow(() -> UserError.badData(
                Path.of(split.key(i)), "has no depth map beside it")));
        return depth.cut(protocol.seen(split.key(i), depth.width(), depth.height()));
    }

    @Override
    public SampleSource<List<DepthViews.View>> samples() {
        Split train = session.train();
        PictureCache pictures = session.trainPictures();
        DepthViews views = new DepthViews(design);
        return SampleSource.of(pictures.name(), pictures.size(), (seed, epoch, member) -> {
            Measured sample = measured(train, member, pictures.get(member));
            Box within = protocol.trained(sample.picture.width(), sample.picture.height());
            if (within.width() < design.width() || within.height() < design.height()) {
                throw UserError.badData(Path.of(train.key(member)), "has " + within.width() + " x " + within.height()
                        + " pixels to train on, less than views.width x views.height, " + design.width() + " x " + design.height());
            }
            return views.view(sample.picture, sample.depth, within, seed, epoch, member);
        });
    }

    @Override
    public Loss loss(DenseBatch<DepthViews.View> batch) {
        int n = batch.samples().size();
        int pixels = design.width() * design.height();
        ByteBuffer bytes = ByteBuffer.allocateDirect(3 * n * pixels);
        float[] truth = new float[n * pixels];
        for (int i = 0; i < n; i++) {
            bytes.put(batch.samples().get(i).picture().rgb());
            float[] metres = batch.samples().get(i).depth().metres();
            for (int k = 0; k < pixels; k++) {
                truth[i * pixels + k] = scores.counts(metres[k]) ? metres[k] : 0;
            }
        }
        NDArray pictures = ops.pictures().fromBytes(Torch.bytes(batch.scope(), bytes.flip(), DataType.UINT8, n, design.height(),
                design.width(), 3));
        NDArray found = network.depth(pictures, batch);
        NDArray each = ops.losses().scaleInvariantLog(found, Torch.floats(batch.scope(), truth, n, design.height(), design.width()), share);
        return new Loss(ops.scale(each.mean(), LOSS_WEIGHT), Map.of());
    }

    @Override
    public int tested() {
        return session.tested(tested.size());
    }

    @Override
    public List<String> answers(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Measured sample = measured(tested, i, tested.picture(i));
            lines.add(new DepthAnswer(tested.key(i), scores.typical(sample.depth), scores.of(found(sample.picture), sample.depth)).line());
        }
        return lines;
    }

    /** Depth of every pixel of a picture, whose sides are stretched to multiples of the patch for the network. */
    private DepthMap found(Picture picture) {
        int patch = session.network().patch();
        int width = (picture.width() + patch - 1) / patch * patch;
        int height = (picture.height() + patch - 1) / patch * patch;
        byte[] rgb = Resampling.BILINEAR.resize(picture, width, height).rgb();
        int views = flipTest ? 2 : 1;
        ByteBuffer bytes = ByteBuffer.allocateDirect(views * rgb.length).put(rgb);
        if (flipTest) {
            byte[] mirrored = rgb.clone();
            Augment.flip(mirrored, width, height);
            bytes.put(mirrored);
        }
        try (NDManager scope = session.torch().scope()) {
            NDArray pictures = ops.pictures().fromBytes(Torch.bytes(scope, bytes.flip(), DataType.UINT8, views, height, width, 3));
            NDArray depth = network.depth(pictures, null).expandDims(1);
            float[] metres = ops.pictures().resizeBilinear(depth, picture.height(), picture.width(), false).toFloatArray();
            DepthMap own = new DepthMap(picture.width(), picture.height(), Arrays.copyOf(metres, metres.length / views));
            if (flipTest) {
                float[] other = new DepthMap(picture.width(), picture.height(),
                        Arrays.copyOfRange(metres, metres.length / 2, metres.length)).mirrored().metres();
                for (int k = 0; k < other.length; k++) {
                    own.metres()[k] = (own.metres()[k] + other[k]) / 2;
                }
            }
            return own;
        }
    }

    @Override
    public List<ResultRow> results(List<String> answers) {
        List<DepthAnswer> scored = DepthAnswer.parse(answers).stream().filter(answer -> answer.errors().pixels() > 0).toList();
        if (scored.isEmpty()) {
            throw UserError.badData(Path.of(tested.name()), "no pixel of the test pictures has a depth within range");
        }
        // one depth for every pixel, the geometric mean
        double logs = 0;
        long pixels = 0;
        for (DepthAnswer answer : scored) {
            logs += answer.errors().pixels() * StrictMath.log(answer.typical());
            pixels += answer.errors().pixels();
        }
        float constant = (float) StrictMath.exp(logs / pixels);
        Set<String> keys = scored.stream().map(DepthAnswer::key).collect(Collectors.toSet());
        double[] values = DepthMetrics.means(scored.stream().map(DepthAnswer::errors).toList());
        double[] floor = DepthMetrics.means(IntStream.range(0, tested()).filter(i -> keys.contains(tested.key(i))).mapToObj(i -> {
            DepthMap truth = truth(tested, i);
            return scores.of(DepthMap.constant(truth.width(), truth.height(), constant), truth);
        }).toList());
        return IntStream.range(0, values.length).mapToObj(k -> session.task().row("depth", "all", "fine_tuned", protocol.scored(),
                DepthMetrics.NAMES.get(k), values[k], floor[k], scored.size())).toList();
    }

    @Override
    public void write(List<String> answers, Path folder) throws IOException {
        FineTuneSession.writePredictions(folder, DepthAnswer.HEADER, answers);
        Files.createDirectories(folder.resolve("pictures"));
        List<Annotated> cells = new ArrayList<>();
        for (int i : FineTuneSession.spread(SHOWN, tested())) {
            Measured sample = measured(tested, i, tested.picture(i));
            DepthColours colours = DepthColours.spanning(sample.depth);
            cells.add(cell(tested.key(i), "picture", sample.picture));
            cells.add(cell("", "truth", colours.picture(sample.depth)));
            cells.add(cell("", "prediction", colours.picture(found(sample.picture))));
        }
        new SampleSheet(3, CELL).write(folder.resolve("pictures/depth.png"), cells, session.data().classes());
    }

    private static Annotated cell(String title, String caption, Picture picture) {
        return new Annotated(title, caption, picture, Optional.empty(), Optional.empty(), List.of());
    }
}
