package org.equirepro.vision.image;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How far away what every pixel shows is, along the camera's axis.
 *
 * @param width  in pixels
 * @param height in pixels
 * @param metres [height, width] in row order; 0 where it is not known, as in the sky; not copied
 */
public record DepthMap(int width, int height, float[] metres) {

    /** What a depth map's PNG, grey and of 16 bits, counts in. The set's own files are kept as they are. */
    public enum Unit {
        /** Steps of a millimetre, up to 65.535 m: NYU Depth v2, rendered scenes. */
        MILLIMETRE("depth", 1000),
        /** Steps of 1/256 m, up to 255.996 m: KITTI. */
        KITTI("depth256", 256);

        private final String member;
        private final int steps;

        Unit(String member, int steps) {
            this.member = member;
            this.steps = steps;
        }

        /** What such a map is called where it lies beside a picture. */
        public String member() {
            return member;
        }

        /** The unit of a member; empty if it is no depth map. */
        public static Optional<Unit> of(String member) {
            return Arrays.stream(values()).filter(unit -> unit.member.equals(member)).findFirst();
        }

        /** The unit of the depth maps among the members of a set; empty if it has none. */
        public static Optional<Unit> among(List<String> members) {
            return Arrays.stream(values()).filter(unit -> members.contains(unit.member)).findFirst();
        }

        /**
         * Reads a map.
         *
         * @param name for errors: the file or key
         * @throws org.equirepro.base.UserError (bad data) naming the file and the reason
         */
        public DepthMap decode(String name, byte[] png) {
            return Pngs.decodeDepth(name, png, steps);
        }
    }

    private static final int MOST = 0xFFFF;

    public DepthMap {
        if (width <= 0 || height <= 0 || metres.length != Math.multiplyExact(width, height)) {
            throw new IllegalArgumentException(metres.length + " depths are not a map of " + width + " x " + height);
        }
    }

    /** The same depth everywhere. */
    public static DepthMap constant(int width, int height, float depth) {
        float[] metres = new float[width * height];
        Arrays.fill(metres, depth);
        return new DepthMap(width, height, metres);
    }

    /** A grey PNG of 16 bits in {@link Unit#MILLIMETRE}; what is farther than 65.535 m is written as that. */
    public byte[] png() {
        short[] steps = new short[metres.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = (short) Math.min(MOST, Math.round(Unit.MILLIMETRE.steps * metres[i]));
        }
        return Pngs.encode(width, height, steps);
    }

    /** The pixels inside of the box. */
    public DepthMap cut(Box box) {
        float[] part = new float[box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(metres, (box.top() + y) * width + box.left(), part, y * box.width(), box.width());
        }
        return new DepthMap(box.width(), box.height(), part);
    }

    /** Left becomes right. */
    public DepthMap mirrored() {
        float[] mirrored = new float[metres.length];
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = metres[i - i % width + width - 1 - i % width];
        }
        return new DepthMap(width, height, mirrored);
    }
}
