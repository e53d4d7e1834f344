package org.equirepro.reporting.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.TablesConfig;

/**
 * What a pretraining left: curves, settings, meter, pictures and the encoder's hash. A file that is not there is said to be
 * missing in the report; one that is there and broken is an error.
 *
 * @param name name of the folder
 * @param encoder id of the encoder in the study
 * @param place place of the encoder's row in the study; after all rows if it has none
 * @param row name of the row for people
 * @param label name for people, with the seed
 */
record EncoderFolder(String name, String encoder, int place, String row, String label, Optional<String> seed, Optional<JsonNode> settings,
        Optional<JsonNode> meter,
        Optional<CsvRows> curves, List<Picture> pictures, Optional<String> sha) {

    /** Order of the study's rows, then by seed, then by name. */
    static final Comparator<EncoderFolder> ORDER = Comparator.comparingInt(EncoderFolder::place)
            .thenComparing(folder -> folder.seed().orElse(""), Comparator.comparingInt(String::length)
            .thenComparing(Comparator.naturalOrder()))
            .thenComparing(EncoderFolder::name);

    /** A picture with its caption. */
    record Picture(String name, String caption, byte[] png, int width, int height) {}

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};

    static EncoderFolder read(Path folder, TablesConfig study) {
        if (!Files.isDirectory(folder)) {
            throw UserError.missing(folder, "no such folder of an encoder");
        }
        String name = folder.toAbsolutePath().normalize().getFileName().toString();
        Optional<JsonNode> settings = json(folder.resolve("settings.json"));
        JsonNode config = settings.map(node -> node.path("config").isObject() ? node.path("config") : node)
                .orElse(Settings.object());
        String encoder = config.path("encoder").isTextual() ? config.path("encoder").textValue() : name;
        Optional<String> seed = config.path("seed").isIntegralNumber() ? Optional.of(config.path("seed").asText())
                : Optional.empty();
        int place = study.rows().size();
        for (int i = 0; i < study.rows().size(); i++) {
            if (study.rows().get(i).encoder().equals(encoder)) {
                place = i;
            }
        }
        String row = study.row(encoder).map(TablesConfig.EncoderRow::label).orElse(encoder);
        Path curves = folder.resolve("curves.csv");
        return new EncoderFolder(name, encoder, place, row, row + seed.map(number -> ", seed " + number).orElse(""), seed, settings,
                json(folder.resolve("meter.json")),
                Files.exists(curves) ? Optional.of(CsvSchema.builtIn("curves").read(curves)) : Optional.empty(),
                pictures(folder.resolve("pictures")), sha(folder.resolve("encoder.safetensors")));
    }

    private static Optional<JsonNode> json(Path file) {
        return Files.exists(file) ? Optional.of(Settings.read(file).node()) : Optional.empty();
    }

    private static Optional<String> sha(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Hashes.sha256(file)) : Optional.empty();
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The PNG files of a folder with the captions beside them; none where there is no such folder. */
    static List<Picture> pictures(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Picture> pictures = new ArrayList<>();
        try (var entries = Files.list(folder)) {
            for (Path file : entries.filter(path -> path.toString().endsWith(".png")).sorted().toList()) {
                pictures.add(picture(file));
            }
        } catch (IOException e) {
            throw UserError.badData(folder, "cannot be read: " + e.getMessage(), e);
        }
        return List.copyOf(pictures);
    }

    /** A PNG file with the caption beside it, else its name. */
    static Picture picture(Path file) {
        try {
            return picture(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static Picture picture(Path file, byte[] bytes) throws IOException {
        boolean png = bytes.length >= 24 && java.util.Arrays.equals(java.util.Arrays.copyOf(bytes, 8), PNG);
        if (!png) {
            throw UserError.badData(file, "is not a PNG picture");
        }
        String name = file.getFileName().toString().replaceAll("\\.png$", "");
        Path caption = file.resolveSibling(name + ".txt");
        return new Picture(name, Files.exists(caption) ? Files.readString(caption).strip()
                : name.replace('-', ' ').replace('_', ' '),
                bytes, size(bytes, 16), size(bytes, 20));
    }

    /** Width and height stand in the header of a PNG, as big-endian numbers of four bytes. */
    private static int size(byte[] bytes, int at) {
        return java.nio.ByteBuffer.wrap(bytes).getInt(at);
    }
}
