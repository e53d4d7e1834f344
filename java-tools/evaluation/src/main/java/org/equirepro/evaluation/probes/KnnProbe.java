package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.KnnClassifier;

/**
 * Classes by a weighted vote of the nearest training pictures (Zhou et al., "iBOT", ICLR 2022: temperature .07; k of 10, 20, 100 and
 * 200): nothing is trained, and every k is reported, so none is chosen. Training features are streamed from the store of
 * features, once for each {@value #QUERIES} test pictures, which are a part that an interrupted call does not compute again.
 */
public final class KnnProbe {

    private static final String TASK = "knn";
    private static final int QUERIES = 8192;

    private final ProbeSession session;
    private final List<FeatureKind> kinds;
    private final int[] ks;
    private final double temperature;
    private final ClassifiedPictures train;
    private final ClassifiedPictures test;

    KnnProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.kinds = FeatureKind.of(recipe, session.encoder());
        this.ks = recipe.integers("ks");
        this.temperature = recipe.real("temperature", 0.07);
        this.train = ClassifiedPictures.train(session);
        this.test = ClassifiedPictures.test(session);
        if (ks.length == 0 || Arrays.stream(ks).anyMatch(k -> k < 1 || k > train.count()) || Arrays.stream(ks).distinct().count() != ks.length) {
            throw UserError.usage(recipe.source() + ": recipe.ks must be different numbers between 1 and " + train.count()
                    + ", the training pictures");
        }
        if (!(temperature > 0)) {
            throw UserError.usage(recipe.source() + ": recipe.temperature must be positive");
        }
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @throws UserError with exit code 75 if the budget ended before the last part; others for a wrong recipe, a class without
     *     pictures, or a data set with several classes a picture
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new KnnProbe(session).compute());
    }

    ProbePart compute() {
        OneClass known = train.oneClass();
        OneClass truth = test.oneClass();
        Map<FeatureKind, Features> trainX = train.features(kinds);
        Map<FeatureKind, Features> testX = test.features(kinds);
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (FeatureKind kind : kinds) {
            KnnClassifier classifier = new KnnClassifier(session.torch(), trainX.get(kind), known.labels(), known.classes(), temperature);
            for (int from = 0; from < test.count(); from += QUERIES) {
                int[] asked = IntStream.range(from, Math.min(test.count(), from + QUERIES)).toArray();
                all.add(parts.get(kind.word() + "-" + from, state -> answers(kind, classifier, testX.get(kind), asked, truth)));
            }
        }
        for (FeatureKind kind : kinds) {
            for (int k : ks) {
                for (Labelling.Score score : truth.scores(all.answers(kind.word(), "k" + k), known)) {
                    all.result(session.task().row("class", "all", kind.word(), "k" + k, score.metric(), score.value(), score.floor(),
                            truth.count()));
                }
            }
        }
        return all;
    }

    private ProbePart answers(FeatureKind kind, KnnClassifier classifier, Features x, int[] asked, OneClass truth) {
        ProbePart part = new ProbePart();
        int[] own = Arrays.stream(asked).map(i -> truth.labels()[i]).toArray();
        for (KnnClassifier.Answers answers : classifier.answers(x.select(asked), own, ks)) {
            for (int i = 0; i < asked.length; i++) {
                part.prediction("class", "all", kind.word(), "k" + answers.k(), test.key(asked[i]), own[i], answers.classes()[i]);
            }
        }
        return part;
    }
}
