package org.equirepro.evaluation.probes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.UserError;

/** Finished parts of a probe, each in a folder of its own below the store, so that a run that was stopped goes on there. */
final class PartStore {

    private final Path folder;
    private final double budgetSeconds;
    private final long begin = System.nanoTime();
    private boolean madeOne;

    /** {@code store} is null for none; {@code identity} is a hash over all that the parts depend on. */
    PartStore(Path store, String identity, double budgetSeconds) {
        if (store == null && budgetSeconds < Double.POSITIVE_INFINITY) {
            throw UserError.usage("--budget needs --store: without it an interrupted probe would begin again");
        }
        this.folder = store == null ? null : store.resolve(identity);
        this.budgetSeconds = budgetSeconds;
    }

    /**
     * The part of that name, from the store or made now. Every run makes at least one, however small its budget.
     *
     * @throws UserError to run again if the budget is spent and the part would have to be made
     */
    ProbePart get(String name, Supplier<ProbePart> maker) {
        if (folder == null) {
            return maker.get();
        }
        Path kept = folder.resolve(name);
        if (Files.isDirectory(kept)) {
            return ProbePart.read(kept);
        }
        if (madeOne && (System.nanoTime() - begin) / 1e9 > budgetSeconds) {
            throw UserError.savedRunAgain("the time is over; finished parts are in " + folder + ": run the same command again");
        }
        ProbePart part = maker.get();
        AtomicFiles.writeFolder(kept, part::write);
        madeOne = true;
        return part;
    }
}
