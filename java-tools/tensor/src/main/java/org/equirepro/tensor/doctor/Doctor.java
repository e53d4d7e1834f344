package org.equirepro.tensor.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.equirepro.natives.NativeSet;

/** Examines libtorch and the machine: what a run needs, row by row. Reads only. */
public final class Doctor {

    /** The row about what the environment claims libtorch to be. */
    public static final String CLAIM = "environment";

    private static final String NOT_SAID = "nothing";

    private final LibraryFolder folder;
    private final Map<String, String> environment;

    /** @param environment the process's own, where PYTORCH_LIBRARY_PATH names libtorch's folder */
    public Doctor(Map<String, String> environment) {
        this.folder = new LibraryFolder(environment.get("PYTORCH_LIBRARY_PATH"));
        this.environment = environment;
    }

    /** The machine, without libtorch. */
    public List<Row> machine() {
        return Machine.rows();
    }

    /**
     * libtorch, loaded.
     *
     * @param here in this process, which may end it; else in a child
     */
    public List<Row> libraries(boolean here) {
        List<Row> rows = new ArrayList<>(folder.rows());
        if (!folder.loadable()) {
            return rows;
        }
        if (here) {
            new EngineProbe(folder.path(), rows::add).run();
        } else {
            rows.addAll(inChild());
        }
        rows.add(versions(rows));
        return rows;
    }

    /** Version and flavour as they are; the version is null where neither files nor libtorch tell it. */
    public Identity identity(List<Row> rows) {
        String said = rows.stream().filter(row -> row.what().equals("libtorch says") && !row.found().startsWith(NOT_SAID))
                .map(Row::found).findFirst().orElse(null);
        return new Identity(folder.set().map(NativeSet::libtorch).orElse(said), folder.flavour());
    }

    /** What PYTORCH_VERSION and PYTORCH_FLAVOR should say. */
    public record Identity(String version, String flavour) {}

    /** DJL repeats PYTORCH_VERSION whatever is loaded, and a task's fingerprint holds it. */
    private Row versions(List<Row> rows) {
        Identity is = identity(rows);
        String told = environment.get("PYTORCH_VERSION") + " " + environment.get("PYTORCH_FLAVOR");
        String found = is.version() + " " + is.flavour();
        if (is.version() == null) {
            return Row.note("libtorch", "of unknown version, said to be " + told, "");
        }
        if (folder.jniVersion().filter(built -> !built.equals(is.version())).isPresent()) {
            return Row.defect("libtorch", found + ", but libdjl_torch.so was built for " + folder.jniVersion().get(),
                    "put the one for this version beside it: pytorch-jni of Maven Central");
        }
        return told.equals(found) ? Row.ok("libtorch", found)
                : Row.defect(CLAIM, found + ", but PYTORCH_VERSION and PYTORCH_FLAVOR say " + told,
                        "unset them, or choose this libtorch by bin/reproduce --libtorch " + folder.path());
    }

    private List<Row> inChild() {
        ChildRows child = new ChildRows(environment);
        child.set("PYTORCH_FLAVOR", folder.flavour());
        child.set("DJL_OFFLINE", "true");
        return child.run("engine", "libdjl_torch.so must be the one that was built for this libtorch; sets that fit come by"
                + " bin/reproduce --build-only", EngineProbe.class, folder.path().toString());
    }
}
