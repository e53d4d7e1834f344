package org.equirepro.vision.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.UserError;

/** Names of the entries of an archive: relative, with {@code /} between the parts, not climbing. */
final class EntryNames {

    private EntryNames() {}

    /** The name without empty parts and dots; empty for the archive's root folder. Anything unsafe is refused. */
    static String safe(Path archive, String name, boolean folder) {
        boolean rootOnly = folder && name.matches("[./]*") && !name.contains("..");
        if (!rootOnly && (name.startsWith("/") || name.matches("[A-Za-z]:.*") || name.contains("\\") || name.indexOf(0) >= 0)) {
            throw UserError.badData(archive, "entry " + shown(name) + " has an absolute or strange path; refused");
        }
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/")) {
            if (part.equals("..")) {
                throw UserError.badData(archive, "entry " + shown(name) + " climbs out of the archive; refused");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    /** How an error shows a name. */
    static String shown(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
