package org.equirepro.evaluation.probes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Budget;

/** Finished parts of a probe, each in a folder of its own below the store, so that a run that was stopped goes on there. */
final class PartStore {

    private final Path folder;
    private final Budget budget;

    /** {@code store} is null for none; {@code identity} is a hash over all that the parts depend on. */
    PartStore(Path store, String identity, Budget budget) {
        this.folder = store == null ? null : store.resolve(identity);
        this.budget = budget;
    }

    /**
     * The part of that name, from the store or made now; the maker is told where it may save how far it is.
     *
     * @throws UserError to run again if the budget is spent and the part would have to be made
     */
    ProbePart get(String name, Function<PartState, ProbePart> maker) {
        if (folder == null) {
            return maker.apply(new PartState(null, budget));
        }
        Path kept = folder.resolve(name);
        if (Files.isDirectory(kept)) {
            return ProbePart.read(kept);
        }
        budget.check();
        PartState state = new PartState(folder.resolve(name + ".state"), budget);
        ProbePart part = maker.apply(state);
        AtomicFiles.writeFolder(kept, part::write);
        state.drop();
        budget.saved();
        return part;
    }
}
