package org.equirepro.evaluation.homography;

import java.util.Arrays;
import java.util.Locale;

/**
 * Where the corners of a test pair went.
 *
 * @param sample number of the pair
 * @param found displacements of the four corners, x and y of each, in pixels; {@code truth} likewise
 */
record CornerAnswer(int sample, CornerEstimate.Protocol protocol, double[] found, double[] truth) {

    static final String HEADER = "sample,protocol,error,x0,y0,x1,y1,x2,y2,x3,y3,true_x0,true_y0,true_x1,true_y1,true_x2,true_y2,true_x3,true_y3";

    private static final int FIRST = 3;

    double error() {
        return CornerEstimate.error(found, truth);
    }

    String line() {
        StringBuilder line = new StringBuilder().append(sample).append(',').append(protocol.name().toLowerCase(Locale.ROOT)).append(',')
                .append(error());
        Arrays.stream(found).forEach(value -> line.append(',').append(value));
        Arrays.stream(truth).forEach(value -> line.append(',').append(value));
        return line.toString();
    }

    /** What {@link #line} gave. */
    static CornerAnswer parse(String line) {
        String[] cells = line.split(",");
        double[] values = Arrays.stream(cells).skip(FIRST).mapToDouble(Double::parseDouble).toArray();
        return new CornerAnswer(Integer.parseInt(cells[0]), CornerEstimate.Protocol.valueOf(cells[1].toUpperCase(Locale.ROOT)),
                Arrays.copyOf(values, 8), Arrays.copyOfRange(values, 8, 16));
    }
}
