package org.equirepro.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.tensor.doctor.Row;
import org.junit.jupiter.api.Test;

/** The proofs themselves, on a CPU and small: what they check holds there too, except what only a GPU has. */
final class GpuProofTest {

    private static Row row(GpuProof proof) {
        try (Work work = new Work()) {
            return proof.row(work);
        }
    }

    @Test
    void kernelsComputeWhatTheyShould() {
        for (GpuProof proof : new GpuProof[] {GpuProof.AUTOCAST, GpuProof.ATTENTION, GpuProof.ADAMW, GpuProof.FUSER, GpuProof.SPEED}) {
            Row row = row(proof);
            assertEquals(Row.State.OK, row.state(), row.toString());
        }
    }

    @Test
    void whatOnlyAGpuHasSaysSo() {
        Row row = row(GpuProof.COPIES);
        assertEquals(Row.note("pinned copies", "no GPU", ""), row);
    }

    @Test
    void recomputingGivesTheSameGradients() {
        String kept = row(GpuProof.MEMORY).found();
        assertTrue(kept.startsWith("gradient norm "), kept);
        assertEquals(kept, row(GpuProof.MEMORY_RECOMPUTED).found());
    }
}
