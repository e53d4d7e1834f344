package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.FeatureExtractor;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.PictureCache;
import org.equirepro.vision.load.ViewSource;
import org.equirepro.vision.views.PictureViews;

/**
 * Features of random crops and flips, drawn anew in every epoch: the training views of iBOT's linear evaluation, a crop of 8 to
 * 100 % of the area with bilinear resampling, mirrored half of the time. All kinds of features come from one pass through the
 * encoder. A step's pictures go through it in parts; the part that an epoch has left over is left out, another one in each epoch.
 */
final class AugmentedFeatures implements FeatureBatches {

    /** At most so many pictures go through the encoder at once, */
    private static final int PART = 128;
    /** and at most this share of an epoch, so that little is left over. */
    private static final int PARTS_OF_EPOCH = 16;

    private final Torch torch;
    private final FeatureExtractor extractor;
    private final Normalisation normalisation;
    private final int side;
    private final List<FeatureKind> kinds;
    private final Views views;
    private final long seed;
    private final int threads;
    private final int epochs;
    private final int part;
    private final int partsOfStep;
    private final int partsOfEpoch;
    private Loader<ViewSource.Views> loader;

    /** One view of each chosen picture. */
    private record Views(PictureCache pictures, String name, int[] chosen, PictureViews drawn) implements ViewSource {

        @Override
        public int size() {
            return chosen.length;
        }

        @Override
        public int[] sides() {
            return Arrays.copyOf(drawn.sides(), 1);
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            drawn.view(pictures.get(chosen[member]), seed, epoch, chosen[member], 0, out[0]);
        }
    }

    AugmentedFeatures(ClassifiedPictures train, List<FeatureKind> kinds, int batch, int epochs) {
        ProbeSession session = train.session();
        this.torch = session.torch();
        this.extractor = session.extractor();
        this.normalisation = session.encoder().normalisation(torch.root());
        this.side = session.encoder().image();
        this.kinds = kinds;
        String settings = "{\"size\": " + side + ", \"flip\": 0.5, \"resample\": \"bilinear\"}";
        this.views = new Views(new PictureCache(train.split()), "split " + train.split().name(), train.pictures(),
                new PictureViews(Settings.parseJson("crop_flip", settings)));
        this.seed = session.task().seed();
        this.threads = session.threads();
        this.epochs = epochs;
        this.part = part(batch, Math.min(PART, Math.max(1, train.count() / PARTS_OF_EPOCH)));
        this.partsOfStep = batch / part;
        this.partsOfEpoch = Loader.perEpoch(train.count(), part);
    }

    /** The largest divisor of the batch that is not above {@code most}. */
    private static int part(int batch, int most) {
        return IntStream.rangeClosed(1, Math.min(batch, most)).filter(n -> batch % n == 0).max().orElseThrow();
    }

    @Override
    public int perEpoch() {
        return (partsOfEpoch + partsOfStep - 1) / partsOfStep;
    }

    @Override
    public int samples() {
        return part * partsOfStep;
    }

    @Override
    public Batch at(NDManager scope, long step) {
        long epoch = step / perEpoch();
        int first = (int) (step % perEpoch()) * partsOfStep;
        int parts = Math.min(partsOfStep, partsOfEpoch - first);
        if (loader == null) {
            loader = new Loader<>(views, new Loader.Options(seed, part, 0, 1, epoch * partsOfEpoch + first, (long) epochs * partsOfEpoch,
                    threads, 0));
        }
        int[][] members = new int[parts][];
        Map<FeatureKind, NDList> features = new EnumMap<>(FeatureKind.class);
        for (int i = 0; i < parts; i++) {
            Loader.Batch<ViewSource.Views> batch = loader.next();
            members[i] = batch.members();
            try (NDManager passing = scope.newSubManager()) {
                NDArray bytes = Torch.bytes(passing, batch.samples().pixels()[0], DataType.UINT8, part, side, side, 3);
                NDArray pictures = normalisation.apply(torch.ops(), torch.ops().pictures().fromBytes(bytes));
                extractor.of(pictures, kinds).forEach((kind, own) -> {
                    own.attach(scope);
                    features.computeIfAbsent(kind, k -> new NDList()).add(own);
                });
            }
        }
        Map<FeatureKind, NDArray> joined = new EnumMap<>(FeatureKind.class);
        features.forEach((kind, list) -> joined.put(kind, list.size() == 1 ? list.get(0) : NDArrays.concat(list, 0)));
        return new Batch(Arrays.stream(members).flatMapToInt(IntStream::of).toArray(), joined);
    }

    @Override
    public void close() {
        if (loader != null) {
            loader.close();
        }
    }
}
