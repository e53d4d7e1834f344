package org.equirepro.study.costs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arithmetic, memory and time of recipes against published figures and sums done by hand. */
final class RecipeCostsTest {

    private static final Path RECIPES = Path.of(System.getProperty("equirepro.home")).resolve("conf/recipes").normalize();
    private static final double GIGA = 1e9;

    private static Settings recipe(String name) {
        return RecipeFile.read(RECIPES.resolve(name + ".yml"));
    }

    /** A backbone of its own on one picture. */
    private static RecipeCosts.Part backbone(String name, int image) {
        String text = "{\"backbone\": {\"name\": \"" + name + "\", \"image\": " + image + "}, \"split\": {\"dim\": 512, \"equivariant\": 0}, "
                + "\"objective\": {\"name\": \"none\"}}";
        return RecipeCosts.of(Settings.parseJson("backbone", text)).parts().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        // multiply-accumulates and parameters without classifier as timm and torchvision list them
        "vit_tiny_patch16,  1.26, 5.5",
        "vit_small_patch16, 4.6, 21.7",
        "vit_base_patch16,  17.6, 85.8",
        "vit_large_patch16, 61.6, 303.3",
        "resnet18,          1.82, 11.2",
    })
    void backbonesHaveThePublishedSizes(String name, double gigaMacs, double millions) {
        RecipeCosts.Part part = backbone(name, 224);
        assertEquals(gigaMacs, part.forwardFlops() / 2 / GIGA, 0.01 * gigaMacs);
        assertEquals(millions, part.cost().parameters() / 1e6, 0.01 * millions);
    }

    @Test
    void backwardPassTakesTwiceTheProductsButThoseOfPictures() {
        RecipeCosts.Part part = backbone("vit_small_patch16", 224);
        double embedding = 196.0 * 768 * 384;
        assertEquals(2 * part.forwardFlops() - 2 * embedding, part.backwardFlops(), 1);
    }

    @Test
    void computingBlocksTwiceCostsTheirForwardPassAndSavesMemory() {
        Settings twice = recipe("paper-ibot-vitl");
        ObjectNode node = twice.node().deepCopy();
        ((ObjectNode) node.path("backbone")).put("checkpointing", false);
        RecipeCosts once = RecipeCosts.of(Settings.of("once", node));
        double blocks = 2 * (61.55e9 - 196.0 * 768 * 1024) + 10 * (11.1e9 - 36.0 * 768 * 1024);
        assertEquals(2 * blocks, RecipeCosts.of(twice).stepFlops() - once.stepFlops(), 0.02 * 2 * blocks);
        assertTrue(RecipeCosts.of(twice).parts().get(0).cost().kept() < once.parts().get(0).cost().kept() / 5);
    }

    @Test
    void fewPicturesAtATimeCostAForwardPassOfTheEncoderAndKeepItsAnswersOnly() {
        ObjectNode node = recipe("paper-vicreg").node().deepCopy();
        RecipeCosts some = RecipeCosts.of(Settings.of("some", node.deepCopy().put("micro_batch", 16)));
        RecipeCosts whole = RecipeCosts.of(Settings.of("whole", node));
        double encoder = whole.parts().get(0).forwardFlops() + whole.parts().get(1).forwardFlops();
        assertEquals(encoder, some.stepFlops() - whole.stepFlops(), 1);
        assertEquals(2 * 4.0 * 196 * 512, some.parts().get(0).cost().kept() + some.parts().get(1).cost().kept());
        TrainingCosts costs = TrainingCosts.of(Settings.of("some", node.deepCopy().put("micro_batch", 16)), 1_281_167, 8, Rate.teraflops(1));
        double picture = (whole.parts().get(0).cost().kept() + whole.parts().get(0).cost().working()) / 2;
        assertEquals(16 * picture, costs.memory().working(), 1);
    }

    @Test
    void teacherSeesTheGlobalCropsAndHasNoBackwardPass() {
        RecipeCosts costs = RecipeCosts.of(recipe("paper-ibot-vitl-se2"));
        RecipeCosts.Part teacher = costs.parts().get(3);
        double head = 2 * 197 * (1024.0 * 2048 + 2048.0 * 2048 + 2048.0 * 256 + 256.0 * 8192);
        assertEquals(2 * (2 * 61.55e9 + head), teacher.forwardFlops(), 0.01 * teacher.forwardFlops());
        assertEquals(0, teacher.backwardFlops());
    }

    @Test
    void decodersAreThoseOfTheSpecification() {
        RecipeCosts costs = RecipeCosts.of(recipe("paper-all-se2"));
        double macs = 196.0 * 512 * 256 + 16.0 * (196 * 256 * 128 + 784 * 128 * 64 + 3136 * 64 * 32 + 12544 * 32 * 3);
        assertEquals(2 * 2 * macs, costs.parts().get(3).forwardFlops(), 1);
        assertEquals("decoders", costs.parts().get(3).name());
    }

    @ParameterizedTest
    @CsvSource({"paper-vicreg, paper-all-se2, 14.7", "paper-ibot-vitl, paper-ibot-vitl-se2, 8.3", "paper-dinov2-vitl, paper-dinov2-vitl-se2, 7.2"})
    void reconstructionTakesLessThanThePapersOverhead(String without, String with, double percent) {
        double overhead = 100 * (RecipeCosts.of(recipe(with)).stepFlops() / RecipeCosts.of(recipe(without)).stepFlops() - 1);
        assertTrue(overhead > 0 && overhead < percent, overhead + " %");
    }

    @Test
    void stepsHoursAndSizesFollowFromMembersRanksAndRate() {
        TrainingCosts costs = TrainingCosts.of(recipe("paper-all-angle"), 1_281_167, 8, Rate.samplesPerSecond(267));
        assertEquals(625, costs.perEpoch());
        assertEquals(500_000, costs.steps());
        assertEquals(256, costs.together());
        assertEquals(500_000.0 * 2048 / 267 / 3600, costs.hours(), 1e-6);
        assertEquals(12.0 * costs.networks().parameters(), costs.checkpoint(), 0.001 * costs.checkpoint());
        assertEquals(4.0 * (21_665_664 + 384 * 512 + 512), costs.encoder());
    }

    @Test
    void hoursFollowTheOperationsWhereThoseAreTheRate() {
        Settings recipe = recipe("paper-ibot-vitl-se2");
        TrainingCosts costs = TrainingCosts.of(recipe, 1_281_167, 32, Rate.teraflops(100));
        assertEquals(costs.steps() * 1024.0 * RecipeCosts.of(recipe).stepFlops() / 1e14 / 3600, costs.hours(), 1e-6);
    }

    @Test
    void posterRowsGiveThePostersHours() {
        assertEquals(1067, PosterCosts.PRETRAIN_VIT_S.hours(), 0.5);
        assertEquals(3867, PosterCosts.PRETRAIN_VIT_L.hours(), 0.5);
        assertEquals(PosterCosts.PRETRAIN_VIT_S, PosterCosts.pretraining(recipe("paper-all-angle").node()).orElseThrow());
        assertEquals(PosterCosts.PRETRAIN_VIT_L, PosterCosts.pretraining(recipe("paper-ibot-vitl").node()).orElseThrow());
        assertTrue(PosterCosts.pretraining(recipe("paper-objects-ours").node()).isEmpty());
        assertTrue(PosterCosts.pretraining(recipe("mini-vicreg").node()).isEmpty());
    }

    @Test
    void posterRowsAreThoseOfTheTableOfPaperValues() throws IOException {
        String table = java.nio.file.Files.readString(RECIPES.resolveSibling("paper-values.csv"));
        for (PosterCosts row : PosterCosts.values()) {
            assertTrue(table.contains(String.format("cost,\"%s\",gpus,%d,", row.row(), row.gpus())), row.row());
            assertTrue(table.contains(String.format("cost,\"%s\",seconds_per_epoch,%.0f,", row.row(), row.secondsPerEpoch())), row.row());
            assertTrue(table.contains(String.format("cost,\"%s\",epochs,%d,", row.row(), row.epochs())), row.row());
        }
    }

    @Test
    void ranksThatDoNotDivideTheBatchAreRefused() {
        UserError refused = assertThrows(UserError.class, () -> TrainingCosts.of(recipe("paper-all-angle"), 1_281_167, 7, Rate.teraflops(1)));
        assertTrue(refused.getMessage().endsWith("batch 2048 is not a multiple of 7 ranks"), refused.getMessage());
    }
}
