package org.equirepro.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.equirepro.pretraining.ParameterCounts;
import org.equirepro.study.costs.RecipeCosts;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    /** Recipes with networks of their own: one stands for all that differ in nothing that has parameters. */
    static Stream<Arguments> networks() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            Map<String, Arguments> different = new TreeMap<>();
            for (Path file : files.sorted().toList()) {
                Settings recipe = RecipeFile.read(file);
                if (recipe.text("kind").equals("pretrain")) {
                    Settings small = narrow(recipe);
                    different.putIfAbsent(withoutNumbersOfTheLoss(small), Arguments.of(file.getFileName().toString(), small));
                }
            }
            return different.values().stream();
        }
    }

    /** The named ViTs take long to draw: the same with two narrow blocks. */
    private static Settings narrow(Settings recipe) {
        ObjectNode node = recipe.node().deepCopy();
        ObjectNode backbone = (ObjectNode) node.path("backbone");
        if (backbone.path("name").asText().startsWith("vit_")) {
            backbone.put("name", "vit").put("patch", 16).put("dim", 128).put("depth", 2).put("heads", 2);
        }
        return Settings.of(recipe.source(), node);
    }

    private static String withoutNumbersOfTheLoss(Settings recipe) {
        ObjectNode sections = Settings.object();
        for (String key : List.of("backbone", "split", "objective", "reconstruction", "transform")) {
            if (recipe.has(key)) {
                ObjectNode section = recipe.at(key).node().deepCopy();
                section.remove(List.of("weight", "fill", "temperature", "invariance", "variance", "covariance", "equivariance"));
                sections.set(key, section);
            }
        }
        if (!recipe.at("objective").text("name").equals("sie") && recipe.has("reconstruction")) {
            ((ObjectNode) sections.path("reconstruction")).remove("family"); // only sie's predictor is told its parameters
        }
        return Settings.canonical(sections);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void partsHaveTheParametersOfTheRealNetworks(String name, Settings recipe) {
        Map<String, Long> real = new TreeMap<>();
        ParameterCounts.of(torch, recipe).forEach((tensor, count) -> real.merge(part(tensor), count, Long::sum));
        Map<String, Long> reckoned = new TreeMap<>();
        RecipeCosts.of(recipe).parts().stream().filter(RecipeCosts.Part::trained)
                .forEach(part -> reckoned.put(part.name(), part.cost().parameters()));
        assertEquals(real, reckoned);
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
