package org.equirepro.reporting.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;

/**
 * A claim of the paper as an ordering: in every column, every row of {@code above} is better than every row of {@code below}
 * by more than {@code margin}.
 *
 * @param promised true if {@code equirepro check} shall fail where the claim fails
 * @param table id of a table, such as {@code r2_image}
 * @param features of the block, if not the first one's
 * @param protocol of the block, if not the first one's
 * @param margin in the unit of the column; negative where "not much worse" is claimed
 */
public record Claim(String id, String text, boolean promised, String table, Optional<String> features, Optional<String> protocol,
        List<String> columns, List<String> above, List<String> below, double margin) {

    /** Reads a section of {@code claims} of a study. */
    static Claim of(Settings section) {
        return new Claim(section.text("id"), section.text("text"), section.flag("promised", false), section.text("table"),
                Optional.ofNullable(section.text("features", null)), Optional.ofNullable(section.text("protocol", null)),
                section.texts("columns"), section.texts("above"), section.texts("below"), section.real("margin", 0));
    }

    static List<Claim> all(List<Settings> sections) {
        List<Claim> claims = new ArrayList<>();
        sections.forEach(section -> claims.add(of(section)));
        return List.copyOf(claims);
    }
}
