package org.equirepro.evaluation.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.DenseTask;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.metrics.SegmentationMetrics;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.SampleSource;
import org.equirepro.vision.show.Annotated;
import org.equirepro.vision.show.SampleSheet;
import org.equirepro.vision.views.SegmentationViews;

/**
 * Semantic segmentation by UPerNet (poster; Xiao et al. 2018; recipe of Bao et al., "BEiT", and Zhou et al., "iBOT", ICLR 2022) on a
 * set whose pictures have a label map beside them. Scores are in per cent: the mean over classes of intersection over union
 * ({@code miou}), of the share of a class's pixels that are found, and the share of all pixels.
 */
public final class Segmentation implements DenseTask<SegmentationViews.View> {

    private static final String KIND = "segment";
    private static final String MEMBER = "png";
    private static final String HEADER = "sample,class,both,predicted,labelled";
    private static final int SHOWN = 8;
    private static final int CELL = 320;

    private final FineTuneSession session;
    private final Ops ops;
    private final int classes;
    private final SegmentationViews.Design design;
    private final UperNet network;
    private final SlidingWindow window;
    private final int longSide;
    private final int shortSide;
    private final Split tested;

    private Segmentation(FineTuneSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.ops = session.torch().ops();
        this.classes = session.data().classes().size();
        Settings views = recipe.at("views");
        double[] ratio = views.reals("ratio");
        this.design = new SegmentationViews.Design(views.integer("long_side"), views.integer("short_side"), ratio[0], ratio[1],
                views.integer("crop"), views.real("most_of_one_class", 1));
        if (design.crop() % session.network().patch() != 0) {
            throw UserError.usage(recipe.source() + ": views.crop must be a multiple of the encoder's patch, " + session.network().patch()
                    + ", found " + design.crop());
        }
        Settings test = recipe.at("test");
        this.longSide = test.integer("long_side");
        this.shortSide = test.integer("short_side");
        this.window = new SlidingWindow(ops, test, session.network().patch());
        this.network = new UperNet(session.torch(), session.network(), recipe, classes, session.seed());
        this.tested = session.test();
    }

    /** Fine-tunes, tests and writes the folder of results. */
    public static void run(FineTuning.Call call) {
        FineTuning.run(KIND, call, Segmentation::new);
    }

    @Override
    public SampleSource<List<SegmentationViews.View>> samples() {
        Split train = session.train();
        PictureCache pictures = session.trainPictures();
        SegmentationViews views = new SegmentationViews(design);
        return SampleSource.of(pictures.name(), pictures.size(), (seed, epoch, member) ->
                views.view(pictures.get(member), labels(train, member), seed, epoch, member));
    }

    private LabelMap labels(Split split, int i) {
        byte[] bytes = split.member(i, MEMBER).orElseThrow(() -> UserError.badData(Path.of(split.key(i)),
                "has no label map beside it: this data set is not for segmentation"));
        LabelMap map = PictureDecoder.labels(split.key(i), bytes);
        for (int label : map.unsigned()) {
            if (label >= classes && label != LabelMap.IGNORE) {
                throw UserError.badData(Path.of(split.key(i)), "has label " + label + " of " + classes + " classes");
            }
        }
        return map;
    }

    @Override
    public Loss loss(DenseBatch<SegmentationViews.View> batch) {
        int side = design.crop();
        int n = batch.samples().size();
        ByteBuffer pixels = ByteBuffer.allocateDirect(3 * n * side * side);
        long[] labels = new long[n * side * side];
        for (int i = 0; i < n; i++) {
            pixels.put(batch.samples().get(i).picture().rgb());
            int[] map = batch.samples().get(i).labels().unsigned();
            for (int k = 0; k < map.length; k++) {
                labels[i * map.length + k] = map[k];
            }
        }
        NDArray bytes = Torch.bytes(batch.scope(), pixels.flip(), DataType.UINT8, n, side, side, 3);
        return network.loss(ops.pictures().fromBytes(bytes), Torch.longs(batch.scope(), labels, n, side, side), batch);
    }

    @Override
    public int tested() {
        return session.tested(tested.size());
    }

    @Override
    public List<String> answers(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            SegmentationMetrics metrics = new SegmentationMetrics(classes, LabelMap.IGNORE);
            LabelMap truth = labels(tested, i);
            metrics.add(predicted(tested.picture(i)), truth.unsigned());
            for (int c = 0; c < classes; c++) {
                if (metrics.union()[c] > 0) {
                    lines.add(CSVFormat.DEFAULT.format(tested.key(i), c, metrics.intersection()[c], metrics.predicted()[c],
                            metrics.labelled()[c]));
                }
            }
        }
        return lines;
    }

    /** The class of every pixel; the picture is scaled for the network and the logits back. */
    private int[] predicted(Picture picture) {
        double factor = Math.min((double) longSide / Math.max(picture.width(), picture.height()),
                (double) shortSide / Math.min(picture.width(), picture.height()));
        int width = Math.max(1, (int) (picture.width() * factor + 0.5));
        int height = Math.max(1, (int) (picture.height() * factor + 0.5));
        Picture scaled = Resampling.BILINEAR.resize(picture, width, height);
        try (NDManager scope = session.torch().scope()) {
            NDArray bytes = Torch.bytes(scope, ByteBuffer.wrap(scaled.rgb()), DataType.UINT8, 1, height, width, 3);
            NDArray logits = window.logits(scope, ops.pictures().fromBytes(bytes), network::logits);
            long[] best = ops.pictures().resizeBilinear(logits, picture.height(), picture.width(), false).argMax(1).toLongArray();
            return Arrays.stream(best).mapToInt(c -> (int) c).toArray();
        }
    }

    @Override
    public List<ResultRow> results(List<String> answers) {
        SegmentationMetrics metrics = new SegmentationMetrics(classes, LabelMap.IGNORE);
        try (var records = CSVFormat.DEFAULT.parse(new StringReader(String.join("\n", answers)))) {
            for (CSVRecord r : records) {
                metrics.add(Integer.parseInt(r.get(1)), Long.parseLong(r.get(2)), Long.parseLong(r.get(3)), Long.parseLong(r.get(4)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long[] labelled = metrics.labelled();
        long all = Arrays.stream(labelled).sum();
        if (all == 0) {
            throw UserError.badData(Path.of(tested.name()), "no pixel of the test pictures has a label");
        }
        // one answer for every pixel, the best there is
        double share = (double) Arrays.stream(labelled).max().orElseThrow() / all;
        long present = Arrays.stream(labelled).filter(n -> n > 0).count();
        return List.of(row("miou", SegmentationMetrics.mean(metrics.iou()), share / present),
                row("mean_accuracy", SegmentationMetrics.mean(metrics.accuracy()), 1.0 / present),
                row("pixel_accuracy", metrics.pixelAccuracy(), share));
    }

    private ResultRow row(String metric, double value, double floor) {
        return session.task().row("class", "all", "fine_tuned", "slide", metric, 100 * value, 100 * floor, tested());
    }

    @Override
    public void write(List<String> answers, Path folder) throws IOException {
        FineTuneSession.writePredictions(folder, HEADER, answers);
        Files.createDirectories(folder.resolve("pictures"));
        List<Annotated> cells = new ArrayList<>();
        for (int i : FineTuneSession.spread(SHOWN, tested())) {
            Picture picture = tested.picture(i);
            int[] found = predicted(picture);
            byte[] labels = new byte[found.length];
            for (int k = 0; k < labels.length; k++) {
                labels[k] = (byte) found[k];
            }
            cells.add(cell(tested.key(i), "picture", picture, Optional.empty()));
            cells.add(cell("", "truth", picture, Optional.of(labels(tested, i))));
            cells.add(cell("", "prediction", picture, Optional.of(new LabelMap(picture.width(), picture.height(), labels))));
        }
        new SampleSheet(3, CELL).write(folder.resolve("pictures/segmentation.png"), cells, session.data().classes());
    }

    private static Annotated cell(String title, String caption, Picture picture, Optional<LabelMap> labels) {
        return new Annotated(title, caption, picture, labels, Optional.empty(), List.of());
    }
}
