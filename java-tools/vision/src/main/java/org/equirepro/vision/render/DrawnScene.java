package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;

/**
 * A picture of a scene with what every pixel shows. A pixel belongs to what most of its samples show, and of two that share it
 * evenly to a thing rather than the stage and to the earlier thing; its depth is that of the nearest of those samples.
 *
 * @param staged  the scene, without what would hardly be seen
 * @param picture as large as the maps
 * @param owner   [size, size] which thing, part of the stage or sky ({@link StagedScene#owners}) a pixel belongs to
 * @param depth   [size, size] distance along the camera's axis in metres; 0 for the sky
 * @param points  for every thing the projected keypoints, by name; empty for solids
 */
record DrawnScene(StagedScene staged, Picture picture, int[] owner, float[] depth, List<SeenPoints> points) {

    /** A thing that has fewer pixels than this part of the picture is left out of the scene, but never the last. */
    private static final int LEAST_SHARE = 1024;
    private static final int LEAST_PIXELS = 6;

    /** Draws the scene. */
    static DrawnScene of(StagedScene scene, Renderer renderer) {
        StagedScene kept = scene;
        renderer.draw(kept.scene());
        int[] owner = owner(kept, renderer);
        for (StagedScene seen = seen(kept, owner, renderer.size()); seen.things().size() < kept.things().size();
                seen = seen(kept, owner, renderer.size())) {
            kept = seen;
            renderer.draw(kept.scene());
            owner = owner(kept, renderer);
        }
        return finished(kept, owner, renderer);
    }

    /** Draws the scene with all its things, seen or hidden, as a frame of a video. */
    static DrawnScene whole(StagedScene scene, Renderer renderer) {
        renderer.draw(scene.scene());
        return finished(scene, owner(scene, renderer), renderer);
    }

    private static DrawnScene finished(StagedScene scene, int[] owner, Renderer renderer) {
        List<SeenPoints> points = new ArrayList<>();
        for (Thing thing : scene.things()) {
            points.add(SeenPoints.of(thing, scene.stage().camera(), renderer));
        }
        return new DrawnScene(scene, renderer.light(scene.scene()), owner, depth(scene, owner, renderer), points);
    }

    /** Without things that are nearly hidden; of a crowd all or none; where the first thing is hidden, nothing else. */
    private static StagedScene seen(StagedScene scene, int[] owner, int size) {
        int least = Math.max(LEAST_PIXELS, size * size / LEAST_SHARE);
        List<Thing> things = scene.things();
        int[] pixels = new int[scene.sky() + 1];
        int crowd = 0;
        for (int o : owner) {
            pixels[o]++;
            crowd += o < things.size() && things.get(o).crowd() ? 1 : 0;
        }
        if (!things.isEmpty() && !things.get(0).crowd() && pixels[0] < least) {
            return scene.with(t -> t == 0);
        }
        boolean crowdSeen = crowd >= least;
        return scene.with(t -> things.get(t).crowd() ? crowdSeen : pixels[t] >= least);
    }

    private static int[] owner(StagedScene scene, Renderer renderer) {
        int[] owners = scene.owners();
        int size = renderer.size();
        int samples = renderer.samples();
        int[] owner = new int[size * size];
        int[] votes = new int[scene.sky() + 1];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                Arrays.fill(votes, 0);
                int best = scene.sky();
                for (int j = 0; j < samples; j++) {
                    for (int i = 0; i < samples; i++) {
                        int body = renderer.body(column * samples + i, row * samples + j);
                        int seen = body == DepthRaster.NOTHING ? scene.sky() : owners[body];
                        votes[seen]++;
                        best = votes[seen] > votes[best] || votes[seen] == votes[best] && seen < best ? seen : best;
                    }
                }
                owner[row * size + column] = best;
            }
        }
        return owner;
    }

    private static float[] depth(StagedScene scene, int[] owner, Renderer renderer) {
        int[] owners = scene.owners();
        int samples = renderer.samples();
        float[] depth = new float[owner.length];
        for (int at = 0; at < depth.length; at++) {
            float nearest = 0;
            int left = at % renderer.size() * samples;
            int top = at / renderer.size() * samples;
            for (int k = 0; k < samples * samples; k++) {
                int body = renderer.body(left + k % samples, top + k / samples);
                if (body != DepthRaster.NOTHING && owners[body] == owner[at]) {
                    nearest = Math.max(nearest, renderer.nearness(left + k % samples, top + k / samples));
                }
            }
            depth[at] = nearest == 0 ? 0 : 1 / nearest;
        }
        return depth;
    }

    int size() {
        return picture.width();
    }

    DepthMap depthMap() {
        return new DepthMap(size(), size(), depth);
    }

    /** The pixels of a thing, or of the crowd to which it belongs. */
    Rle mask(int thing) {
        boolean crowd = staged.things().get(thing).crowd();
        byte[] mask = new byte[owner.length];
        for (int at = 0; at < mask.length; at++) {
            boolean own = owner[at] == thing || crowd && owner[at] < staged.things().size() && staged.things().get(owner[at]).crowd();
            mask[at] = (byte) (own ? 1 : 0);
        }
        return Rle.encode(mask, size(), size());
    }

    /** The class of every pixel: {@link Stuff}, then the categories. */
    LabelMap labels(List<ScenePlan.Category> categories) {
        byte[] label = new byte[staged.sky() + 1];
        for (int i = 0; i < label.length; i++) {
            int part = i - staged.things().size();
            label[i] = (byte) (part < 0 ? Stuff.values().length + categories.indexOf(staged.things().get(i).category())
                    : i == staged.sky() ? Stuff.SKY.ordinal() : staged.stage().stuff().get(part).ordinal());
        }
        byte[] labels = new byte[owner.length];
        for (int at = 0; at < labels.length; at++) {
            labels[at] = label[owner[at]];
        }
        return new LabelMap(size(), size(), labels);
    }
}
