package org.equirepro.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.pretraining.ParameterCounts;
import org.equirepro.study.costs.RecipeCosts;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reckoned networks are those that are trained. */
final class DryRunTest {

    private static final Path RECIPES = Path.of(System.getProperty("equirepro.home")).resolve("conf/recipes").normalize();

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    static Stream<String> pretrainingRecipes() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(file -> Settings.read(file).text("kind").equals("pretrain"))
                    .map(file -> file.getFileName().toString().replace(".yml", "")).sorted().toList().stream();
        }
    }

    /** Each part has as many trained values as the network that is built; of a ViT's equal blocks two stand for all. */
    @ParameterizedTest
    @MethodSource("pretrainingRecipes")
    void partsHaveTheParametersOfTheRealNetworks(String name) {
        Settings recipe = shallow(RECIPES.resolve(name + ".yml"));
        Map<String, Long> real = new TreeMap<>();
        ParameterCounts.of(torch, recipe).forEach((tensor, count) -> real.merge(part(tensor), count, Long::sum));
        Map<String, Long> reckoned = new TreeMap<>();
        RecipeCosts.of(recipe).parts().stream().filter(RecipeCosts.Part::trained)
                .forEach(part -> reckoned.put(part.name(), part.cost().parameters()));
        assertEquals(real, reckoned);
    }

    private static Settings shallow(Path file) {
        ObjectNode recipe = Settings.read(file).node().deepCopy();
        ObjectNode backbone = (ObjectNode) recipe.path("backbone");
        int dim = switch (backbone.path("name").asText()) {
            case "vit_small_patch16" -> 384;
            case "vit_large_patch16" -> 1024;
            default -> 0;
        };
        if (dim > 0) {
            backbone.put("name", "vit").put("patch", 16).put("dim", dim).put("depth", 2).put("heads", dim / 64);
        }
        return Settings.of(file.toString(), recipe);
    }

    private static String part(String tensor) {
        return switch (tensor.substring(0, tensor.indexOf('.'))) {
            case "encoder" -> tensor.startsWith("encoder.split.") ? "split" : tensor.endsWith("masked_embed") ? "head" : "backbone";
            case "projector_inv", "projector_equi" -> "projectors";
            case "cross" -> "decoder";
            case "decoder" -> Character.isDigit(tensor.charAt("decoder.".length())) ? "decoders" : "decoder";
            default -> tensor.substring(0, tensor.indexOf('.'));
        };
    }
}
