package org.equirepro.evaluation.keypoints;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.detection.CocoRows;
import org.equirepro.evaluation.detection.DetectionPictures;
import org.equirepro.evaluation.detection.FoundObjects;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.DenseTask;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.finetune.FineTunedNetwork;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.models.keypoints.HeatmapHead;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.SampleSource;
import org.equirepro.vision.views.PersonViews;

/**
 * Keypoints from the top down with ViTPose's classic decoder (Xu et al. 2022): each person's box becomes a view, the head gives a
 * heat map of each keypoint, trained by mean squared error on those that are labelled (UDP's targets), and the mean of a view's and
 * its mirrored view's maps gives the place (DARK). Scored by COCO's similarity of 17 points, and by PCKh where heads have boxes.
 */
public final class KeypointsTask implements DenseTask<PersonSample> {

    /** Peaks of less say nothing about a person's score (as in mmpose). */
    private static final double SEEN = 0.2;
    private static final double SAME = 0.9;

    private final FineTuneSession session;
    private final Ops ops;
    private final FineTunedNetwork network;
    private final PersonViews views;
    private final HeatmapHead head;
    private final KeypointLayout layout;
    private final int points;
    private final double sigma;
    private final int kernel;
    private final int mapWidth;
    private final int mapHeight;
    private final Split train;
    private final Split test;
    private final List<Persons.Person> trained;
    private final PersonBoxes boxes;

    /** Fine-tunes, tests and writes the folder of results; errors as in {@link FineTuning#run}. */
    public static void run(FineTuning.Call call) {
        FineTuning.run("keypoints", call, KeypointsTask::new);
    }

    /** Puts the head on the session's network. */
    private KeypointsTask(FineTuneSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.ops = session.torch().ops();
        this.network = session.network();
        this.views = new PersonViews(views(recipe.at("views"), network.patch()));
        this.sigma = recipe.real("sigma", 2);
        this.kernel = recipe.integer("kernel", 11);
        this.mapWidth = views.design().width() / network.patch() * HeatmapHead.FINER;
        this.mapHeight = views.design().height() / network.patch() * HeatmapHead.FINER;
        this.train = session.train();
        this.test = session.test();
        this.trained = Persons.annotated(train, train.size(), person -> person.labelledKeypoints() > 0);
        if (trained.isEmpty()) {
            throw UserError.badData(session.data().folder(), "has no person with keypoints in the split train");
        }
        this.points = instance(train, trained.get(0)).keypoints().length / 3;
        this.layout = KeypointLayout.of(points).orElseThrow(() -> UserError.badData(session.data().folder(), "has persons of " + points
                + " keypoints; 17 (COCO) and 16 (MPII) are known"));
        this.boxes = PersonBoxes.of(session, points);
        this.head = new HeatmapHead(network.head(), ops, "", network.width(), recipe.integer("head_width", 256), points, network.mode());
    }

    private static PersonViews.Design views(Settings section, int patch) {
        int width = section.integer("width");
        int height = section.integer("height");
        if (width % patch != 0 || height % patch != 0) {
            throw UserError.usage(section.source() + ": views.width and views.height must be multiples of the encoder's patch, " + patch);
        }
        return new PersonViews.Design(width, height, section.real("margin", 1.25), section.real("degrees", 40), section.real("turned", 0.6),
                section.real("least_scale", 0.5), section.real("most_scale", 1.5), section.flag("mirrored", true));
    }

    private static Instance instance(Split split, Persons.Person person) {
        return Persons.objects(split, person.picture()).objects().get(person.place());
    }

    @Override
    public SampleSource<List<PersonSample>> samples() {
        PictureCache pictures = session.trainPictures();
        return SampleSource.of("persons of " + pictures.name(), trained.size(), (seed, epoch, member) -> {
            Persons.Person person = trained.get(member);
            PersonViews.Parameters drawn = views.draw(person.box(), seed, epoch, member);
            byte[] rgb = new byte[3 * views.design().width() * views.design().height()];
            views.picture(pictures.get(person.picture()), drawn, rgb);
            return new PersonSample(rgb, maps(views.keypoints(instance(train, person).keypoints(), drawn)));
        });
    }

    /** UDP's targets of keypoints in the view. */
    private Heatmaps maps(double[] xyv) {
        if (xyv.length != 3 * points) {
            throw UserError.badData(session.data().folder(), "has persons of " + xyv.length / 3 + " and of " + points + " keypoints");
        }
        double[][] joints = new double[points][];
        float[] visible = new float[points];
        for (int k = 0; k < points; k++) {
            joints[k] = new double[] {xyv[3 * k] * (mapWidth - 1) / (views.design().width() - 1),
                xyv[3 * k + 1] * (mapHeight - 1) / (views.design().height() - 1)};
            visible[k] = xyv[3 * k + 2] > 0 ? 1 : 0;
        }
        return Heatmaps.encode(Heatmaps.Rule.UDP, joints, visible, mapWidth, mapHeight, sigma);
    }

    @Override
    public Loss loss(DenseBatch<PersonSample> batch) {
        int count = batch.samples().size();
        int pixels = mapWidth * mapHeight;
        float[] wanted = new float[count * points * pixels];
        float[] weights = new float[count * points];
        for (int i = 0; i < count; i++) {
            Heatmaps maps = batch.samples().get(i).maps();
            System.arraycopy(maps.weights(), 0, weights, i * points, points);
            for (int k = 0; k < points; k++) {
                System.arraycopy(maps.maps()[k], 0, wanted, (i * points + k) * pixels, pixels);
            }
        }
        NDArray pictures = pictures(batch.scope(), batch.samples().stream().map(PersonSample::rgb).toList());
        NDArray maps = head.forward(network.lastMap(pictures, FineTunedNetwork.Drawn.of(batch))); // [B, K, h, w]
        NDArray judged = maps.mul(Torch.floats(batch.scope(), weights, count, points, 1, 1)); // the others' targets are 0
        NDArray loss = ops.losses().mse(judged, Torch.floats(batch.scope(), wanted, count, points, mapHeight, mapWidth));
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("loss_heatmaps", loss);
        return new Loss(loss, parts);
    }

    private NDArray pictures(NDManager scope, List<byte[]> views) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(views.size() * views.get(0).length);
        views.forEach(bytes::put);
        return ops.pictures().fromBytes(Torch.bytes(scope, bytes.flip(), DataType.UINT8, views.size(), this.views.design().height(),
                this.views.design().width(), 3));
    }

    @Override
    public int tested() {
        return boxes.persons().size();
    }

    @Override
    public List<String> answers(int from, int to) {
        List<Persons.Person> persons = boxes.persons().subList(from, to);
        List<byte[]> plain = persons.parallelStream().map(this::view).toList();
        List<byte[]> both = new ArrayList<>(plain);
        plain.forEach(rgb -> {
            byte[] mirrored = rgb.clone();
            Augment.flip(mirrored, views.design().width(), views.design().height());
            both.add(mirrored);
        });
        float[] maps;
        try (NDManager scope = session.torch().scope()) {
            maps = head.forward(network.lastMap(pictures(scope, both), null)).toFloatArray();
        }
        int each = points * mapWidth * mapHeight;
        return IntStream.range(0, persons.size()).mapToObj(i -> CocoResults.line(found(persons.get(i),
                Arrays.copyOfRange(maps, i * each, (i + 1) * each),
                Arrays.copyOfRange(maps, (persons.size() + i) * each, (persons.size() + i + 1) * each)))).toList();
    }

    private byte[] view(Persons.Person person) {
        byte[] rgb = new byte[3 * views.design().width() * views.design().height()];
        views.picture(test.picture(person.picture()), views.plain(person.box()), rgb);
        return rgb;
    }

    /** @param maps of the view and {@code mirrored} of the mirrored view, [K, h, w] each */
    private Detection found(Persons.Person person, float[] maps, float[] mirrored) {
        PersonViews.Parameters plain = views.plain(person.box());
        HeatmapPeaks peaks = new HeatmapPeaks(mapWidth, mapHeight);
        double[] keypoints = new double[3 * points];
        float[] mean = new float[mapWidth * mapHeight];
        for (int k = 0; k < points; k++) {
            int own = k * mean.length;
            int other = layout.mirrored()[k] * mean.length;
            for (int i = 0; i < mean.length; i++) {
                int row = i / mapWidth * mapWidth;
                mean[i] = (maps[own + i] + mirrored[other + row + mapWidth - 1 - (i - row)]) / 2;
            }
            double[] place = peaks.darkUdp(mean, kernel);
            double[] back = views.back(place[0] * (views.design().width() - 1) / (mapWidth - 1),
                    place[1] * (views.design().height() - 1) / (mapHeight - 1), plain);
            keypoints[3 * k] = back[0];
            keypoints[3 * k + 1] = back[1];
            keypoints[3 * k + 2] = peaks.score(mean);
        }
        double seen = IntStream.range(0, points).mapToDouble(k -> keypoints[3 * k + 2]).filter(score -> score > SEEN).average().orElse(0);
        return new Detection(boxes.image(person), boxes.category(), person.score() * seen, Optional.of(person.box()), Optional.empty(),
                keypoints);
    }

    private CocoTruth truth() {
        return new CocoTruth(List.of(boxes.category()), IntStream.range(0, session.tested(test.size()))
                .mapToObj(i -> Persons.objects(test, i)).toList());
    }

    @Override
    public List<ResultRow> results(List<String> answers) {
        CocoTruth truth = truth();
        List<Detection> found = CocoResults.parse(answers, truth);
        List<ResultRow> rows = new ArrayList<>();
        if (points == CocoEvaluation.personSigmas().length) {
            rows.addAll(CocoRows.of(session.task(), IouType.KEYPOINTS, boxes.protocol(), truth, kept(found)));
        }
        if (boxes.annotated()) {
            OptionalDouble pckh = HeadSizes.pckh(found, boxes.persons().stream().map(person -> instance(test, person)).toList());
            pckh.ifPresent(value -> rows.add(session.task().row("person_keypoints", "all", "fine_tuned", boxes.protocol(), "pckh", value, 0,
                    found.size())));
        }
        if (rows.isEmpty()) {
            throw UserError.badData(session.data().folder(), "has neither 17 keypoints, which COCO scores, nor boxes of heads for PCKh in "
                    + "the split " + test.name());
        }
        return rows;
    }

    /** Detectors find a person twice; annotators do not. */
    private List<Detection> kept(List<Detection> found) {
        return FoundObjects.only(boxes.annotated() ? found : new PoseNms(SAME, CocoEvaluation.personSigmas()).keep(found), IouType.KEYPOINTS);
    }

    @Override
    public void write(List<String> answers, Path folder) {
        List<Detection> found = CocoResults.parse(answers, truth());
        CocoResults.write(folder.resolve("keypoints.json"), kept(found));
        DetectionPictures.write(folder.resolve("pictures").resolve("keypoints.png"), session, test, i -> Persons.objects(test, i), found,
                new long[] {boxes.category()});
    }
}
