package org.equirepro.vision.render;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/**
 * Short videos of drawn scenes in the form in which the reader of DAVIS 2017 gives its own: things move over the ground at constant
 * speed, before a camera that stands still, and the member {@code png} says which of them a pixel shows, from 1, or 0 for the stage. A
 * frame is fixed by the seed, its video and its number. The only split is {@code test}.
 *
 * <p>Keys of the configuration: {@code size}, {@code videos}, {@code frames}, {@code seed}, and where they may be left out
 * {@code classes}, {@code objects}, {@code persons}, {@code samples} as of {@link ScenePlan}, and {@code still}: nothing moves.
 */
public final class RenderedVideos implements Reader {

    public static final String KIND = "render-videos";

    private static final String SPLIT = "test";
    private static final String PICTURE = "jpg";
    private static final String LABELS = "png";
    /** Metres that a thing goes sideways in the course of a video, and to or from the camera at most. */
    private static final double LEAST_WAY = 0.25;
    private static final double MOST_WAY = 0.8;
    private static final double MOST_DEPTH = 0.3;

    private final ScenePlan plan;
    private final RenderPool pool;
    private final int frames;
    private final boolean still;

    private RenderedVideos(ScenePlan plan, int frames, boolean still) {
        this.plan = plan;
        this.pool = plan.pool();
        this.frames = frames;
        this.still = still;
    }

    /** The reader of a {@code render-videos} section. */
    public static RenderedVideos of(Settings settings) {
        int videos = RenderPlan.within(settings, "videos", settings.integer("videos"), 1, 100_000);
        int frames = RenderPlan.within(settings, "frames", settings.integer("frames"), 3, 1000);
        return new RenderedVideos(ScenePlan.ofVideos(settings, videos), frames, settings.flag("still", false));
    }

    @Override
    public List<String> classes() {
        return List.of("background", "object");
    }

    @Override
    public List<String> members() {
        return List.of(LABELS);
    }

    @Override
    public Iterator<Sample> samples() {
        return IntStream.range(0, plan.pictures(SPLIT)).boxed().flatMap(video -> IntStream.range(0, frames).mapToObj(frame ->
                sample(video, frame))).iterator();
    }

    private Sample sample(int video, int frame) {
        DrawnOnce once = new DrawnOnce(() -> files(video, frame));
        String group = String.format(Locale.ROOT, "video_%05d", video);
        return new Sample(String.format(Locale.ROOT, "%s/%05d.jpg", group, frame), SPLIT, 0, group, frame, new double[0],
                () -> once.take(PICTURE), Map.of(LABELS, () -> once.take(LABELS)));
    }

    @Override
    public Map<String, String> provenance() {
        return Map.of("source", "scenes drawn by this program from parametric solids and figures");
    }

    /** The things as they stand in a frame. */
    private StagedScene scene(StagedScene begin, int video, int frame) {
        if (still) {
            return begin;
        }
        double part = (double) frame / (frames - 1);
        return new StagedScene(begin.stage(), IntStream.range(0, begin.things().size()).mapToObj(i -> {
            Draws draws = Draws.at(plan.seed(), 2, video, i, "video-way");
            // towards the middle, so that it stays in view
            double side = draws.uniform(LEAST_WAY, MOST_WAY) * (begin.things().get(i).x() > 0 ? -1 : 1);
            return begin.things().get(i).moved(part * side, part * draws.uniform(-MOST_DEPTH, MOST_DEPTH));
        }).toList());
    }

    private Map<String, byte[]> files(int video, int frame) throws IOException {
        return pool.lend((renderer, writer) -> {
            // what the first frame hardly shows has no part in the video
            StagedScene begin = DrawnScene.of(StagedScene.of(plan, SPLIT, video), renderer).staged();
            DrawnScene drawn = DrawnScene.whole(scene(begin, video, frame), renderer);
            return Map.of(PICTURE, writer.encode(drawn.picture()), LABELS, PictureDecoder.png(labels(drawn)));
        });
    }

    private LabelMap labels(DrawnScene drawn) {
        byte[] labels = new byte[drawn.owner().length];
        for (int i = 0; i < labels.length; i++) {
            int owner = drawn.owner()[i];
            labels[i] = (byte) (owner < drawn.staged().things().size() ? owner + 1 : 0);
        }
        return new LabelMap(drawn.size(), drawn.size(), labels);
    }
}
