package org.equirepro.bench.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HexFormat;
import java.util.Locale;

/** A sum over the GPUs of this machine by NCCL, a process each. */
final class AllReduceProof {

    private AllReduceProof() {}

    /** What this rank measured; {@code id} is the ticket in hexadecimal. */
    static String run(Work work, int rank, int ranks, String id) {
        long floats = 22_050_664; // a ViT-S
        Nccl nccl = new Nccl(HexFormat.of().parseHex(id), ranks, rank);
        try (NDManager scope = work.torch().scope()) {
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
