package org.equirepro.vision.show;

import java.util.List;
import java.util.Optional;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;

/**
 * A picture with what is known about it.
 *
 * @param title its key
 * @param caption its class, or what it holds
 * @param picture as it was decoded
 * @param labels the class of every pixel, as large as the picture
 * @param depth how far away every pixel is, as large as the picture
 * @param objects in pixels of the picture
 */
public record Annotated(String title, String caption, Picture picture, Optional<LabelMap> labels, Optional<DepthMap> depth,
        List<Instance> objects) {}
