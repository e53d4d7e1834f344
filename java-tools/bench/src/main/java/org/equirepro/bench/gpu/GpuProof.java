package org.equirepro.bench.gpu;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.equirepro.tensor.doctor.ChildRows;
import org.equirepro.tensor.doctor.Row;

/** What has to be shown on a GPU; each in a process of its own, since a CUDA error spoils the process for all that follows. */
enum GpuProof {
    AUTOCAST("autocast", KernelProofs::autocast),
    ATTENTION("attention", KernelProofs::attention),
    ADAMW("fused AdamW", KernelProofs::adamW),
    ALL_REDUCE("NCCL all-reduce", null),
    COPIES("pinned copies", KernelProofs::copies),
    FUSER("graph fuser", KernelProofs::fuser),
    MEMORY("ViT-L memory", work -> TrainingProofs.memory(work, false)),
    MEMORY_RECOMPUTED("same, recomputed", work -> TrainingProofs.memory(work, true)),
    SPEED("ViT-S training", work -> String.format(Locale.ROOT, "%.0f img/s", TrainingProofs.imagesPerSecond(work)));

    private final String title;
    private final Function<Work, String> proof;

    GpuProof(String title, Function<Work, String> proof) {
        this.title = title;
        this.proof = proof;
    }

    String title() {
        return title;
    }

    /** In the child: {@code NAME}, and for the all-reduce {@code RANK RANKS TICKET}. Tells one row. */
    public static void main(String[] arguments) {
        GpuProof proof = valueOf(arguments[0]);
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        try (Work work = new Work()) {
            ChildRows.tell(proof.row(work, rest));
        }
    }

    /** Runs here. */
    Row row(Work work, String... rest) {
        try {
            return Row.ok(title, proof != null ? proof.apply(work)
                    : AllReduceProof.run(work, Integer.parseInt(rest[0]), Integer.parseInt(rest[1]), rest[2]));
        } catch (Work.NeedsGpu e) {
            return Row.note(title, "no GPU", "");
        } catch (RuntimeException | LinkageError e) {
            return Row.defect(title, String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()), "");
        }
    }
}
