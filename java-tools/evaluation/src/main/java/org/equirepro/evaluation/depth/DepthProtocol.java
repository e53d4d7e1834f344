package org.equirepro.evaluation.depth;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Box;

/** Which part of a picture is seen, trained on and scored, as the field agrees on it for each set (ZoeDepth's order of the cuts). */
enum DepthProtocol {

    /** All of every picture. */
    WHOLE("whole", 1, 1),
    /**
     * NYU Depth v2, 640 x 480: training pictures without their white border, as BTS has it, and scores inside of the crop of Eigen et
     * al. (2014).
     */
    NYU("eigen_crop", 640, 480),
    /** KITTI: the benchmark's 1216 x 352 pixels in the middle of the lower edge, and scores inside of the crop of Garg et al. (2016). */
    KITTI("garg_crop", 1216, 352);

    private final String scored;
    private final int leastWidth;
    private final int leastHeight;

    DepthProtocol(String scored, int leastWidth, int leastHeight) {
        this.scored = scored;
        this.leastWidth = leastWidth;
        this.leastHeight = leastHeight;
    }

    /** The value of the key {@code protocol}. */
    static DepthProtocol of(Settings recipe) {
        String word = recipe.text("protocol");
        return Arrays.stream(values()).filter(protocol -> protocol.word().equals(word)).findFirst()
                .orElseThrow(() -> UserError.usage(recipe.source() + ": protocol must be one of "
                        + Arrays.stream(values()).map(DepthProtocol::word).collect(Collectors.joining(", ")) + ", found " + word));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the results call it: where scores are taken. */
    String scored() {
        return scored;
    }

    /**
     * The part of a picture that the network may see.
     *
     * @param key names the picture in errors
     */
    Box seen(String key, int width, int height) {
        boolean exact = this == NYU;
        if (width < leastWidth || height < leastHeight || exact && (width != leastWidth || height != leastHeight)) {
            throw UserError.badData(Path.of(key), "has " + width + " x " + height + " pixels; protocol " + word() + " needs "
                    + leastWidth + " x " + leastHeight + (exact ? "" : " at least"));
        }
        return this == KITTI ? new Box(height - leastHeight, (width - leastWidth) / 2, leastHeight, leastWidth) : Box.all(width, height);
    }

    /** The part of what is seen that is trained on. */
    Box trained(int width, int height) {
        return this == NYU ? new Box(45, 43, 427, 565) : Box.all(width, height);
    }

    /** The part of what is seen that is scored. */
    Box scored(int width, int height) {
        return switch (this) {
            case WHOLE -> Box.all(width, height);
            case NYU -> new Box(45, 41, 426, 560);
            case KITTI -> {
                int top = (int) (0.40810811 * height);
                int left = (int) (0.03594771 * width);
                yield new Box(top, left, (int) (0.99189189 * height) - top, (int) (0.96405229 * width) - left);
            }
        };
    }
}
