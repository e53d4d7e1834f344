package org.equirepro.reporting.runs;

import org.equirepro.base.ResultRow;

/** How a person names one number of a study: everything of its key but study and seed, as a path. */
final class CellName {

    private CellName() {}

    /** Such as {@code r2_image/cifar10/all-angle/angle/all/split_mean/zero_fill/mini-r2-image/r2}. */
    static String of(ResultRow row) {
        return String.join("/", row.task(), row.dataset(), row.encoder(), row.target(), row.parameter(), row.features(),
                row.protocol(), row.recipe(), row.metric());
    }

    /** True if the words of a short name all stand in the path, in this order: {@code r2_image/all-angle/angle}. */
    static boolean matches(String name, ResultRow row) {
        String[] words = name.split("/");
        String[] parts = of(row).split("/");
        int at = 0;
        for (String word : words) {
            while (at < parts.length && !parts[at].equals(word)) {
                at++;
            }
            if (at++ >= parts.length) {
                return false;
            }
        }
        return true;
    }
}
