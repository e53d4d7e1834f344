package org.equirepro.evaluation.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.UserError;
import org.equirepro.tensor.dist.Consensus;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.training.StopSignal;

/**
 * A test in stretches of samples, each with a file of answers in the store: ranks take them in turn, and a test that was stopped
 * goes on. The stretches, and with them the answers, do not depend on the number of ranks.
 */
final class SharedTest {

    /** Answers for a stretch of samples. */
    @FunctionalInterface
    interface Answering {
        List<String> answers(int from, int to);
    }

    private final Path folder;
    private final int stretch;
    private final ProcessGroup group;
    private final Consensus consensus;

    /**
     * @param folder of the answers; all ranks see it
     * @param stretch samples that are answered together
     */
    SharedTest(Path folder, int stretch, ProcessGroup group, Consensus consensus) {
        this.folder = folder;
        this.stretch = stretch;
        this.group = group;
        this.consensus = consensus;
    }

    /**
     * All answers, in order, for rank 0; nothing for the others.
     *
     * @throws UserError with exit code 75, on every rank, if one was asked to stop
     */
    List<String> run(int samples, Answering test, StopSignal stop) {
        int stretches = (samples + stretch - 1) / stretch;
        boolean answered = false; // a call that answered nothing must not stop: however short its time, the next one would do no better
        for (int first = 0; first < stretches; first += group.size()) {
            int mine = first + group.rank();
            if (mine < stretches && !Files.exists(file(mine))) {
                List<String> lines = test.answers(mine * stretch, Math.min(samples, (mine + 1) * stretch));
                AtomicFiles.writeLines(file(mine), lines);
                answered = true;
            }
            boolean more = first + group.size() < stretches;
            if (consensus.any(answered) && consensus.any(stop.reason() != null) && more) {
                group.close();
                throw UserError.savedRunAgain("stopped in the test after " + Math.min(samples, (first + group.size()) * stretch) + " of "
                        + samples + " samples; the same command goes on from there");
            }
        }
        group.barrier();
        return group.rank() == 0 ? read(stretches) : List.of();
    }

    private List<String> read(int stretches) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < stretches; i++) {
            try {
                all.addAll(Files.readAllLines(file(i)));
            } catch (IOException e) {
                throw UserError.badData(file(i), "cannot be read (" + e.getMessage() + "); all ranks must see one --store", e);
            }
        }
        return all;
    }

    private Path file(int number) {
        return folder.resolve(String.format("%06d.txt", number));
    }
}
