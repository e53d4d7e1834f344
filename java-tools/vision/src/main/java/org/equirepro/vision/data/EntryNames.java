package org.equirepro.vision.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.UserError;

/** Which names an archive's entries may have. */
final class EntryNames {

    private EntryNames() {}

    /** For messages: without control characters. */
    static String shown(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * The name without empty parts and dots.
     *
     * @throws UserError if it is absolute, climbs out of the archive or has characters that no data set has
     */
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
}
