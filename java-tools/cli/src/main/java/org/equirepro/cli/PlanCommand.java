package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.study.Parameters;
import org.equirepro.study.Plan;
import org.equirepro.study.costs.PlanPage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro plan}: checks a study and expands it to tasks, or tells what it takes. */
@Command(name = "plan", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Checks a study with all its recipes and data paths and expands it to tasks: plan.jsonl and plan.md. Without --out it "
                + "prints the page (tasks, hours, room, longest chain) and needs no data.")
final class PlanCommand implements Runnable {

    /** The study by either way of naming it. */
    private static final class StudyFile {

        @Option(names = "--study", required = true, paramLabel = "FILE", description = "The study, such as conf/studies/test.yml.")
        private Path option;

        @picocli.CommandLine.Parameters(paramLabel = "FILE", description = "The study, without the option's name.")
        private Path word;

        Path path() {
            return option != null ? option : word;
        }
    }

    @ArgGroup(multiplicity = "1")
    private StudyFile study;

    @Option(names = "--conf", paramLabel = "DIR", description = "Folder that holds recipes/ and schema/. Default: the one above the study's.")
    private Path conf;

    @Option(names = "--set", paramLabel = "KEY=VALUE", mapFallbackValue = "",
            description = "Value for the $${KEY} places of the study. May be repeated.")
    private Map<String, String> parameters = new TreeMap<>();

    @Option(names = "--rows", split = ",", paramLabel = "ID", description = "Only these encoders.")
    private List<String> rows = List.of();

    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "These seeds instead of the study's.")
    private List<Integer> seeds = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "New folder for the plan.")
    private Path out;

    @Override
    public void run() {
        Path file = study.path();
        Path folder = conf != null ? conf : file.toAbsolutePath().normalize().getParent().resolveSibling("");
        Plan.Selection selection = new Plan.Selection(rows, seeds);
        if (out == null) {
            System.out.print(PlanPage.markdown(Plan.of(file, folder, Parameters.open(), selection), new PublishedSizes()));
            return;
        }
        Plan plan = Plan.of(file, folder, Parameters.of(parameters), selection);
        PlanPage.write(plan, new PublishedSizes(), out);
        System.err.println("plan: " + plan.tasks().size() + " tasks, " + plan.of("PRETRAIN").size() + " encoders");
    }
}
