package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The rows of the poster's table of computation costs; also in conf/paper-values.csv, table {@code cost}. */
public enum PosterCosts {
    PRETRAIN_VIT_S("pretrain ViT-S", 8, 600, 800),
    PRETRAIN_VIT_L("pretrain ViT-L", 32, 2900, 150),
    LINEAR_PROBE_VIT_S("linear probe ViT-S", 4, 22, 20),
    LINEAR_PROBE_VIT_L("linear probe ViT-L", 8, 60, 20),
    FINE_TUNE_VIT_S("fine-tune ViT-S", 4, 540, 50),
    FINE_TUNE_VIT_L("fine-tune ViT-L", 8, 2100, 50);

    private static final int IMAGE = 224;

    private final String row;
    private final int gpus;
    private final double secondsPerEpoch;
    private final int epochs;

    PosterCosts(String row, int gpus, double secondsPerEpoch, int epochs) {
        this.row = row;
        this.gpus = gpus;
        this.secondsPerEpoch = secondsPerEpoch;
        this.epochs = epochs;
    }

    /** As conf/paper-values.csv calls it. */
    public String row() {
        return row;
    }

    public int gpus() {
        return gpus;
    }

    public double secondsPerEpoch() {
        return secondsPerEpoch;
    }

    public int epochs() {
        return epochs;
    }

    /** GPU hours of so many epochs. */
    public double hours(int count) {
        return gpus * secondsPerEpoch * count / 3600;
    }

    /** GPU hours of the row's own epochs. */
    public double hours() {
        return hours(epochs);
    }

    /** The row of a pretraining recipe; empty where the poster timed nothing alike. */
    public static Optional<PosterCosts> pretraining(JsonNode recipe) {
        return large(recipe).map(large -> large ? PRETRAIN_VIT_L : PRETRAIN_VIT_S);
    }

    /** The row of linear probes on the encoder of a pretraining recipe. */
    static Optional<PosterCosts> linearProbe(JsonNode recipe) {
        return large(recipe).map(large -> large ? LINEAR_PROBE_VIT_L : LINEAR_PROBE_VIT_S);
    }

    /** The row of trainings of the whole network on the encoder of a pretraining recipe. */
    static Optional<PosterCosts> fineTuning(JsonNode recipe) {
        return large(recipe).map(large -> large ? FINE_TUNE_VIT_L : FINE_TUNE_VIT_S);
    }

    private static Optional<Boolean> large(JsonNode recipe) {
        boolean paper = recipe.path("backbone").path("image").asInt() == IMAGE && recipe.has("epochs");
        return switch (paper ? recipe.path("backbone").path("name").asText() : "") {
            case "vit_small_patch16" -> Optional.of(false);
            case "vit_large_patch16" -> Optional.of(true);
            default -> Optional.empty();
        };
    }
}
