package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.video.LabelPropagation;
import org.equirepro.evaluation.video.VideoLabels;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/** The labels of a video's first frame, carried through the others by the patch tokens of the session's encoder. */
final class CarriedLabels {

    /** Takes up one frame after the other. */
    @FunctionalInterface
    interface Frames {

        /**
         * @param frame from 0
         * @param found of the picture's size; in the first frame what is left of its labels in the patches
         */
        void take(int frame, Picture picture, LabelMap found, LabelMap truth);
    }

    private static final String MEMBER = "png";
    /** To a multiple of this the side that follows from {@code long_side} is cut. */
    private static final int STEP = 64;

    private final ProbeSession session;
    private final Settings recipe;
    private final Ops ops;
    private final Normalisation normalisation;
    private final LabelPropagation.Design design;
    private final int patch;
    private final Split videos;

    /** By the recipe of the session. */
    CarriedLabels(ProbeSession session) {
        this.session = session;
        this.recipe = session.recipe();
        this.ops = session.torch().ops();
        this.normalisation = session.encoder().normalisation(session.torch().root());
        this.patch = session.encoder().patch();
        this.design = new LabelPropagation.Design(recipe.integer("context"), recipe.integer("neighbours"), recipe.real("radius"),
                recipe.real("temperature"));
        if (!session.data().splits().contains("test") || !session.data().members().contains(MEMBER)
                || session.data().split("test").groups() == 0) {
            throw UserError.usage(recipe.source() + ": data set " + session.task().dataset()
                    + " has no videos with label maps; video needs davis2017, vip or render-videos");
        }
        this.videos = session.data().split("test");
    }

    /** The videos: groups of the split. */
    Split videos() {
        return videos;
    }

    /** The numbers of a video's frames in the split, at least 3. */
    int[] frames(int video) {
        int[] frames = videos.members(video);
        if (frames.length < 3) {
            throw UserError.badData(Path.of(videos.groupName(video)), "has " + frames.length + " frames, fewer than 3");
        }
        return frames;
    }

    /** What is true of a frame. */
    LabelMap truth(int frame) {
        return PictureDecoder.labels(videos.key(frame), videos.member(frame, MEMBER).orElseThrow(() -> UserError.badData(
                Path.of(videos.key(frame)), "has no label map beside it")));
    }

    /** Gives all frames of a video. */
    void of(int video, Frames to) {
        int[] frames = frames(video);
        LabelMap first = truth(frames[0]);
        Picture picture = videos.picture(frames[0]);
        int[] size = size(picture.width(), picture.height());
        VideoLabels labels = new VideoLabels(session.torch(), first, size[0], size[1], patch);
        int rows = size[1] / patch;
        int columns = size[0] / patch;
        if (design.neighbours() > rows * columns) {
            throw UserError.usage(recipe.source() + ": neighbours must be at most the " + rows * columns + " patches of a frame, found "
                    + design.neighbours());
        }
        to.take(0, picture, labels.map(labels.first(), first.width(), first.height()), first);
        try (GradMode off = GradMode.off(); NDManager scope = session.torch().scope();
                LabelPropagation carried = new LabelPropagation(session.torch(), design, rows, columns, labels.classes(),
                        features(scope, picture, size), labels.first())) {
            for (int i = 1; i < frames.length; i++) {
                try (NDManager own = session.torch().scope()) {
                    Picture next = videos.picture(frames[i]);
                    LabelMap truth = truth(frames[i]);
                    to.take(i, next, labels.map(carried.next(features(own, next, size)), truth.width(), truth.height()), truth);
                }
            }
        }
    }

    /** Width and height at which frames are seen. */
    private int[] size(int width, int height) {
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
}
