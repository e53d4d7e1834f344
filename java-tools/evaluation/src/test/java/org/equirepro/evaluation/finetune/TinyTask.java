package org.equirepro.evaluation.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;

/**
 * A dense task on a small untrained encoder, and what every such task must do. Each run has a store of its own.
 *
 * @param run the task
 * @param encoder what {@link #encoder} made
 * @param folder where results and stores go
 */
public record TinyTask(Consumer<FineTuning.Call> run, Path encoder, Path folder) {

    /** The folder of an untrained ViT of width 32 on patches of 8. */
    public static Path encoder(Path folder, int image, int depth) throws IOException {
        Files.createDirectories(folder);
        String recipe = "{\"backbone\":{\"name\":\"vit\",\"image\":" + image + ",\"patch\":8,\"dim\":32,\"depth\":" + depth
                + ",\"heads\":4},\"split\":{\"dim\":32,\"equivariant\":16},\"normalise\":{\"mean\":[0.5,0.5,0.5],\"std\":[0.25,0.25,0.25]}}";
        try (Torch torch = Torch.start(1)) {
            Encoder.create(torch, Settings.parseJson("recipe", recipe), 5).save(folder.resolve(Encoder.FILE));
        }
        return folder;
    }

    /** A task's configuration around a recipe. */
    public static Settings config(String recipe) {
        return config(3, recipe);
    }

    /** The same with another seed. */
    public static Settings config(long seed, String recipe) {
        return Settings.parseJson("config.json", "{\"study\":\"s\",\"encoder\":\"e\",\"seed\":" + seed + ",\"dataset\":\"tiny\","
                + "\"recipe_name\":\"r\",\"recipe\":" + recipe + "}");
    }

    /** Trains and tests to the end; gives the folder of results, {@code name}. */
    public Path run(Settings config, Path shards, String name) {
        return run(config, shards, name, RunOptions.unlimited(1));
    }

    private Path run(Settings config, Path shards, String name, RunOptions options) {
        run.accept(FineTuning.Call.alone(config, shards, encoder, folder.resolve("store-" + name), folder.resolve(name), options));
        return folder.resolve(name);
    }

    /** The rows of a folder of results by what {@code key} tells them apart by. */
    public static Map<String, ResultRow> rows(Path results, Function<ResultRow, String> key) {
        return ResultRow.read(results.resolve("result.csv")).stream().collect(Collectors.toMap(key, row -> row));
    }

    /** Their values. */
    public static Map<String, Double> values(Path results, Function<ResultRow, String> key) {
        return rows(results, key).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, row -> row.getValue().value()));
    }

    /**
     * Stopped after every step and every stretch of the test, it ends with the same bits as in one go.
     *
     * @param files that are compared, besides results and curves
     * @return how often it was stopped
     */
    public int stopped(Settings config, Path shards, String... files) throws IOException {
        Path whole = run(config, shards, "whole");
        int stops = 0;
        for (boolean ended = false; !ended;) {
            try {
                run(config, shards, "parts", new RunOptions(1, 1e-9, ""));
                ended = true;
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
                assertFalse(Files.exists(folder.resolve("parts")));
                stops++;
            }
        }
        same(whole, "result.csv", "curves.csv");
        same(whole, files);
        return stops;
    }

    private void same(Path whole, String... files) throws IOException {
        for (String file : files) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)), file);
        }
    }

    /** With {@code together} samples at a time the curves are those of the whole batch, but for rounding. */
    public void accumulated(Settings config, Path shards, int together) throws IOException {
        List<String> whole = Files.readAllLines(run(config, shards, "whole").resolve("curves.csv"));
        List<String> parts = Files.readAllLines(run(inParts(config, together), shards, "parts").resolve("curves.csv"));
        assertEquals(whole.size(), parts.size());
        for (int i = 1; i < parts.size(); i++) {
            double value = Double.parseDouble(whole.get(i).split(",")[4]);
            assertEquals(value, Double.parseDouble(parts.get(i).split(",")[4]), 1e-4 * Math.max(1, Math.abs(value)), whole.get(i));
        }
    }

    /** The same configuration with so many samples at a time. */
    public static Settings inParts(Settings config, int together) {
        return Settings.parseJson("parts", config.canonical().replace("\"batch\":", "\"micro_batch\":" + together + ",\"batch\":"));
    }
}
