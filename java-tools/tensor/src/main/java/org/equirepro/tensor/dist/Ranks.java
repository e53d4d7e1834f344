package org.equirepro.tensor.dist;

import java.util.Map;
import org.equirepro.base.UserError;

/**
 * Which of the processes of a job this one is, as its launcher says.
 *
 * @param rank 0 .. size - 1
 * @param size processes of the job
 * @param local 0 .. among the processes of the same node
 * @param launcher what started them, for messages
 */
public record Ranks(int rank, int size, int local, String launcher) {

    /** A process that was started alone. */
    public static final Ranks SINGLE = new Ranks(0, 1, 0, "none");

    public Ranks {
        if (size < 1 || rank < 0 || rank >= size || local < 0 || local >= size) {
            throw UserError.usage("the launcher's variables (" + launcher + ") contradict each other: rank " + rank + ", local rank " + local
                    + ", size " + size + "; start all ranks by one mpirun or srun");
        }
    }

    /**
     * Reads the launcher's variables. Open MPI's come first: under {@code mpirun} within a SLURM job SLURM's describe Open MPI's
     * daemons. SLURM's count only within a step that {@code srun} started: a batch script has SLURM_NTASKS, too, and is one process.
     *
     * @throws UserError if they are incomplete or contradict each other
     */
    public static Ranks of(Map<String, String> environment) {
        if (environment.containsKey("OMPI_COMM_WORLD_SIZE") || environment.containsKey("OMPI_COMM_WORLD_RANK")) {
            return read(environment, "Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK");
        }
        if (environment.containsKey("SLURM_STEP_ID") && environment.containsKey("SLURM_STEP_NUM_TASKS")) {
            return read(environment, "SLURM", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID");
        }
        if (environment.containsKey("PMI_SIZE") || environment.containsKey("PMI_RANK")) {
            String local = environment.containsKey("MPI_LOCALRANKID") ? "MPI_LOCALRANKID" : "PMI_LOCAL_RANK";
            return read(environment, "PMI", "PMI_RANK", "PMI_SIZE", environment.containsKey(local) ? local : "PMI_RANK");
        }
        return SINGLE;
    }

    private static Ranks read(Map<String, String> environment, String launcher, String rank, String size, String local) {
        return new Ranks(number(environment, launcher, rank), number(environment, launcher, size), number(environment, launcher, local),
                launcher);
    }

    private static int number(Map<String, String> environment, String launcher, String name) {
        String text = environment.get(name);
        try {
            return Integer.parseInt(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw UserError.usage("the launcher's variables (" + launcher + ") are incomplete: " + name + " is "
                    + (text == null ? "not set" : "'" + text + "'") + "; start all ranks by one mpirun or srun");
        }
    }

    /** Whether there are no others. */
    public boolean single() {
        return size == 1;
    }

    @Override
    public String toString() {
        return "rank " + rank + " of " + size;
    }
}
