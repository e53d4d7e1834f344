package org.equirepro.evaluation.probes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Budget;
import org.equirepro.tensor.io.SafeTensors;

/** Where a part that takes long saves how far it is when the time is over. */
final class PartState {

    private final Path file;
    private final Budget budget;

    /** {@code file} is null for nowhere; the part is then computed to its end. */
    PartState(Path file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    /** What the run before saved. A damaged file is named and left out. */
    Optional<SafeTensors> saved() {
        if (file == null || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            SafeTensors state = SafeTensors.open(file);
            state.verify();
            return Optional.of(state);
        } catch (UserError e) {
            System.err.println("a saved state is left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether to {@link #stop} here. */
    boolean due() {
        return file != null && budget.spent();
    }

    /** Saves; the result is to be thrown. */
    UserError stop(SortedMap<String, SafeTensors.Tensor> tensors, SortedMap<String, String> metadata) {
        SafeTensors.write(file, tensors, metadata);
        return budget.stop();
    }

    /** The part is finished. */
    void drop() {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw UserError.failure(file + ": cannot be removed: " + e.getMessage(), e);
        }
    }
}
