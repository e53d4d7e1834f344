package org.equirepro.evaluation.coco;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The 100 pictures of val2014 for whose detections COCO itself publishes the numbers, to three decimals. */
final class OfficialNumbersTest {

    @Test
    void thoseOfBoxesAndMasksAreReproducedToThreeDecimals() throws IOException {
        String given = System.getenv("EQUIREPRO_FIXTURES");
        Path fixtures = given != null ? Path.of(given).toAbsolutePath().normalize().getParent()
                : Path.of(System.getProperty("equirepro.home"), "..", "shared", "fixtures");
        Path folder = fixtures.resolve("datasets/coco-val2014-100");
        if (!Files.isDirectory(folder)) {
            System.out.println("NOTICE skipped: " + folder + " is not there; set EQUIREPRO_FIXTURES");
            return;
        }
        Map<String, List<String>> published = published(folder.resolve("val2014_fake_eval_res.txt"));
        CocoTruth truth = CocoTruth.read(folder.resolve("instances_val2014_100.json"));
        for (IouType type : List.of(IouType.BBOX, IouType.SEGM)) {
            String name = type.name().toLowerCase(Locale.ROOT);
            List<Detection> found = CocoResults.read(folder.resolve("instances_val2014_fake" + name + "100_results.json"), truth);
            List<String> stats = new CocoEvaluation(type, truth).score(found).stats().values().stream()
                    .map(value -> String.format(Locale.ROOT, "%.3f", value)).toList();
            assertEquals(12, stats.size());
            assertEquals(published.get(name), stats, name);
        }
    }

    /** Lines "type=NAME", each followed by the numbers after the last equals sign of a line. */
    private static Map<String, List<String>> published(Path file) throws IOException {
        Map<String, List<String>> numbers = new HashMap<>();
        String type = "";
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("type=")) {
                type = line.substring("type=".length()).strip();
            } else if (line.contains("maxDets=")) {
                numbers.computeIfAbsent(type, t -> new ArrayList<>()).add(line.substring(line.lastIndexOf('=') + 1).strip());
            }
        }
        return numbers;
    }
}
