package org.equirepro.vision.render;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/**
 * ADE20K as the scene parsing benchmark has it: {@code images/SPLIT/NAME.jpg}, {@code annotations/SPLIT/NAME.png} with labels from 1,
 * splits {@code training} and {@code validation}, and {@code objectInfo150.txt}, which keeps its name whatever the number of classes.
 */
final class AdeLayout implements SceneLayout<long[]> {

    private final ScenePlan plan;
    private final Path root;
    private final long[] pixels;
    private final int[] inTrain;
    private final int[] inTest;

    AdeLayout(ScenePlan plan, Path root) {
        this.plan = plan;
        this.root = root;
        this.pixels = new long[plan.classNames().size()];
        this.inTrain = new int[pixels.length];
        this.inTest = new int[pixels.length];
    }

    /** Returns the number of pixels of every class. */
    @Override
    public long[] files(String split, int index, DrawnScene scene, byte[] jpeg) throws IOException {
        String key = SceneReader.key(SceneAnnotations.SEGMENTATION, split, index);
        SceneLayout.write(root.resolve("images").resolve(key), jpeg);
        LabelMap map = scene.labels(plan.categories());
        long[] counts = new long[pixels.length];
        byte[] shifted = new byte[map.labels().length];
        for (int i = 0; i < shifted.length; i++) {
            counts[map.labels()[i]]++;
            shifted[i] = (byte) (map.labels()[i] + 1);
        }
        SceneLayout.write(root.resolve("annotations").resolve(key.replace(".jpg", ".png")),
                PictureDecoder.png(new LabelMap(map.width(), map.height(), shifted)));
        return counts;
    }

    @Override
    public void list(String split, int index, long[] counts) {
        for (int c = 0; c < counts.length; c++) {
            pixels[c] += counts[c];
            (split.equals("train") ? inTrain : inTest)[c] += counts[c] > 0 ? 1 : 0;
        }
    }

    /** Idx, part of the pixels, pictures that show it in training and validation, whether it is stuff, name. */
    @Override
    public void finish() throws IOException {
        List<String> names = plan.classNames();
        double all = plan.size() * (double) plan.size() * (plan.train() + plan.test());
        StringBuilder text = new StringBuilder("Idx\tRatio\tTrain\tVal\tStuff\tName\n");
        for (int c = 0; c < pixels.length; c++) {
            text.append(String.format(Locale.ROOT, "%d\t%.4f\t%d\t%d\t%d\t%s\n", c + 1, pixels[c] / all, inTrain[c], inTest[c],
                    c < Stuff.values().length ? 1 : 0, names.get(c)));
        }
        SceneLayout.write(root.resolve("objectInfo150.txt"), text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
