package org.equirepro.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.equirepro.study.costs.DataSizes;
import org.equirepro.study.costs.PlanPage;
import org.equirepro.study.costs.StudyCosts;
import org.equirepro.study.costs.TaskCosts;
import org.junit.jupiter.api.Test;

/** What the paper's study takes. */
final class StudyCostsTest {

    private static final Path CONF = Path.of(System.getProperty("equirepro.home")).resolve("conf").normalize();

    /** ImageNet's numbers, whatever the set. */
    private static final DataSizes SIZES = config -> Optional.of(new DataSizes.Size(1_281_167, 50_000, 1, 154e9));

    private static Plan paper(List<String> rows) {
        return Plan.of(CONF.resolve("studies/paper.yml"), CONF, Parameters.open(), new Plan.Selection(rows, List.of()));
    }

    @Test
    void pretrainingsHaveThePostersDevicesAndHours() {
        StudyCosts costs = StudyCosts.of(paper(List.of("all-angle", "ibot-vitl", "dinov2-vitl")), SIZES);
        List<TaskCosts> trainings = costs.of("PRETRAIN");
        assertEquals(List.of(8, 32, 32), trainings.stream().map(TaskCosts::devices).toList());
        assertEquals(1066.7, trainings.get(0).poster(), 0.1);
        assertEquals(32 * 2900 * 100 / 3600.0, trainings.get(1).poster(), 0.1, "the poster's seconds an epoch, this recipe's epochs");
        assertEquals(3866.7, trainings.get(2).poster(), 0.1);
    }

    @Test
    void longestChainIsDataEncoderEvaluationAndReport() {
        StudyCosts costs = StudyCosts.of(paper(List.of("all-angle", "ibot-vitl")), SIZES);
        List<TaskCosts> chain = costs.longestChain(one -> one.hours() / one.devices());
        assertEquals(List.of("imagenet", "ibot-vitl-s0"), chain.subList(0, 2).stream().map(one -> one.task().id()).toList());
        assertTrue(chain.get(2).task().id().endsWith("-ibot-vitl-s0"), chain.get(2).task().id());
        assertEquals(List.of("tables", "report"), chain.subList(3, 5).stream().map(one -> one.task().id()).toList());
    }

    @Test
    void roomIsThatOfShardsStatesAndEncoders() {
        StudyCosts costs = StudyCosts.of(paper(List.of("vicreg")), SIZES);
        assertEquals(154e9, costs.sources());
        TaskCosts shards = costs.of("PREPARE_DATASET").get(0);
        assertEquals(1.008 * 154e9, shards.bytes(), 1e6);
        assertTrue(shards.files() > 154e9 / (256 << 20), shards.files() + " files");
        TaskCosts training = costs.of("PRETRAIN").get(0);
        double values = 21_665_664 + 384 * 512 + 512;
        assertEquals(4 * values, training.bytes());
        assertEquals(2 * 3 * 4 * values, training.stored(), 0.15 * training.stored(), "two states with both moments, and the expander");
    }

    @Test
    void whatIsNotKnownIsMarkedAndCountsAsNothing() {
        String page = PlanPage.markdown(paper(List.of("vicreg")), config -> Optional.empty());
        assertTrue(page.contains("| PRETRAIN | 1 | 8 | ? | 1,067 |"), page);
        assertTrue(page.contains("| imagenet | imagenet | `${imagenet}` |"), page);
        assertTrue(page.contains("by the poster's table where it has a row: 133."), page);
    }

    @Test
    void drawnDataSetsHaveTheSizesOfTheirSettings() {
        Plan plan = Plan.of(CONF.resolve("studies/test.yml"), CONF, Parameters.open(), Plan.Selection.ALL);
        StudyCosts costs = StudyCosts.of(plan, config -> Optional.empty());
        double pictures = 4 * (256 + 64) * 32 * 32;
        double renders = 10 * 8 * 8 * 64 * 64;
        assertEquals(1.008 * renders, costs.of("PREPARE_DATASET").get(0).bytes(), 1);
        assertEquals(1.008 * pictures, costs.of("PREPARE_DATASET").get(2).bytes(), 1);
        assertEquals(0, costs.sources());
    }
}
