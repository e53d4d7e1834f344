package org.equirepro.tensor.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;

final class RanksTest {

    @Test
    void aProcessThatWasStartedAloneIsSingle() {
        assertTrue(Ranks.of(Map.of()).single());
    }

    @Test
    void mpirunNamesTheRank() {
        assertEquals(new Ranks(3, 4, 1, "Open MPI"),
                Ranks.of(Map.of("OMPI_COMM_WORLD_RANK", "3", "OMPI_COMM_WORLD_SIZE", "4", "OMPI_COMM_WORLD_LOCAL_RANK", "1")));
    }

    @Test
    void srunNamesTheRank() {
        assertEquals(new Ranks(5, 8, 1, "SLURM"), Ranks.of(Map.of("SLURM_STEP_ID", "0", "SLURM_PROCID", "5", "SLURM_LOCALID", "1",
                "SLURM_STEP_NUM_TASKS", "8", "SLURM_NTASKS", "8")));
    }

    @Test
    void aBatchScriptWithManyTasksIsOneProcess() {
        assertTrue(Ranks.of(Map.of("SLURM_JOB_ID", "7", "SLURM_NTASKS", "8", "SLURM_PROCID", "0", "SLURM_LOCALID", "0")).single());
    }

    @Test
    void mpirunWithinASlurmJobCountsAndNotItsDaemonsStep() {
        assertEquals(new Ranks(1, 2, 1, "Open MPI"), Ranks.of(Map.of("OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_SIZE", "2",
                "OMPI_COMM_WORLD_LOCAL_RANK", "1", "SLURM_STEP_ID", "0", "SLURM_PROCID", "0", "SLURM_LOCALID", "0", "SLURM_STEP_NUM_TASKS", "1")));
    }

    @Test
    void otherManagersNameTheRankByPmi() {
        assertEquals(new Ranks(1, 4, 0, "PMI"), Ranks.of(Map.of("PMI_RANK", "1", "PMI_SIZE", "4", "MPI_LOCALRANKID", "0")));
    }

    @Test
    void contradictingOrMissingVariablesAreNamed() {
        refused(Map.of("OMPI_COMM_WORLD_RANK", "4", "OMPI_COMM_WORLD_SIZE", "4", "OMPI_COMM_WORLD_LOCAL_RANK", "0"), "rank 4");
        refused(Map.of("OMPI_COMM_WORLD_RANK", "1"), "OMPI_COMM_WORLD_SIZE is not set");
        refused(Map.of("SLURM_STEP_ID", "0", "SLURM_PROCID", "x", "SLURM_LOCALID", "0", "SLURM_STEP_NUM_TASKS", "2"), "SLURM_PROCID is 'x'");
    }

    private static void refused(Map<String, String> environment, String text) {
        UserError e = assertThrows(UserError.class, () -> Ranks.of(environment));
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }
}
