package org.equirepro.evaluation.finetune;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.probes.ProbeTask;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.load.PictureCache;

/**
 * What a task is made from.
 *
 * @param torch computes
 * @param task what is evaluated, and the rows of results
 * @param data the shards
 * @param network on whose maps the task puts its head
 */
public record FineTuneSession(Torch torch, ProbeTask task, ShardSet data, FineTunedNetwork network) {

    public Settings recipe() {
        return task.recipe();
    }

    public long seed() {
        return task.seed();
    }

    public Split train() {
        return data.split("train");
    }

    /** Pictures of {@link #train}, decoded once while memory allows. */
    public PictureCache trainPictures() {
        return new PictureCache(train());
    }

    /** The split {@code test} or, in a set that has none, {@code val}. */
    public Split test() {
        return data.split(data.splits().contains("test") ? "test" : "val");
    }

    /** How many samples are tested: all, or {@code test_samples} of the recipe. */
    public int tested(int samples) {
        return Math.min(samples, recipe().integer("test_samples", samples));
    }

    /** Numbers of {@code count} of {@code samples} samples, evenly spread: those that are drawn. */
    public static int[] spread(int count, int samples) {
        int n = Math.min(count, samples);
        return IntStream.range(0, n).map(i -> (int) ((long) i * samples / n)).toArray();
    }

    /** Writes {@code predictions.csv} into {@code folder}: the names of the columns, then a line an answer. */
    public static void writePredictions(Path folder, String header, List<String> answers) {
        AtomicFiles.writeLines(folder.resolve("predictions.csv"), Stream.concat(Stream.of(header), answers.stream()).toList());
    }
}
