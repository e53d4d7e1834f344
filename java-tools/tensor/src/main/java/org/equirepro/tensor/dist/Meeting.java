package org.equirepro.tensor.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.UserError;

/**
 * How ranks without MPI find rank 0: by a file in a folder that all see, named by the job. It holds the {@link Lifeline}'s address.
 * A file that an earlier job left behind names a port where nobody answers to its word, so it is read again until one does.
 */
final class Meeting {

    private static final long POLL_MILLIS = 200;

    private final Path file;

    Meeting(Path shared, Map<String, String> environment) {
        file = shared.resolve("ranks-" + job(environment) + ".txt");
    }

    /** One name for all ranks of a job step and no other. */
    static String job(Map<String, String> environment) {
        if (environment.containsKey("OMPI_COMM_WORLD_SIZE")) {
            return "mpirun-" + environment.getOrDefault("PMIX_NAMESPACE", environment.getOrDefault("OMPI_MCA_ess_base_jobid", "0"))
                    .replaceAll("[^A-Za-z0-9.-]", "-");
        }
        return "slurm-" + environment.getOrDefault("SLURM_JOB_ID", "0") + "." + environment.getOrDefault("SLURM_STEP_ID", "0")
                + "." + environment.getOrDefault("SLURM_RESTART_COUNT", "0");
    }

    /** On rank 0. */
    void announce(Lifeline lifeline) {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw UserError.failure(file.getParent() + ": cannot be made (" + e.getMessage() + "); give another --store", e);
        }
        AtomicFiles.writeText(file, lifeline.address() + "\n");
    }

    /** On the other ranks: joins as soon as rank 0 answers. */
    Lifeline join(Ranks ranks, String name, Lifeline.Ending ending, double limitSeconds) {
        long end = System.nanoTime() + (long) (Math.min(1e9, limitSeconds) * 1e9);
        while (true) {
            UserError problem;
            try {
                return Lifeline.join(ranks, Files.readString(file), name, ending);
            } catch (IOException e) {
                problem = UserError.failure(ranks + " finds no " + file + " after " + (long) limitSeconds
                        + " s: rank 0 has not come, or --store does not lie on a file system that all ranks share", e);
            } catch (UserError e) {
                problem = e;
            }
            if (System.nanoTime() - end > 0) {
                throw problem;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw problem;
            }
        }
    }

    /** On rank 0, when all have come. */
    void over() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw UserError.failure(file + ": cannot be deleted (" + e.getMessage() + ")", e);
        }
    }
}
