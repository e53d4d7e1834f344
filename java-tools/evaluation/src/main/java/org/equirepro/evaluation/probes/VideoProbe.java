package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.equirepro.evaluation.finetune.FineTuneSession;
import org.equirepro.evaluation.metrics.SegmentationMetrics;
import org.equirepro.evaluation.video.VideoScores;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.show.Annotated;
import org.equirepro.vision.show.SampleSheet;

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
    private static final int SHOWN = 4;
    private static final int CELL = 320;

    private final ProbeSession session;
    private final ProbeTask task;
    private final CarriedLabels labels;
    private final Split videos;
    private final boolean ofObjects;

    private VideoProbe(ProbeSession session) {
        this.session = session;
        this.task = session.task();
        this.labels = new CarriedLabels(session);
        this.videos = labels.videos();
        this.ofObjects = switch (session.recipe().text("score")) {
            case "objects" -> true;
            case "classes" -> false;
            default -> throw UserError.usage(session.recipe().source() + ": recipe.score must be objects or classes, found "
                    + session.recipe().text("score"));
        };
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
            ProbePart part = ofObjects ? objects(scored) : classes(scored);
            part.picture("video.png", sheet());
            return part;
        });
    }

    private static SafeTensors.Tensor tensor(List<Scored> scored) {
        double[] flat = scored.stream().flatMapToDouble(s -> DoubleStream.concat(DoubleStream.of(s.found.length),
                DoubleStream.concat(Arrays.stream(s.found), Arrays.stream(s.kept)))).toArray();
        return SafeTensors.Tensor.of(flat, flat.length);
    }

    private Scored score(int video) {
        int frames = labels.frames(video).length;
        LabelMap first = labels.truth(labels.frames(video)[0]);
        VideoScores found = scores(first, frames);
        VideoScores kept = scores(first, frames);
        labels.of(video, (frame, picture, map, truth) -> {
            found.add(map, truth);
            kept.add(first, truth);
        });
        return new Scored(videos.groupName(video), frames, found.values(), kept.values());
    }

    private VideoScores scores(LabelMap first, int frames) {
        if (!ofObjects) {
            return VideoScores.ofClasses(session.classes());
        }
        int objects = 0;
        for (int label : first.unsigned()) {
            objects = Math.max(objects, label == LabelMap.IGNORE ? 0 : label);
        }
        return VideoScores.ofObjects(objects, frames);
    }

    /** Some videos in rows: their first frame with its labels, then what was found in the middle and at the end, and what is true there. */
    private byte[] sheet() {
        List<Annotated> cells = new ArrayList<>();
        for (int video : FineTuneSession.spread(SHOWN, videos.groups())) {
            int last = labels.frames(video).length - 1;
            labels.of(video, (frame, picture, map, truth) -> {
                if (frame == 0) {
                    cells.add(cell(videos.groupName(video), "first frame, given", picture, truth));
                } else if (frame == last / 2 || frame == last) {
                    cells.add(cell("", "frame " + (frame + 1) + ", found", picture, map));
                }
                if (frame == last) {
                    cells.add(cell("", "frame " + (frame + 1) + ", true", picture, truth));
                }
            });
        }
        return new SampleSheet(4, CELL).png(cells, session.data().classes());
    }

    private static Annotated cell(String title, String caption, Picture picture, LabelMap labels) {
        return new Annotated(title, caption, picture, Optional.of(labels), Optional.empty(), List.of());
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
