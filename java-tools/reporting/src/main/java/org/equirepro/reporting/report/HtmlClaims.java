package org.equirepro.reporting.report;

import java.util.List;
import java.util.Optional;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.claims.ClaimTexts;

/** The tested claims, each with its comparisons. */
final class HtmlClaims {

    private HtmlClaims() {}

    static void write(List<ClaimResult> claims, StringBuilder page) {
        if (claims.isEmpty()) {
            page.append("<p>This study states no claims.</p>\n");
            return;
        }
        page.append("<p>").append(Html.text(ClaimTexts.RULE)).append("</p>\n").append(Html.tableStart("list", "Claims"))
                .append("<caption>Claims</caption>\n<thead><tr><th scope=\"col\">claim</th><th scope=\"col\">outcome</th>"
                        + "<th scope=\"col\">comparisons</th></tr></thead>\n<tbody>\n");
        for (ClaimResult claim : claims) {
            String word = claim.outcome().word();
            page.append("<tr><th scope=\"row\">").append(Html.text(claim.claim().text()))
                    .append(claim.claim().promised() ? " <span class=\"n\">(promised)</span>" : "")
                    .append("</th><td><span class=\"outcome ").append(word).append("\">").append(word)
                    .append("</span></td><td class=\"text\">").append(Html.text(claim.tally())).append("</td></tr>\n");
        }
        page.append("</tbody>\n").append(Html.tableEnd());
        for (ClaimResult claim : claims) {
            page.append("<details>\n<summary>").append(Html.text(claim.claim().id())).append(": ").append(claim.outcome().word())
                    .append("</summary>\n<ul>\n");
            claim.comparisons().forEach(one -> page.append("<li>").append(Html.text(ClaimTexts.sentence(claim, one))).append("</li>\n"));
            page.append("</ul>\n</details>\n");
        }
    }

    /** One line for the summary. */
    static Optional<String> tally(List<ClaimResult> claims) {
        if (claims.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (ClaimResult.Outcome outcome : ClaimResult.Outcome.values()) {
            text.append(text.isEmpty() ? "" : ", ").append(outcome.counted(claims.stream()
                    .filter(one -> one.outcome() == outcome).count()));
        }
        return Optional.of("Of " + claims.size() + (claims.size() == 1 ? " claim: " : " claims: ") + text + ".");
    }
}
