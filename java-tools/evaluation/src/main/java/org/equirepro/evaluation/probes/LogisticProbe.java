package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.LogisticRegression;
import org.equirepro.evaluation.metrics.LogisticRegression.Samples;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.training.CheckpointStore;

/**
 * Classes by logistic regression on features of centre views, each vector at length 1 as in iBOT's evaluation. The strength of the
 * penalty is the one of {@code l2s} whose fit to the others answers a seeded share of the training pictures best
 * ({@code selection_fraction}); a fit to all of them with that strength is tested. Each fit is a part of its own, and one that
 * is interrupted goes on to the bit.
 */
public final class LogisticProbe {

    private static final String TASK = "logreg";
    private static final String PROTOCOL = "standard";
    private static final double SAVE_SECONDS = 300;

    private final ProbeSession session;
    private final List<FeatureKind> kinds;
    private final double[] l2s;
    private final double gradientBound;
    private final int maxIterations;
    private final ClassifiedPictures train;
    private final int[] selection;
    private final int[] others;

    LogisticProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.kinds = FeatureKind.of(recipe, session.encoder());
        this.l2s = recipe.reals("l2s");
        this.gradientBound = recipe.real("gradient_bound", 1e-6);
        this.maxIterations = recipe.integer("max_iterations", 1000);
        if (l2s.length == 0 || Arrays.stream(l2s).anyMatch(l2 -> !(l2 > 0)) || !(gradientBound > 0) || maxIterations < 1) {
            throw UserError.usage(recipe.source() + ": recipe.l2s (at least one), recipe.gradient_bound and recipe.max_iterations must"
                    + " be positive");
        }
        this.train = ClassifiedPictures.train(session);
        this.selection = train.selection(recipe.real("selection_fraction"));
        this.others = SampleChoice.rest(train.count(), selection);
        session.test(); // a set without it is refused now, not after the fits
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @throws UserError with exit code 75 if the budget ended before the last fit; others for a wrong recipe, a class without
     *     pictures, or a data set with several classes a picture
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new LogisticProbe(session).compute());
    }

    ProbePart compute() {
        OneClass known = train.oneClass();
        Map<FeatureKind, Features> features = train.features(kinds);
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (FeatureKind kind : kinds) {
            Features x = features.get(kind);
            double[] scores = new double[l2s.length];
            for (int i = 0; i < l2s.length && l2s.length > 1; i++) {
                double l2 = l2s[i];
                ProbePart part = parts.get(kind.word() + "-" + l2, state -> select(kind, x, known, l2));
                scores[i] = part.lastScore();
                all.add(part);
            }
            double chosen = best(l2s, scores);
            all.add(parts.get(kind.word(), state -> test(kind, x, known, chosen)));
        }
        return all;
    }

    /** The strongest penalty of the highest score. */
    static double best(double[] l2s, double[] scores) {
        double top = Arrays.stream(scores).max().orElseThrow();
        double best = 0;
        for (int i = 0; i < l2s.length; i++) {
            best = scores[i] == top ? Math.max(best, l2s[i]) : best;
        }
        return best;
    }

    private ProbePart select(FeatureKind kind, Features x, OneClass known, double l2) {
        ProbePart part = new ProbePart();
        String series = kind.word() + "/selection/l2=" + l2;
        LogisticRegression model = fit(series, x.select(others), Arrays.stream(others).map(i -> known.labels()[i]).toArray(), l2, part);
        int[] wanted = Arrays.stream(selection).map(i -> known.labels()[i]).toArray();
        OneClass held = new OneClass(wanted, known.classes(), known.meanPerClass());
        part.curve(series, model.iterations(), 0, "selection_score", held.own(model.predictions(units(x.select(selection)))));
        return part;
    }

    private ProbePart test(FeatureKind kind, Features x, OneClass known, double l2) {
        ProbePart part = new ProbePart();
        LogisticRegression model = fit(kind.word() + "/all/l2=" + l2, x, known.labels(), l2, part);
        ClassifiedPictures test = ClassifiedPictures.test(session);
        OneClass truth = test.oneClass();
        int[] answers = model.predictions(units(test.features(List.of(kind)).get(kind)));
        for (Labelling.Score score : truth.scores(answers, known)) {
            part.result(session.task().row("class", "all", kind.word(), PROTOCOL, score.metric(), score.value(), score.floor(), truth.count()));
        }
        truth.predictions(answers, part, kind.word(), PROTOCOL, test::key);
        return part;
    }

    private LogisticRegression fit(String series, Features x, int[] labels, double l2, ProbePart part) {
        LogisticRegression[] fitted = new LogisticRegression[1];
        Supplier<String> stop = session.stop();
        session.training(series.replace('/', '-'), store -> {
            SortedMap<String, double[]> begun = store == null ? null : store.newest().map(saved -> state(saved.tensors())).orElse(null);
            long begin = System.nanoTime();
            long[] last = {begin};
            fitted[0] = LogisticRegression.fit(session.torch(), units(x), labels, session.classes(), l2,
                    new LogisticRegression.Search(gradientBound, maxIterations, begun, state -> {
                        String reason = stop.get();
                        if (store != null && (reason != null || System.nanoTime() - last[0] > SAVE_SECONDS * 1e9)) {
                            save(store, state.get());
                            last[0] = System.nanoTime();
                        }
                        if (reason != null) {
                            throw UserError.savedRunAgain("stopped (" + reason + ") in the fit " + series
                                    + (store == null ? "; without --store nothing is saved" : "; the same command goes on from there"));
                        }
                    }));
            return last[0] != begin;
        });
        part.curve(series, fitted[0].iterations(), 0, "objective", fitted[0].objective());
        part.curve(series, fitted[0].iterations(), 0, "converged", fitted[0].converged() ? 1 : 0);
        return fitted[0];
    }

    private static void save(CheckpointStore store, SortedMap<String, double[]> state) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        state.forEach((name, values) -> tensors.put(name, SafeTensors.Tensor.of(values, values.length)));
        store.save(tensors, (long) state.get("value")[1]);
    }

    private static SortedMap<String, double[]> state(SafeTensors tensors) {
        SortedMap<String, double[]> state = new TreeMap<>();
        tensors.names().forEach(name -> state.put(name, tensors.doubles(name)));
        return state;
    }

    /** Rows of length 1. */
    private static Samples units(Features x) {
        return new Samples() {
            @Override
            public int rows() {
                return x.rows();
            }

            @Override
            public int columns() {
                return x.columns();
            }

            @Override
            public double[] block(int from, int to) {
                float[] values = x.block(from, to).values();
                double[] units = new double[values.length];
                for (int at = 0; at < values.length; at += columns()) {
                    double squares = 0;
                    for (int d = at; d < at + columns(); d++) {
                        squares += (double) values[d] * values[d];
                    }
                    double length = Math.max(Math.sqrt(squares), 1e-12);
                    for (int d = at; d < at + columns(); d++) {
                        units[d] = values[d] / length;
                    }
                }
                return units;
            }
        };
    }
}
