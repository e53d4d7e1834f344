package org.equirepro.study;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What the user may have meant: the known names nearest to a wrong one. */
final class NearNames {

    private NearNames() {}

    /**
     * The end of an error message: {@code "; did you mean weight?"} where a known name is near, else
     * {@code "; known: count, family, weight"}.
     */
    static String hint(String wrong, Collection<String> known) {
        List<String> near = near(wrong, known);
        if (!near.isEmpty()) {
            return "; did you mean " + String.join(" or ", near) + "?";
        }
        return known.isEmpty() ? "" : "; known: " + String.join(", ", new TreeSet<>(known));
    }

    /** At most three known names within a third of the length (at least 1, at most 3 edits), nearest first, then by name. */
    static List<String> near(String wrong, Collection<String> known) {
        int limit = Math.max(1, Math.min(3, wrong.length() / 3));
        int best = known.stream().mapToInt(name -> distance(wrong, name)).min().orElse(Integer.MAX_VALUE);
        if (best > limit) {
            return List.of();
        }
        return new TreeSet<>(known).stream().filter(name -> distance(wrong, name) == best).limit(3).toList();
    }

    /** Edits (insert, delete, replace, swap of neighbours) between two names, without regard to case. */
    private static int distance(String a, String b) {
        String s = a.toLowerCase(java.util.Locale.ROOT);
        String t = b.toLowerCase(java.util.Locale.ROOT);
        int[][] d = new int[s.length() + 1][t.length() + 1];
        for (int i = 0; i <= s.length(); i++) {
            for (int j = 0; j <= t.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = s.charAt(i - 1) == t.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + replace);
                if (i > 1 && j > 1 && s.charAt(i - 1) == t.charAt(j - 2) && s.charAt(i - 2) == t.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[s.length()][t.length()];
    }
}
