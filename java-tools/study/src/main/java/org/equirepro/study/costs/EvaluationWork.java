package org.equirepro.study.costs;

import java.util.Set;
import org.equirepro.base.Settings;

/**
 * Hours of an evaluation on one device. Where the encoder is frozen they are those of its forward passes, each picture once: the
 * heads on its features are small beside it. Where it is trained along, they are forward and backward passes of the encoder alone.
 */
final class EvaluationWork {

    private static final Set<String> FINE_TUNING = Set.of("SEGMENT", "DETECT", "KEYPOINTS");
    private static final int TRAINED = 3;

    private EvaluationWork() {}

    /** Whether the process trains the encoder along. */
    static boolean fineTunes(String process) {
        return FINE_TUNING.contains(process);
    }

    static double hours(String process, Settings recipe, Settings encoder, DataSizes.Size size) {
        double picture = RecipeCosts.encoder(encoder).forwardFlops();
        double pictures = switch (process) {
            case "R2_IMAGE" -> imagePairs(recipe, size);
            case "R2_3DIEBENCH" -> (double) size.members() * size.views();
            default -> fineTunes(process) ? (double) size.train() * recipe.integer("epochs", 1) * TRAINED + size.test()
                    : (double) size.members() * size.views();
        };
        return Rate.a100(Settings.parseJson("evaluation", "{\"precision\": \"float32\"}")).hours(pictures, picture);
    }

    /** Each picture as it is and transformed, for each family and fill. */
    private static double imagePairs(Settings recipe, DataSizes.Size size) {
        long train = Math.min(size.train(), recipe.integer("train_samples", (int) size.train()));
        long test = Math.min(size.test(), recipe.integer("test_samples", (int) size.test()));
        int fills = recipe.has("fills") ? recipe.texts("fills").size() : 1;
        return 2.0 * (train + test) * recipe.texts("families").size() * fills;
    }
}
