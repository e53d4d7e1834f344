package org.equirepro.training;

import java.util.Map;
import java.util.Optional;

/** Looks on while a training runs; every rank has one, and sees the same values. */
public interface Observer {

    /**
     * At each point of the curves.
     *
     * @param step steps done
     * @param values losses and rates of the global batch, by name; what is put into them goes to the curves too
     * @return a line for the user
     */
    default Optional<String> point(long step, Map<String, Double> values) {
        return Optional.empty();
    }

    /** After each step, before its state is saved; gradient mode is off. What is trained must stay as it is. */
    default void after(long step) {}
}
