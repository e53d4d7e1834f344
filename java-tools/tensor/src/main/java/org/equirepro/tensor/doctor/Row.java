package org.equirepro.tensor.doctor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.equirepro.base.Settings;

/**
 * One line of the doctor's table.
 *
 * @param what was looked at
 * @param found one line
 * @param advice what to do; empty if nothing
 */
public record Row(String what, State state, String found, String advice) {

    /** Fine; worth knowing; must be mended before anything is computed. */
    public enum State { OK, NOTE, DEFECT }

    public static Row ok(String what, String found) {
        return new Row(what, State.OK, found, "");
    }

    public static Row note(String what, String found, String advice) {
        return new Row(what, State.NOTE, found, advice);
    }

    public static Row defect(String what, String found, String advice) {
        return new Row(what, State.DEFECT, found, advice);
    }

    /** For people: the state, what, what was found, and below it the advice. */
    @Override
    public String toString() {
        return String.format("%-7s %-18s %s%s", state.name().toLowerCase(Locale.ROOT), what, found,
                advice.isEmpty() ? "" : "\n" + " ".repeat(27) + "-> " + advice);
    }

    public ObjectNode json() {
        ObjectNode node = Settings.object();
        node.put("what", what);
        node.put("state", state.name());
        node.put("found", found);
        node.put("advice", advice);
        return node;
    }
}
