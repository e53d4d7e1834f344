package org.equirepro.bench.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Locale;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.ProcessGroups;
import org.equirepro.tensor.dist.Ranks;

/** A sum over the GPUs of this machine by NCCL, a process each. */
final class AllReduceProof {

    private AllReduceProof() {}

    /** What this rank measured; the ranks meet in {@code folder}. */
    static String run(Work work, int rank, int ranks, String folder) {
        long floats = 22_050_664; // a ViT-S
        try (ProcessGroup nccl = ProcessGroups.open(new Ranks(rank, ranks, rank, "bench"), GroupSettings.DEFAULT, work.torch().device(),
                Path.of(folder)); NDManager scope = work.torch().scope()) {
            NDArray tensor = scope.ones(new Shape(floats));
            work.cuda().synchronise();
            nccl.sum(tensor);
            work.cuda().synchronise();
            float[] ends = {tensor.get("0").getFloat(), tensor.get("-1").getFloat()};
            KernelProofs.require(ends[0] == ranks && ends[1] == ranks, "the sum is " + ends[0] + ", " + ends[1] + " instead of " + ranks);
            double ms = work.milliseconds(() -> nccl.sum(tensor));
            return String.format(Locale.ROOT, "%d ranks, %d floats: the sum is right, %.2f ms, %.1f GB/s", ranks, floats, ms,
                    4e-6 * floats / ms);
        }
    }
}
