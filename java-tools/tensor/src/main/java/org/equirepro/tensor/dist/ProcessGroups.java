package org.equirepro.tensor.dist;

import ai.djl.Device;
import java.nio.file.Path;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.UserError;

/** Makes the group that fits: none for a rank alone, MPI on CPUs, NCCL on GPUs. */
public final class ProcessGroups {

    /** What a rank of a training does. */
    @FunctionalInterface
    public interface RankWork {
        void run(ProcessGroup group);
    }

    private ProcessGroups() {}

    /**
     * Opens the group, works, and closes it. Whatever the work throws on one rank ends the others, too, within a second, with
     * the same exit code, and rank 0 prints the message with the rank's name.
     *
     * @param device where the tensors lie
     * @param shared a folder that all ranks see; used by GPU ranks to find each other
     */
    public static void run(Ranks ranks, GroupSettings settings, Device device, Path shared, RankWork work) {
        if (ranks.single()) {
            work.run(ProcessGroup.single());
            return;
        }
        ProcessGroup group = open(ranks, settings, device, shared);
        try {
            work.run(group);
            group.close();
        } catch (UserError e) {
            group.fail(e.exitCode().code(), e.getMessage());
            throw e;
        } catch (RuntimeException | Error e) {
            group.fail(ExitCode.FAILURE.code(), e.toString());
            throw e;
        }
    }

    /** A group whose good or bad end is the caller's affair; with the library that the device needs, for a rank alone, too. */
    public static ProcessGroup open(Ranks ranks, GroupSettings settings, Device device, Path shared) {
        String name = ProcessMeter.host() + ", process " + ProcessHandle.current().pid();
        return device.isGpu() ? NcclGroup.open(ranks, settings, device.getDeviceId(), shared, name, ProcessGroups::end)
                : new MpiGroup(ranks, settings, name, ProcessGroups::end);
    }

    /** Not {@code System.exit}: its hooks could wait for threads that wait for the dead rank. */
    private static void end(int code, String message) {
        if (message != null) {
            System.err.println("equirepro: " + message);
            System.err.flush();
        }
        Runtime.getRuntime().halt(code);
    }
}
