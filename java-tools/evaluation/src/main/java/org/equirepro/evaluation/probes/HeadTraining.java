package org.equirepro.evaluation.probes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.equirepro.base.Curves;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Trains several heads epoch by epoch, all on the features that an epoch has, so that these are computed once. If the time is over
 * at an epoch's end it saves the heads; the next run goes on from there, to the same bits.
 */
final class HeadTraining {

    private static final String EPOCHS = "epochs";
    private static final String CURVES = "curves";

    private final List<Head> heads;
    private final HeadRecipe recipe;
    private final String metric;

    /** {@code metric}: what the training loss is called among the curves. */
    HeadTraining(List<Head> heads, HeadRecipe recipe, String metric) {
        this.heads = heads;
        this.recipe = recipe;
        this.metric = metric;
    }

    /**
     * Trains to the end.
     *
     * @param examples of an epoch, counted from 0: one for each head; their number of samples is the same in all epochs
     * @param part gets the curves
     */
    void run(IntFunction<List<Head.Examples>> examples, PartState state, ProbePart part) {
        Curves curves = new Curves();
        Optional<SafeTensors> saved = state.saved();
        for (int epoch = saved.map(file -> Integer.valueOf(file.metadata().get(EPOCHS))).orElse(0); epoch < recipe.epochs(); epoch++) {
            List<Head.Examples> now = examples.apply(epoch);
            if (saved.isPresent()) {
                curves = Curves.parse(saved.get().file(), saved.get().metadata().get(CURVES));
                load(saved.get(), epoch, now);
                saved = Optional.empty();
            }
            for (int h = 0; h < heads.size(); h++) {
                Head head = heads.get(h);
                double[] losses = head.train(epoch, now.get(h));
                for (int c = 0; c < losses.length; c++) {
                    curves.add(head.series(c), head.step(), epoch + 1, metric, losses[c]);
                }
            }
            if (epoch + 1 < recipe.epochs() && state.due()) {
                throw state.stop(tensors(), new TreeMap<>(Map.of(EPOCHS, Integer.toString(epoch + 1), CURVES, curves.csv())));
            }
        }
        part.curves(curves);
    }

    private SortedMap<String, SafeTensors.Tensor> tensors() {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        for (int h = 0; h < heads.size(); h++) {
            tensors.putAll(heads.get(h).tensors(h + "."));
        }
        return tensors;
    }

    private void load(SafeTensors file, int epochs, List<Head.Examples> examples) {
        for (int h = 0; h < heads.size(); h++) {
            heads.get(h).load(file, h + ".", epochs, examples.get(h).features().rows());
        }
    }
}
