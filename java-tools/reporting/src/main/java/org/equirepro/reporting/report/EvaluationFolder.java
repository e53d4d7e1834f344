package org.equirepro.reporting.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;

/**
 * What an evaluation left beside its numbers.
 *
 * @param name name of the folder
 * @param dataSha SHA-256 of the data set's receipt as the evaluation read it
 * @param encoderSha SHA-256 of the encoder's weights as the evaluation read them
 */
record EvaluationFolder(String name, String encoder, Optional<String> seed, String recipe, String dataSha, String encoderSha,
        List<EncoderFolder.Picture> pictures) {

    private static final String UNKNOWN = "not told";

    static EvaluationFolder read(Path folder) {
        String name = folder.toAbsolutePath().normalize().getFileName().toString();
        Path file = folder.resolve("settings.json");
        JsonNode settings = Files.exists(file) ? Settings.read(file).node() : Settings.object();
        JsonNode config = settings.path("config").isObject() ? settings.path("config") : settings;
        return new EvaluationFolder(name, config.path("encoder").asText(UNKNOWN),
                config.path("seed").isIntegralNumber() ? Optional.of(config.path("seed").asText()) : Optional.empty(),
                config.path("recipe_name").asText(UNKNOWN), settings.path("data_sha256").asText(UNKNOWN),
                settings.path("encoder_sha256").asText(UNKNOWN), EncoderFolder.pictures(folder.resolve("pictures")));
    }
}
