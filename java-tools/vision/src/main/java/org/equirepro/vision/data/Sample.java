package org.equirepro.vision.data;

import java.io.IOException;

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
 */
public record Sample(String key, String split, int label, String group, int view, double[] latents, Bytes bytes) {

    /** Gives the encoded picture; called at most once, from any thread, beside other samples' calls. */
    @FunctionalInterface
    public interface Bytes {
        byte[] get() throws IOException;
    }

    /** A picture of a set with classes only. */
    public static Sample of(String key, String split, int label, Bytes bytes) {
        return new Sample(key, split, label, "", 0, new double[0], bytes);
    }
}
