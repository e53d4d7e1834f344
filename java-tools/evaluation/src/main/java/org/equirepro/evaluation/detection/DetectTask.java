package org.equirepro.evaluation.detection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.DenseTask;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.finetune.FineTunedNetwork;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.models.detection.MaskRcnn;
import org.equirepro.models.detection.PictureScaling;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.SampleSource;
import org.equirepro.vision.views.DetectionViews;

/**
 * Mask R-CNN on the encoder's last map (poster: 12 epochs; the pyramid of ViTDet, whose windows are not needed: all blocks attend
 * to the whole picture). Boxes, masks and, where the recipe asks for them, keypoints are scored by COCO's rules.
 */
public final class DetectTask implements DenseTask<DetectionSample> {

    /** Member of a shard that holds a picture's objects. */
    private static final String OBJECTS = "json";

    private final FineTuneSession session;
    private final Torch torch;
    private final FineTunedNetwork network;
    private final MaskRcnn detector;
    private final DetectionViews views;
    private final int keypoints;
    private final long[] categories;
    private final Split test;

    /** Fine-tunes, tests and writes the folder of results; errors as in {@link FineTuning#run}. */
    public static void run(FineTuning.Call call) {
        FineTuning.run("detect", call, DetectTask::new);
    }

    /** Puts the heads on the session's network. */
    private DetectTask(FineTuneSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.torch = session.torch();
        this.network = session.network();
        this.views = new DetectionViews(DetectionRecipe.views(recipe, network.patch()));
        MaskRcnn.Design design = DetectionRecipe.heads(recipe, session.data().classes().size());
        this.keypoints = design.keypoints();
        this.detector = new MaskRcnn(network.head(), torch.ops(), design, DetectionRecipe.rules(recipe), network.width(), network.patch());
        this.categories = categories(session);
        this.test = session.test();
        if (!session.data().members().contains(OBJECTS)) {
            throw UserError.badData(session.data().folder(), "has no objects beside its pictures; detect needs a set in COCO's layout");
        }
    }

    /** The set's own ids of the classes. */
    private static long[] categories(FineTuneSession session) {
        Settings source = session.data().receipt().at("source");
        return source.has("category_ids") ? Arrays.stream(source.text("category_ids").split(",")).mapToLong(Long::parseLong).toArray()
                : IntStream.rangeClosed(1, session.data().classes().size()).asLongStream().toArray();
    }

    private static PictureObjects objects(Split split, int i) {
        return PictureObjects.parse(split.key(i), split.member(i, OBJECTS).orElseThrow(() ->
                UserError.badData(Path.of(split.key(i)), "has no objects beside it; prepare the data again")));
    }

    @Override
    public SampleSource<List<DetectionSample>> samples() {
        Split train = session.train();
        PictureCache pictures = session.trainPictures();
        return SampleSource.of(pictures.name(), pictures.size(), (seed, epoch, member) -> {
            PictureObjects objects = objects(train, member);
            requireKeypoints(train, member, objects);
            DetectionViews.Parameters drawn = views.draw(objects.width(), objects.height(), seed, epoch, member);
            byte[] rgb = new byte[3 * views.side() * views.side()];
            views.picture(pictures.get(member), drawn, rgb);
            return DetectionSample.of(rgb, drawn, views.objects(objects, drawn), keypoints);
        });
    }

    private void requireKeypoints(Split split, int member, PictureObjects picture) {
        for (Instance object : picture.objects()) {
            int points = object.keypoints().length / 3;
            if (keypoints > 0 && points > 0 && points != keypoints) {
                throw UserError.usage(session.recipe().source() + ": heads.keypoints is " + keypoints + ", but " + split.key(member) + " has "
                        + points);
            }
        }
    }

    @Override
    public Loss loss(DenseBatch<DetectionSample> batch) {
        int side = views.side();
        ByteBuffer bytes = ByteBuffer.allocateDirect(3 * side * side * batch.samples().size());
        batch.samples().forEach(sample -> bytes.put(sample.rgb()));
        NDArray map = map(batch.scope(), bytes.flip(), batch.samples().size(), FineTunedNetwork.Drawn.of(batch));
        Map<String, NDArray> parts = detector.losses(map, side, side, batch.samples().stream().map(DetectionSample::objects).toList(),
                (i, what) -> Draws.at(session.seed(), batch.epoch(), batch.members()[i], 0, "detect." + what));
        return new Loss(parts.values().stream().reduce(NDArray::add).orElseThrow(), parts);
    }

    /** What the last block leaves, without the final norm, as in ViTDet. */
    private NDArray map(NDManager scope, ByteBuffer rgb, int pictures, FineTunedNetwork.Drawn drawn) {
        NDArray bytes = Torch.bytes(scope, rgb, DataType.UINT8, pictures, views.side(), views.side(), 3);
        return network.maps(torch.ops().pictures().fromBytes(bytes), new int[] {network.depth() - 1}, drawn).get(0);
    }

    @Override
    public int tested() {
        return session.tested(test.size());
    }

    /** A picture on its way through the test. */
    private record Tested(PictureObjects objects, DetectionViews.Parameters drawn, byte[] rgb) {}

    @Override
    public List<String> answers(int from, int to) {
        List<Tested> pictures = IntStream.range(from, to).parallel().mapToObj(this::tested).toList();
        List<MaskRcnn.Found> found = pictures.stream().map(this::found).toList();
        return IntStream.range(0, found.size()).parallel().mapToObj(i -> {
            Tested picture = pictures.get(i);
            return FoundObjects.detections(found.get(i), picture.drawn, picture.objects, categories).stream().map(CocoResults::line).toList();
        }).flatMap(List::stream).toList();
    }

    private Tested tested(int i) {
        PictureObjects objects = objects(test, i);
        DetectionViews.Parameters drawn = views.whole(objects.width(), objects.height());
        byte[] rgb = new byte[3 * views.side() * views.side()];
        views.picture(test.picture(i), drawn, rgb);
        return new Tested(objects, drawn, rgb);
    }

    private MaskRcnn.Found found(Tested picture) {
        try (NDManager scope = torch.scope()) {
            NDArray map = map(scope, ByteBuffer.wrap(picture.rgb), 1, null);
            return detector.detect(map, views.side(), views.side(),
                    List.of(new PictureScaling.Size(picture.drawn.height(), picture.drawn.width()))).get(0);
        }
    }

    private CocoTruth truth() {
        List<Long> ids = Arrays.stream(categories).boxed().toList();
        return new CocoTruth(ids, IntStream.range(0, tested()).mapToObj(i -> objects(test, i)).toList());
    }

    @Override
    public List<ResultRow> results(List<String> answers) {
        CocoTruth truth = truth();
        List<Detection> all = CocoResults.parse(answers, truth);
        List<ResultRow> rows = new ArrayList<>();
        for (IouType type : types()) {
            rows.addAll(CocoRows.of(session.task(), type, "standard", truth, FoundObjects.only(all, type)));
        }
        if (rows.isEmpty()) {
            throw UserError.badData(session.data().folder(), "has no objects in the tested pictures");
        }
        return rows;
    }

    private List<IouType> types() {
        return keypoints > 0 ? List.of(IouType.BBOX, IouType.SEGM, IouType.KEYPOINTS) : List.of(IouType.BBOX, IouType.SEGM);
    }

    /** The result files of COCO, one for each kind, and truth and detections side by side. */
    @Override
    public void write(List<String> answers, Path folder) {
        CocoTruth truth = truth();
        List<Detection> all = CocoResults.parse(answers, truth);
        for (IouType type : types()) {
            CocoResults.write(folder.resolve(type.name().toLowerCase(java.util.Locale.ROOT) + ".json"), FoundObjects.only(all, type));
        }
        DetectionPictures.write(folder.resolve("pictures").resolve("detections.png"), session, test, i -> objects(test, i), all, categories);
    }
}
