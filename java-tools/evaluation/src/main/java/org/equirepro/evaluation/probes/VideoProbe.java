package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.equirepro.evaluation.metrics.SegmentationMetrics;
import org.equirepro.evaluation.video.LabelPropagation;
import org.equirepro.evaluation.video.VideoLabels;
import org.equirepro.evaluation.video.VideoScores;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * Labels of each video's first frame carried through the others by the patch tokens of a frozen encoder (paper Table 7, by CropMAE's
 * pipeline): J and F of objects as DAVIS 2017 has them, the mean over all objects, or the mIoU over classes and all frames, as VIP has
 * it. Nothing is trained. The floor is what the labels of the first frame score that stay where they are.
 */
public final class VideoProbe {

    private static final String TASK = "video";
    private static final String SCORES = "scores";
    private static final String FEATURES = "patches";
    private static final String PROTOCOL = "propagated";
    private static final String MEMBER = "png";
    /** To a multiple of this the side that follows from {@code long_side} is cut. */
    private static final int STEP = 64;

    private final ProbeSession session;
    private final ProbeTask task;
    private final Ops ops;
    private final Normalisation normalisation;
    private final Split videos;
    private final LabelPropagation.Design design;
    private final boolean ofObjects;
    private final int patch;

    private VideoProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.ops = session.torch().ops();
        this.normalisation = session.encoder().normalisation(session.torch().root());
        this.patch = session.encoder().patch();
        this.design = new LabelPropagation.Design(recipe.integer("context"), recipe.integer("neighbours"), recipe.real("radius"),
                recipe.real("temperature"));
        this.ofObjects = recipe.text("score").equals("objects");
        if (!session.data().splits().contains("test") || !session.data().members().contains(MEMBER)
                || session.data().split("test").groups() == 0) {
            throw UserError.usage(recipe.source() + ": data set " + task.dataset() + " has no videos with label maps; video needs davis2017, "
                    + "vip or render-videos");
        }
        this.videos = session.data().split("test");
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param store where it is kept how far an interrupted call came; null for nowhere
     * @throws UserError with exit code 75 if the budget ended before the last video
     */
    public static void run(Settings config, Path shards, Path encoder, Path store, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, new Stores(store, FeatureStore.NONE), out, options,
                session -> new VideoProbe(session).compute());
    }

    /** What a video's scores are, and those of the first frame's labels. */
    private record Scored(String video, int frames, double[] found, double[] kept) {}

    private ProbePart compute() {
        return session.parts().get("videos", state -> {
            List<Scored> scored = new ArrayList<>();
            double[] saved = state.saved().map(file -> file.doubles(SCORES)).orElse(new double[0]);
            for (int at = 0; at < saved.length; ) {
                int n = (int) saved[at++];
                String name = videos.groupName(scored.size());
                scored.add(new Scored(name, videos.members(scored.size()).length, Arrays.copyOfRange(saved, at, at + n),
                        Arrays.copyOfRange(saved, at + n, at + 2 * n)));
                at += 2 * n;
            }
            int before = scored.size();
            for (int video = before; video < videos.groups(); video++) {
                if (video > before && state.due()) {
                    throw state.stop(new TreeMap<>(Map.of(SCORES, tensor(scored))), new TreeMap<>());
                }
                scored.add(score(video));
            }
            return ofObjects ? objects(scored) : classes(scored);
        });
    }

    private static SafeTensors.Tensor tensor(List<Scored> scored) {
        double[] flat = scored.stream().flatMapToDouble(s -> DoubleStream.concat(
                DoubleStream.of(s.found.length), DoubleStream.concat(Arrays.stream(s.found),
                        Arrays.stream(s.kept)))).toArray();
        return SafeTensors.Tensor.of(flat, flat.length);
    }

    private Scored score(int video) {
        int[] frames = videos.members(video);
        if (frames.length < 3) {
            throw UserError.badData(Path.of(videos.groupName(video)), "has " + frames.length + " frames, fewer than 3");
        }
        LabelMap first = labels(frames[0]);
        Picture picture = videos.picture(frames[0]);
        int[] size = size(picture.width(), picture.height());
        VideoLabels shares = new VideoLabels(session.torch(), first, size[0], size[1], patch);
        int patches = size[0] / patch * (size[1] / patch);
        if (design.neighbours() > patches) {
            throw UserError.usage(session.recipe().source() + ": neighbours must be at most the " + patches + " patches of a frame, found "
                    + design.neighbours());
        }
        VideoScores found = scores(first, frames.length);
        VideoScores kept = scores(first, frames.length);
        found.add(shares.map(shares.first(), first.width(), first.height()), first);
        kept.add(first, first);
        try (GradMode off = GradMode.off(); NDManager scope = session.torch().scope();
                LabelPropagation labels = new LabelPropagation(session.torch(), design, size[1] / patch, size[0] / patch, shares.classes(),
                        features(scope, picture, size), shares.first())) {
            for (int i = 1; i < frames.length; i++) {
                try (NDManager own = session.torch().scope()) {
                    LabelMap truth = labels(frames[i]);
                    float[] next = labels.next(features(own, videos.picture(frames[i]), size));
                    found.add(shares.map(next, truth.width(), truth.height()), truth);
                    kept.add(first, truth);
                }
            }
        }
        return new Scored(videos.groupName(video), frames.length, found.values(), kept.values());
    }

    private VideoScores scores(LabelMap first, int frames) {
        if (!ofObjects) {
            return VideoScores.ofClasses(session.classes());
        }
        int objects = 0;
        for (byte label : first.labels()) {
            objects = Math.max(objects, (label & 0xFF) == LabelMap.IGNORE ? 0 : label & 0xFF);
        }
        return VideoScores.ofObjects(objects, frames);
    }

    private LabelMap labels(int frame) {
        return PictureDecoder.labels(videos.key(frame), videos.member(frame, MEMBER).orElseThrow(() -> UserError.badData(
                Path.of(videos.key(frame)), "has no label map beside it")));
    }

    /** Width and height at which frames are seen. */
    private int[] size(int width, int height) {
        Settings recipe = session.recipe();
        int[] size;
        if (recipe.has("size")) {
            size = recipe.integers("size");
        } else {
            int side = recipe.integer("long_side");
            int shorter = Math.max(STEP, (int) ((double) side * Math.min(width, height) / Math.max(width, height)) / STEP * STEP);
            size = width > height ? new int[] {side, shorter} : new int[] {shorter, side};
        }
        if (size[0] % patch != 0 || size[1] % patch != 0) {
            throw UserError.usage(recipe.source() + ": frames of " + size[0] + " x " + size[1] + " pixels are no multiple of the encoder's patch, "
                    + patch + "; change size or long_side");
        }
        return size;
    }

    /** Patch tokens [N, D] of length 1. */
    private NDArray features(NDManager scope, Picture frame, int[] size) {
        NDArray bytes = Torch.bytes(scope, ByteBuffer.wrap(frame.rgb()), DataType.UINT8, 1, frame.height(), frame.width(), 3);
        NDArray picture = ops.pictures().resizeBilinear(ops.pictures().fromBytes(bytes), size[1], size[0], false);
        NDArray tokens = session.encoder().forward(normalisation.apply(ops, picture), Precision.FLOAT32).patches();
        return ops.arrays().unitRows(tokens.squeeze(0), 1e-12);
    }

    private ProbePart objects(List<Scored> scored) {
        ProbePart part = new ProbePart();
        double[] sums = new double[4];
        int objects = 0;
        for (Scored video : scored) {
            for (int k = 0; k < video.found.length; k += 2) {
                objects++;
                String name = video.video + "/" + (k / 2 + 1);
                part.prediction("objects", "j", FEATURES, PROTOCOL, name, 1, video.found[k]);
                part.prediction("objects", "f", FEATURES, PROTOCOL, name, 1, video.found[k + 1]);
                sums[0] += video.found[k];
                sums[1] += video.found[k + 1];
                sums[2] += video.kept[k];
                sums[3] += video.kept[k + 1];
            }
        }
        if (objects == 0) {
            throw UserError.badData(Path.of(videos.name()), "no first frame has an object");
        }
        result(part, "objects", "j", sums[0] / objects, sums[2] / objects, objects);
        result(part, "objects", "f", sums[1] / objects, sums[3] / objects, objects);
        result(part, "objects", "jf", (sums[0] + sums[1]) / 2 / objects, (sums[2] + sums[3]) / 2 / objects, objects);
        return part;
    }

    private ProbePart classes(List<Scored> scored) {
        ProbePart part = new ProbePart();
        SegmentationMetrics found = new SegmentationMetrics(session.classes(), LabelMap.IGNORE);
        SegmentationMetrics kept = new SegmentationMetrics(session.classes(), LabelMap.IGNORE);
        int frames = 0;
        for (Scored video : scored) {
            SegmentationMetrics own = new SegmentationMetrics(session.classes(), LabelMap.IGNORE);
            add(video.found, own);
            add(video.found, found);
            add(video.kept, kept);
            frames += video.frames;
            part.prediction("class", "miou", FEATURES, PROTOCOL, video.video, 1, SegmentationMetrics.mean(own.iou()));
        }
        result(part, "class", "miou", SegmentationMetrics.mean(found.iou()), SegmentationMetrics.mean(kept.iou()), frames);
        return part;
    }

    private static void add(double[] counts, SegmentationMetrics metrics) {
        for (int c = 0; c < counts.length / 3; c++) {
            metrics.add(c, (long) counts[3 * c], (long) counts[3 * c + 1], (long) counts[3 * c + 2]);
        }
    }

    private void result(ProbePart part, String target, String metric, double value, double floor, int samples) {
        part.result(task.row(target, "all", FEATURES, PROTOCOL, metric, 100 * value, 100 * floor, samples));
    }
}
