package org.equirepro.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.runs.CollectedRuns;
import org.equirepro.reporting.runs.StoredRun;
import org.equirepro.study.Plan;
import org.equirepro.study.costs.StudyCosts;
import org.equirepro.study.costs.TaskCosts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code equirepro collect}: tables, report and record of finished runs; what {@code bin/reproduce --tables-only} calls. */
@Command(name = "collect", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Makes results.csv, tables, cost table, figures, report.html and RO-Crate of one or several runs from what they "
                + "stored, without data and libtorch. Seeds and rows are joined; one row with two settings is refused.")
final class CollectCommand implements Runnable {

    @Mixin
    private RunsMixin runs;

    @Option(names = "--paper", required = true, paramLabel = "FILE",
            description = "The published numbers: conf/paper-values.csv.")
    private Path paper;

    @Option(names = "--out", paramLabel = "DIR", description = "New folder, or the run itself. Default: the run, if there is one only.")
    private Path out;

    @Option(names = "--text", paramLabel = "FILE", description = "A text in Markdown with places such as {{table r2_image}}, "
            + "{{cell r2_image vicreg angle}}, {{claim ID holds}}: filled in as page.md (docs/output.md).")
    private Path text;

    @Override
    public void run() {
        if (out == null && runs.folders.size() > 1) {
            throw UserError.usage("--out is needed where several runs are joined");
        }
        Path target = out == null ? runs.folders.get(0) : out;
        CollectedRuns.write(runs.folders, target, new CollectedRuns.Options(paper, runs.schema,
                RunEnvironment.of(runs.folders), CollectCommand::planned, Optional.ofNullable(text), Equirepro.VERSION, LocalDate.now().toString()));
        System.out.println(target.resolve("report.html"));
    }

    /** Device hours by task, as {@code equirepro plan} reckons them; none where this version does not know the plan's tasks. */
    private static Map<String, Double> planned(StoredRun run) {
        List<Plan.Task> tasks = new ArrayList<>();
        for (StoredRun.Task task : run.tasks()) {
            ObjectNode links = Settings.object();
            for (String link : List.of("source", "data", "encoder")) {
                if (task.node().has(link)) {
                    links.set(link, task.node().get(link));
                }
            }
            tasks.add(new Plan.Task(task.process(), task.id(), links, (ObjectNode) task.config()));
        }
        Map<String, Double> hours = new HashMap<>();
        try {
            for (TaskCosts one : StudyCosts.of(new Plan(tasks), new PublishedSizes()).tasks()) {
                hours.put(one.task().id(), one.hours());
            }
        } catch (UserError e) { // an older version's recipe: the table then has no such column
            return Map.of();
        }
        return hours;
    }
}
