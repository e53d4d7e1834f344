package org.equirepro.study.costs;

import java.util.Set;
import org.equirepro.base.Settings;

/**
 * Hours of an evaluation on one device, those of the backbone alone: where it is frozen, forward passes, each picture once; where it
 * is trained along, forward and backward passes at the size that the recipe trains at, and one forward pass over the test pictures.
 */
final class EvaluationWork {

    private static final Set<String> FINE_TUNING = Set.of("SEGMENT", "DETECT", "KEYPOINTS", "HOMOGRAPHY", "DEPTH");
    /** A backward pass takes twice the forward pass. */
    private static final int TRAINED = 3;

    private EvaluationWork() {}

    /** Whether the process trains the encoder along. */
    static boolean fineTunes(String process) {
        return FINE_TUNING.contains(process);
    }

    static double hours(String process, Settings recipe, Settings encoder, DataSizes.Size size) {
        int image = encoder.at("backbone").integer("image");
        double flops = switch (process) {
            case "R2_IMAGE" -> imagePairs(recipe, size) * RecipeCosts.backboneFlops(encoder, image, image);
            case "LINEAR_PROBE" -> probed(recipe, size) * square(encoder, image);
            case "SEGMENT" -> trained(recipe, size) * square(encoder, recipe.at("views").integer("crop"));
            case "DETECT" -> trained(recipe, size) * square(encoder, recipe.at("views").integer("side"));
            case "KEYPOINTS", "DEPTH" -> trained(recipe, size)
                    * RecipeCosts.backboneFlops(encoder, recipe.at("views").integer("height"), recipe.at("views").integer("width"));
            case "HOMOGRAPHY" -> 2 * trained(recipe, size) * square(encoder, recipe.integer("input")); // both patches
            case "VIDEO" -> (double) size.members() * size.views() * frame(recipe, encoder);
            default -> (double) size.members() * size.views() * square(encoder, image);
        };
        return Rate.a100(Settings.parseJson("evaluation", "{\"precision\": \"float32\"}")).hours(1, flops);
    }

    /** One frame of a video. */
    private static double frame(Settings recipe, Settings encoder) {
        int[] size = recipe.has("size") ? recipe.integers("size") : new int[] {recipe.integer("long_side"), recipe.integer("long_side") * 9 / 16};
        return RecipeCosts.backboneFlops(encoder, size[1], size[0]);
    }

    private static double square(Settings encoder, int side) {
        return RecipeCosts.backboneFlops(encoder, side, side);
    }

    /** Forward passes that a fine-tuning is worth. */
    private static double trained(Settings recipe, DataSizes.Size size) {
        double samples = recipe.has("epochs") ? (double) recipe.integer("epochs") * size.train()
                : (double) recipe.integer("steps") * recipe.integer("batch");
        return TRAINED * samples + size.test();
    }

    /** Random crops of each epoch, or each picture once; then what is chosen by and tested on. */
    private static double probed(Settings recipe, DataSizes.Size size) {
        boolean augmented = recipe.text("augment", "none").equals("crop_flip");
        double passes = augmented ? recipe.integer("epochs") + recipe.real("selection_fraction") : 1;
        return passes * size.train() + size.test();
    }

    /** Each picture as it is and transformed, for each family and fill. */
    private static double imagePairs(Settings recipe, DataSizes.Size size) {
        long train = Math.min(size.train(), recipe.integer("train_samples", (int) size.train()));
        long test = Math.min(size.test(), recipe.integer("test_samples", (int) size.test()));
        int fills = recipe.has("fills") ? recipe.texts("fills").size() : 1;
        return 2.0 * (train + test) * recipe.texts("families").size() * fills;
    }
}
