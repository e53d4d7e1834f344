package org.equirepro.vision.data;

import java.io.IOException;
import java.util.Map;

/**
 * One picture of a data set before it is written to a shard.
 *
 * @param key unique in its split, without spaces at the ends; by custom the path in the source, such as
 *     {@code train/cat/0001.jpg}
 * @param split {@code train}, {@code test} or {@code val}
 * @param label index into {@link Reader#classes()}
 * @param group what several pictures have in common, such as the object that they show; empty where there is none
 * @param view number of the picture in its group, from 0
 * @param latents {@link Reader#latents()} numbers that describe the picture; empty where the data set has none
 * @param bytes gives the encoded picture (JPEG or PNG)
 * @param members what lies beside the picture, by name out of {@link Reader#members()}; a name may be absent
 */
public record Sample(String key, String split, int label, String group, int view, double[] latents, Bytes bytes,
        Map<String, Bytes> members) {

    /** Gives the encoded picture or member; called at most once, from any thread, beside other samples' calls. */
    @FunctionalInterface
    public interface Bytes {
        byte[] get() throws IOException;
    }

    /** A picture without members. */
    public Sample(String key, String split, int label, String group, int view, double[] latents, Bytes bytes) {
        this(key, split, label, group, view, latents, bytes, Map.of());
    }

    /** A picture of a set with classes only. */
    public static Sample of(String key, String split, int label, Bytes bytes) {
        return new Sample(key, split, label, "", 0, new double[0], bytes);
    }
}
