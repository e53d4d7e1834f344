package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.study.Parameters;
import org.equirepro.study.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro plan}: checks a study and expands it to tasks. */
@Command(name = "plan", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Checks a study with all its recipes and data paths and expands it to tasks: plan.jsonl and plan.md.")
final class PlanCommand implements Runnable {

    @Option(names = "--study", required = true, paramLabel = "FILE", description = "The study, such as conf/studies/test.yml.")
    private Path study;

    @Option(names = "--conf", required = true, paramLabel = "DIR", description = "Folder that holds recipes/ and schema/.")
    private Path conf;

    @Option(names = "--set", paramLabel = "KEY=VALUE", mapFallbackValue = "",
            description = "Value for the $${KEY} places of the study. May be repeated.")
    private Map<String, String> parameters = new TreeMap<>();

    @Option(names = "--rows", split = ",", paramLabel = "ID", description = "Only these encoders.")
    private List<String> rows = List.of();

    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "These seeds instead of the study's.")
    private List<Integer> seeds = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the plan.")
    private Path out;

    @Override
    public void run() {
        Plan plan = Plan.of(study, conf, Parameters.of(parameters), new Plan.Selection(rows, seeds));
        plan.write(out);
        System.err.println("plan: " + plan.tasks().size() + " tasks, " + plan.of("PRETRAIN").size() + " encoders");
    }
}
