package org.equirepro.vision.jpeg;

/** Takes the rows of a picture, from the top on. */
public interface RowSink {

    /** {@code rgb}: red, green and blue of each column, 0 .. 255; valid during the call, and the three may be one array. */
    void row(int[][] rgb);
}
