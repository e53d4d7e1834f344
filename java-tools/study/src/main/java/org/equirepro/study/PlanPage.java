package org.equirepro.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.TreeSet;

/** The plan as a page for people: what will run, how much of it, and what that can be known from the settings alone. */
final class PlanPage {

    private PlanPage() {}

    static String markdown(Plan plan) {
        JsonNode report = plan.of("REPORT").get(0).config();
        StringBuilder page = new StringBuilder("# Plan of the study " + report.path("study").asText() + "\n\n"
                + report.path("title").asText() + "\n\nScale: " + report.path("scale").asText() + "\n\n");
        page.append("| process | tasks |\n|---|---:|\n");
        TreeSet<String> seen = new TreeSet<>();
        for (Plan.Task task : plan.tasks()) {
            if (seen.add(task.process())) {
                page.append("| ").append(task.process()).append(" | ").append(plan.of(task.process()).size()).append(" |\n");
            }
        }
        page.append("| all | ").append(plan.tasks().size()).append(" |\n\n");
        page.append("## Data sets\n\n| id | kind | source |\n|---|---|---|\n");
        for (Plan.Task task : plan.of("PREPARE_DATASET")) {
            page.append("| ").append(task.id()).append(" | ").append(task.config().path("kind").asText()).append(" | ")
                    .append(task.links().path("source").isNull() ? "made here" : "`" + task.links().path("source").asText() + "`")
                    .append(" |\n");
        }
        page.append("\n## Pretraining\n\n")
                .append("| task | recipe | data | length | batch | training pairs |\n|---|---|---|---:|---:|---:|\n");
        long pairs = 0;
        boolean all = true;
        for (Plan.Task task : plan.of("PRETRAIN")) {
            JsonNode recipe = task.config().path("recipe");
            Work work = Work.of(recipe);
            pairs += work.pairs();
            all &= work.known();
            page.append("| ").append(task.id()).append(" | ").append(task.config().path("recipe_name").asText()).append(" | ")
                    .append(task.links().path("data").asText()).append(" | ").append(work.length()).append(" | ")
                    .append(recipe.path("batch").asText()).append(" | ")
                    .append(work.known() ? count(work.pairs()) : "from the data set's size").append(" |\n");
        }
        page.append("\nTraining pairs in all: ").append(count(pairs)).append(all ? "" : " plus those of the epochs above")
                .append(". For the time divide by the pairs per second in meter.json of a finished pretraining.\n");
        return page.toString();
    }

    /** @param known whether {@code pairs} follows from the recipe alone */
    private record Work(String length, long pairs, boolean known) {
        static Work of(JsonNode recipe) {
            if (recipe.path("objective").path("name").asText().equals("none")) {
                return new Work("untrained", 0, true);
            }
            if (recipe.has("steps")) {
                return new Work(count(recipe.path("steps").asLong()) + " steps",
                        recipe.path("steps").asLong() * recipe.path("batch").asLong(), true);
            }
            return new Work(recipe.path("epochs").asText() + " epochs", 0, false);
        }
    }

    private static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
