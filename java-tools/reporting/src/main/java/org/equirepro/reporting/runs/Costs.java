package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import org.equirepro.base.Settings;
import org.equirepro.reporting.tables.CostTable;
import org.equirepro.reporting.tables.CostTable.Entry;
import org.equirepro.reporting.tables.PaperValues;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.TablesConfig;

/** The cost table of runs: what each encoder's training and evaluations took, and what the reconstruction adds to a step. */
public final class Costs {

    private final Settings settings;
    private final Map<String, Map<String, String>> trace;
    private final Map<String, Double> planned;
    // stage, encoder, seed
    private final Map<String, Map<String, Map<Integer, Meter>>> meters = new LinkedHashMap<>();
    private final Map<String, Map<String, Map<Integer, Double>>> hours = new LinkedHashMap<>();

    private Costs(Settings settings, Map<String, Map<String, String>> trace, Map<String, Double> planned) {
        this.settings = settings;
        this.trace = trace;
        this.planned = planned;
    }

    /**
     * Makes the table.
     *
     * @param settings of tables and report, with recipes
     * @param encoders folders of pretrainings
     * @param evaluations folders of evaluations
     * @param trace of all runs, by process and id; empty while a run is still under way
     * @param planned device hours that the plan reckoned with, by task id; empty where there is no plan
     * @return nothing if no folder and no trace says anything
     */
    public static Optional<Table> of(Settings settings, List<Path> encoders, List<Path> evaluations,
            Map<String, Map<String, String>> trace, Map<String, Double> planned, PaperValues paper) {
        Costs costs = new Costs(settings, trace, planned);
        encoders.forEach(folder -> costs.add("PRETRAIN", folder));
        evaluations.forEach(folder -> costs.add("", folder));
        TablesConfig study = TablesConfig.of(settings);
        List<Entry> entries = costs.entries(study);
        return entries.isEmpty() ? Optional.empty()
                : Optional.of(CostTable.of(study, entries, costs.posterRows(), costs.overheads(), paper));
    }

    private void add(String process, Path folder) {
        String id = folder.toAbsolutePath().normalize().getFileName().toString();
        Path file = folder.resolve("settings.json");
        if (!java.nio.file.Files.exists(file)) {
            return;
        }
        JsonNode node = Settings.read(file).node();
        JsonNode config = node.path("config").isObject() ? node.path("config") : node;
        String kind = config.path("recipe").path("kind").asText("pretrain");
        String stage = kind.equals("pretrain") ? "pretraining" : kind;
        String traced = process.isEmpty() ? kind.toUpperCase(Locale.ROOT) : process;
        String encoder = config.path("encoder").asText(id);
        int seed = config.path("seed").asInt();
        Meter.of(folder, trace.getOrDefault(traced + " " + id, Map.of())).ifPresent(meter ->
                meters.computeIfAbsent(stage, s -> new TreeMap<>()).computeIfAbsent(encoder, e -> new TreeMap<>()).put(seed, meter));
        if (planned.containsKey(id) && Double.isFinite(planned.get(id))) {
            hours.computeIfAbsent(stage, s -> new TreeMap<>()).computeIfAbsent(encoder, e -> new TreeMap<>())
                    .put(seed, planned.get(id));
        }
    }

    private List<Entry> entries(TablesConfig study) {
        List<Entry> entries = new ArrayList<>();
        meters.forEach((stage, byEncoder) -> study.rows().forEach(row -> {
            Map<Integer, Meter> bySeed = byEncoder.getOrDefault(row.encoder(), Map.of());
            Map<String, Map<Integer, Double>> columns = new LinkedHashMap<>();
            put(columns, "devices", bySeed, meter -> OptionalDouble.of(meter.devices()));
            put(columns, "seconds_per_epoch", bySeed, Meter::secondsPerEpoch);
            put(columns, "epochs", bySeed, Meter::epochs);
            put(columns, "device_hours", bySeed, Meter::deviceHours);
            Map<Integer, Double> reckoned = hours.getOrDefault(stage, Map.of()).getOrDefault(row.encoder(), Map.of());
            if (!reckoned.isEmpty()) {
                columns.put("planned_hours", reckoned);
            }
            put(columns, "peak_memory", bySeed, Meter::peakGibibytes);
            put(columns, "energy", bySeed, Meter::kilowattHours);
            if (!bySeed.isEmpty()) {
                entries.add(new Entry(stage, row.encoder(), columns));
            }
        }));
        return entries;
    }

    private static void put(Map<String, Map<Integer, Double>> columns, String name, Map<Integer, Meter> bySeed,
            Function<Meter, OptionalDouble> part) {
        Map<Integer, Double> values = new TreeMap<>();
        bySeed.forEach((seed, meter) -> part.apply(meter).ifPresent(value -> values.put(seed, value)));
        if (!values.isEmpty()) {
            columns.put(name, values);
        }
    }

    /** The poster's row of each pretraining whose backbone it timed. */
    private Map<String, String> posterRows() {
        Map<String, String> rows = new TreeMap<>();
        recipes().forEach((encoder, recipe) -> {
            String backbone = recipe.path("backbone").path("name").asText();
            if (backbone.startsWith("vit_small_patch16")) {
                rows.put(encoder, "pretrain ViT-S");
            } else if (backbone.startsWith("vit_large_patch16")) {
                rows.put(encoder, "pretrain ViT-L");
            }
        });
        return rows;
    }

    private Map<String, JsonNode> recipes() {
        Map<String, JsonNode> recipes = new LinkedHashMap<>();
        if (settings.has("recipes")) {
            for (Settings row : settings.sections("rows")) {
                JsonNode recipe = settings.at("recipes").node().path(row.text("recipe", ""));
                if (recipe.isObject()) {
                    recipes.put(row.text("encoder"), recipe);
                }
            }
        }
        return recipes;
    }

    /** What reconstruction adds to the seconds of a step, where the study has the same training without it. */
    private List<String> overheads() {
        List<String> lines = new ArrayList<>();
        Map<String, JsonNode> recipes = recipes();
        recipes.forEach((with, recipe) -> recipes.forEach((without, plain) -> {
            if (recipe.has("reconstruction") && !plain.has("reconstruction") && bare(recipe).equals(bare(plain))) {
                OptionalDouble slow = step(with);
                OptionalDouble quick = step(without);
                if (slow.isPresent() && quick.isPresent()) {
                    lines.add(String.format(Locale.ROOT, "Reconstruction: a step of %s takes %+.1f %% of time against one of %s "
                            + "(paper Table 3: VICReg ViT-S +14.7 %%, iBOT ViT-L +8.3 %%, DINOv2 ViT-L +7.2 %%).", with,
                            100 * (slow.getAsDouble() / quick.getAsDouble() - 1), without));
                }
            }
        }));
        return lines;
    }

    /** What two trainings must share for their steps to be compared. */
    private static ObjectNode bare(JsonNode recipe) {
        ObjectNode bare = Settings.object();
        for (String key : List.of("backbone", "batch", "precision", "normalise")) {
            bare.set(key, recipe.path(key));
        }
        bare.put("objective", recipe.path("objective").path("name").asText());
        bare.put("expander", recipe.path("objective").path("expander").toString());
        bare.put("views", recipe.path("views").path("kind").asText() + recipe.path("views").path("size").asText());
        return bare;
    }

    private OptionalDouble step(String encoder) {
        return meters.getOrDefault("pretraining", Map.of()).getOrDefault(encoder, Map.of()).values().stream()
                .map(Meter::secondsPerStep).filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).average();
    }
}
