package org.equirepro.tensor.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MPI and NCCL as far as a process alone can try them; ranks under mpirun are tested in the pretraining room. */
final class LibrariesTest {

    @TempDir
    Path folder;

    private static boolean found(String library) {
        try {
            NativeLibrary.getInstance(library);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    @Test
    void openMpiSaysWhichItIs() {
        Assumptions.assumeTrue(found("libmpi.so.40"), "no Open MPI here");
        assertTrue(OpenMpi.version().startsWith("Open MPI v"), OpenMpi.version());
    }

    @Test
    void ncclSaysWhichItIsAndMakesAnIdentityOrItsAbsenceIsSaid() {
        try (Torch torch = Torch.start(1)) {
            if (found("libnccl.so.2") || Files.exists(Path.of(System.getenv("PYTORCH_LIBRARY_PATH"), "libtorch_cuda.so"))) {
                Nccl nccl = new Nccl();
                assertTrue(nccl.version() > 21000);
            } else {
                UserError e = assertThrows(UserError.class, Nccl::new);
                assertTrue(e.getMessage().contains("libnccl.so.2"), e.getMessage());
            }
        }
    }

    @Test
    void ranksMeetByAFileEvenWhereAnOldOneLies() throws Exception {
        Map<String, String> job = Map.of("SLURM_JOB_ID", "12", "SLURM_STEP_ID", "3");
        Files.writeString(folder.resolve("ranks-slurm-12.3.0.txt"), "1 abc 127.0.0.1\n");
        Lifeline.Ending ending = (code, message) -> { };
        Lifeline host = Lifeline.host(new Ranks(0, 2, 0, "test"), new byte[] {7}, ending);
        Thread late = new Thread(() -> new Meeting(folder, job).announce(host));
        late.start();
        try (Lifeline joined = new Meeting(folder, job).join(new Ranks(1, 2, 1, "test"), "node1", ending, 10)) {
            assertEquals(7, joined.payload()[0]);
        }
        late.join();
        host.awaitAll(10);
        new Meeting(folder, job).over();
        UserError e = assertThrows(UserError.class, () -> new Meeting(folder, job).join(new Ranks(1, 2, 1, "test"), "node1", ending, 0.1));
        assertTrue(e.getMessage().contains("share"), e.getMessage());
        host.close();
    }

    @Test
    void theMeetingIsNamedByTheJobStep() {
        assertEquals("slurm-12.3.1", Meeting.job(Map.of("SLURM_JOB_ID", "12", "SLURM_STEP_ID", "3", "SLURM_RESTART_COUNT", "1")));
        assertEquals("mpirun-node-7-1", Meeting.job(Map.of("OMPI_COMM_WORLD_SIZE", "2", "PMIX_NAMESPACE", "node/7@1", "SLURM_JOB_ID", "12")));
    }
}
