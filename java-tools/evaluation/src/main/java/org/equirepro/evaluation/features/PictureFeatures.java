package org.equirepro.evaluation.features;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Hashes;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.PictureTransform;

/**
 * A frozen encoder's features of the pictures of one data set, computed once: what has been computed is read from the store where
 * there is one. They depend on the weights, the data set, which pictures in which order, how they are shown, the kind, and the
 * program with its device and number of threads, and on nothing else.
 */
public final class PictureFeatures implements FeatureSource {

    private final Torch torch;
    private final FeatureExtractor extractor;
    private final Normalisation normalisation;
    private final FeatureCache cache;
    private final String common;

    /** {@code encoderHash} and {@code dataHash} are content hashes of the encoder's file and of the data set. */
    public PictureFeatures(Torch torch, Encoder encoder, String encoderHash, String dataHash, int threads, FeatureStore store,
            Budget budget) {
        this.torch = torch;
        this.extractor = new FeatureExtractor(torch, encoder, threads);
        this.normalisation = encoder.normalisation(torch.root());
        this.cache = store.folder() == null ? null : new FeatureCache(store.folder(), budget);
        this.common = String.join(" ", "encoder", encoderHash, "data", dataHash, "code", store.code(), "device",
                torch.device().getDeviceType(), "threads", Integer.toString(threads), "float32");
    }

    @Override
    public Map<FeatureKind, Features> still(CentreViews views, List<FeatureKind> kinds) {
        return get(views, "still", kinds, (pictures, from, to) -> normalisation.apply(torch.ops(), pictures));
    }

    @Override
    public Map<FeatureKind, Features> moved(CentreViews views, PictureTransform g, double[][] theta, double fraction,
            List<FeatureKind> kinds) {
        String change = fraction == 0 ? "unmoved " + g.fill()
                : String.join(" ", g.family().word(), g.fill().toString(), Double.toString(fraction), hash(theta));
        return get(views, change, kinds, movedBy(g, theta, fraction));
    }

    @Override
    public Map<FeatureKind, Features> passing(CentreViews views, PictureTransform g, double[][] theta, List<FeatureKind> kinds) {
        return new TreeMap<>(extractor.extract(views, 0, 0, kinds, movedBy(g, theta, 1)));
    }

    private static FeatureExtractor.Preparation movedBy(PictureTransform g, double[][] theta, double fraction) {
        return (pictures, from, to) -> g.apply(pictures, Arrays.copyOfRange(theta, from, to), fraction);
    }

    private Map<FeatureKind, Features> get(CentreViews views, String change, List<FeatureKind> kinds,
            FeatureExtractor.Preparation preparation) {
        return cache == null ? new TreeMap<>(extractor.extract(views, 0, 0, kinds, preparation))
                : cache.get(common + " " + views.identity() + " " + change, extractor, views, kinds, preparation);
    }

    private static String hash(double[][] theta) {
        int columns = theta[0].length;
        ByteBuffer bytes = ByteBuffer.allocate(8 * columns * theta.length);
        for (double[] one : theta) {
            for (double value : one) {
                bytes.putDouble(value);
            }
        }
        return Hashes.sha256(bytes.array());
    }
}
