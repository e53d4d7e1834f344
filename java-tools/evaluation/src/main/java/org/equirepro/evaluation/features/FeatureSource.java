package org.equirepro.evaluation.features;

import java.util.List;
import java.util.Map;
import org.equirepro.vision.batch.PictureTransform;

/** Gives features of pictures. Of an encoder they are {@link PictureFeatures}; a test of a probe may know better. */
public interface FeatureSource {

    /** Of pictures without change: row i is {@code views}' picture i. */
    Map<FeatureKind, Features> still(CentreViews views, List<FeatureKind> kinds);

    /**
     * Of pictures at a fraction of the way to g.
     *
     * @param theta of each picture
     * @param fraction 0 for pictures that are shown as moved ones are, but are not moved; whatever theta is
     */
    Map<FeatureKind, Features> moved(CentreViews views, PictureTransform g, double[][] theta, double fraction,
            List<FeatureKind> kinds);

    /** As {@link #moved} with fraction 1, computed into memory and not kept: for theta that are drawn anew and never seen again. */
    Map<FeatureKind, Features> passing(CentreViews views, PictureTransform g, double[][] theta, List<FeatureKind> kinds);
}
