package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each probe refuses, whatever it measures. */
final class EveryProbeTest {

    @FunctionalInterface
    private interface Probe {
        void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options);
    }

    private static final String HEAD = "\"hidden\": [8], \"epochs\": 1, \"batch\": 64, "
            + "\"optimiser\": {\"name\": \"adam\", \"lr\": 0.01, \"schedule\": \"cosine\"}}";
    private static final Map<String, Probe> ON_PICTURES = Map.of(
            "{\"kind\": \"r2_image\", \"families\": [\"blur\"], \"ranges\": {\"blur\": [0.1, 2.0]}, \"fills\": [\"zero\"], "
                    + "\"features\": [\"cls\"], \"train_samples\": 12, \"test_samples\": 6, " + HEAD, R2ImageProbe::run,
            "{\"kind\": \"linear_probe\", \"features\": [\"cls\"], \"lrs\": [0.1, 1], \"epochs\": 1, \"batch\": 8, "
                    + "\"selection_fraction\": 0.2}", LinearProbe::run,
            "{\"kind\": \"knn\", \"features\": [\"cls\"], \"ks\": [3]}", KnnProbe::run,
            "{\"kind\": \"logreg\", \"features\": [\"cls\"], \"l2s\": [1e-3], \"selection_fraction\": 0.2}", LogisticProbe::run);
    private static final Map<String, Probe> ON_OBJECTS = Map.of(
            "{\"kind\": \"r2_3diebench\", \"features\": [\"whole\"], " + HEAD, R2ThreeDieProbe::run,
            "{\"kind\": \"retrieval\"}", RetrievalProbe::run);

    @TempDir
    static Path folder;
    private static Path pictures;
    private static Path objects;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        pictures = TinyData.shards(folder.resolve("pictures"), 4, 2);
        objects = TinyObjects.shards(folder.resolve("objects"), 8, 3);
        encoder = RetrievalProbeTest.planted(TinyData.encoder(folder.resolve("encoder"), RetrievalProbeTest.BACKBONE, 6, 3));
    }

    private static void refused(Map<String, Probe> probes, Path shards, Path own, ExitCode code, String... words) {
        Path out = folder.resolve("never");
        probes.forEach((recipe, probe) -> {
            UserError error = assertThrows(UserError.class,
                    () -> probe.run(TinyData.config(recipe), shards, own, Stores.NONE, out, RunOptions.unlimited(1)), recipe);
            for (String word : words) {
                assertTrue(error.getMessage().contains(word), recipe + ": " + error.getMessage());
            }
            assertEquals(code, error.exitCode(), recipe);
            assertFalse(Files.exists(out), recipe);
        });
    }

    /** The set with every line of its index and receipt changed to one of the same length. */
    private static Path changed(Path shards, String name, UnaryOperator<String> change) throws IOException {
        Path copy = Files.createDirectories(folder.resolve(name));
        try (Stream<Path> files = Files.list(shards)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        for (String text : List.of("index.csv", "receipt.json")) {
            Files.writeString(copy.resolve(text), Files.readAllLines(shards.resolve(text)).stream().map(change)
                    .collect(Collectors.joining("\n", "", "\n")));
        }
        return copy;
    }

    @Test
    void whatEachDoesOnThisEncoderAndDataIsDone() {
        Map<String, Probe> all = new LinkedHashMap<>(ON_PICTURES);
        all.putAll(ON_OBJECTS);
        int[] done = {0};
        all.forEach((recipe, probe) -> probe.run(TinyData.config(recipe), ON_PICTURES.containsKey(recipe) ? pictures : objects, encoder,
                Stores.NONE, folder.resolve("done" + done[0]++), RunOptions.unlimited(1)));
        assertEquals(6, done[0]);
    }

    @Test
    void anEncoderWhoseTensorsDoNotFitIsRefusedWithAList() {
        Path wider = TinyData.encoder(folder.resolve("wider"), RetrievalProbeTest.BACKBONE.replace("24", "32"), 6, 3);
        SafeTensors narrow = SafeTensors.open(encoder.resolve(Encoder.FILE));
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        narrow.names().forEach(name -> tensors.put(name, narrow.tensor(name)));
        tensors.remove("cls_token");
        Path mixed = folder.resolve("mixed");
        SafeTensors.write(mixed.resolve(Encoder.FILE), tensors, SafeTensors.open(wider.resolve(Encoder.FILE)).metadata());
        String[] listed = {"missing cls_token", "norm.bias is (24) instead of (32)"};
        refused(ON_PICTURES, pictures, mixed, ExitCode.BAD_DATA, listed);
        refused(ON_OBJECTS, objects, mixed, ExitCode.BAD_DATA, listed);
    }

    @Test
    void aSetWithoutASplitToTestOnIsRefused() throws IOException {
        UnaryOperator<String> other = line -> line.replace(",test,", ",rest,").replace("\"test\"", "\"rest\"");
        refused(ON_PICTURES, changed(pictures, "pictures-rest", other), encoder, ExitCode.BAD_DATA, "has no split val");
        refused(ON_OBJECTS, changed(objects, "objects-rest", other), encoder, ExitCode.BAD_DATA, "has no split val");
    }

    @Test
    void anObjectInBothSplitsIsRefused() throws IOException {
        List<String> index = Files.readAllLines(objects.resolve("index.csv"));
        // two objects whose names are equally long, so that the file keeps its size
        String inTest = group(index, "test", 0);
        String inTrain = group(index, "train", inTest.length());
        Path leaky = changed(objects, "leaky", line -> line.replace("," + inTest + ",", "," + inTrain + ","));
        refused(ON_OBJECTS, leaky, encoder, ExitCode.BAD_DATA, "object " + inTrain + " is in split train and in split");
    }

    /** The group of the first row of a split, of a length where that is more than 0. */
    private static String group(List<String> index, String split, int length) {
        boolean test = split.equals("test");
        return index.stream().skip(1).map(line -> line.split(",")).filter(row -> row[1].equals("train") != test)
                .map(row -> row[3]).filter(name -> length == 0 || name.length() == length).findFirst().orElseThrow();
    }
}
