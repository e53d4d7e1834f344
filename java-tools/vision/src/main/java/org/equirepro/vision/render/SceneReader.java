package org.equirepro.vision.render;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.image.PictureDecoder;

/**
 * A data set of drawn scenes; see {@link ScenePlan} for its settings. Samples, members, classes and keys are those that the readers
 * of COCO, MPII and ADE20K give for the same scenes written to disk by {@link SceneWriter}: objects in the member {@code json}, or for
 * {@code annotations: segmentation} the class of every pixel in the member {@code png}; with {@code depth: true} also a
 * {@link org.equirepro.vision.image.DepthMap} in the member {@code depth}. A picture is drawn once, with its members, when one of
 * them is asked for, on the thread that asks.
 */
public final class SceneReader implements Reader {

    private static final String PICTURE = "jpg";

    private final ScenePlan plan;
    private final RenderPool pool;

    private SceneReader(ScenePlan plan) {
        this.plan = plan;
        this.pool = plan.pool();
    }

    /** The reader of a {@code render-scenes} section. */
    public static SceneReader of(Settings settings) {
        return new SceneReader(ScenePlan.of(settings));
    }

    @Override
    public List<String> classes() {
        return plan.classNames();
    }

    @Override
    public List<String> members() {
        String own = plan.annotations() == SceneAnnotations.SEGMENTATION ? "png" : "json";
        return plan.depth() ? List.of("depth", own) : List.of(own);
    }

    @Override
    public Iterator<Sample> samples() {
        return Stream.of("train", "test").flatMap(split -> IntStream.range(0, plan.pictures(split)).mapToObj(i -> sample(split, i)))
                .iterator();
    }

    private Sample sample(String split, int index) {
        DrawnOnce once = new DrawnOnce(() -> files(split, index));
        Map<String, Sample.Bytes> members = new TreeMap<>();
        members().forEach(name -> members.put(name, () -> once.take(name)));
        return new Sample(key(plan.annotations(), split, index), split, 0, "", 0, new double[0], () -> once.take(PICTURE), members);
    }

    /** The picture's name in the layout of the annotations; in ascending order. */
    static String key(SceneAnnotations annotations, String split, int index) {
        boolean train = split.equals("train");
        return switch (annotations) {
            case INSTANCES, PERSON_KEYPOINTS -> String.format(Locale.ROOT, "%s2017/%012d.jpg", train ? "train" : "val",
                    SceneObjects.imageId(split, index));
            case SEGMENTATION -> String.format(Locale.ROOT, train ? "training/ADE_train_%08d.jpg" : "validation/ADE_val_%08d.jpg",
                    index + 1);
            case MPII -> String.format(Locale.ROOT, "%09d.jpg", SceneObjects.imageId(split, index));
        };
    }

    @Override
    public Map<String, String> provenance() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("source", "scenes drawn by this program from parametric solids and figures");
        if (plan.annotations() != SceneAnnotations.SEGMENTATION) {
            facts.put("category_ids", String.join(",", plan.annotated(plan.annotations()).stream().map(c -> Integer.toString(c.id())).toList()));
        }
        return facts;
    }

    private Map<String, byte[]> files(String split, int index) throws IOException {
        return pool.lend((renderer, writer) -> {
            DrawnScene scene = DrawnScene.of(StagedScene.of(plan, split, index), renderer);
            Map<String, byte[]> files = new TreeMap<>();
            files.put(PICTURE, writer.encode(scene.picture()));
            members().forEach(name -> files.put(name, member(name, scene, split, index)));
            return files;
        });
    }

    private byte[] member(String name, DrawnScene scene, String split, int index) {
        return switch (name) {
            case "depth" -> scene.depthMap().png();
            case "png" -> PictureDecoder.png(scene.labels(plan.categories()));
            default -> new SceneObjects(plan).of(scene, plan.annotations(), split, index).toBytes();
        };
    }
}
