package org.equirepro.bench;

import java.util.List;
import org.equirepro.base.UserError;
import org.equirepro.models.VisionTransformer;

/**
 * One line of the measurement, as both programs are told it.
 *
 * @param type fp32 or bf16
 */
record StepSettings(String model, int batch, String type, boolean multiCrop, boolean checkpointing, int threads) {

    /** As arguments of a program. */
    List<String> words() {
        return List.of(model, Integer.toString(batch), type, Boolean.toString(multiCrop), Boolean.toString(checkpointing),
                Integer.toString(threads));
    }

    static StepSettings of(String[] words) {
        return new StepSettings(words[0], Integer.parseInt(words[1]), words[2], Boolean.parseBoolean(words[3]),
                Boolean.parseBoolean(words[4]), Integer.parseInt(words[5]));
    }

    VisionTransformer.Size size() {
        return switch (model) {
            case "vit-t/16" -> new VisionTransformer.Size(224, 16, 192, 12, 3);
            case "vit-s/16" -> new VisionTransformer.Size(224, 16, 384, 12, 6);
            case "vit-b/16" -> new VisionTransformer.Size(224, 16, 768, 12, 12);
            default -> throw UserError.usage("--model must be vit-t/16, vit-s/16 or vit-b/16, found " + model);
        };
    }
}
