package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.equirepro.base.Settings;
import org.equirepro.study.Plan;

/**
 * What a whole plan takes.
 *
 * @param tasks in the order of the plan
 * @param sources bytes of the data sets as they were fetched
 */
public record StudyCosts(List<TaskCosts> tasks, double sources) {

    /** Of a plan whose data sets have these sizes. */
    public static StudyCosts of(Plan plan, DataSizes sizes) {
        DataSizes known = sizes.orDrawn();
        Map<String, Optional<DataSizes.Size>> data = new TreeMap<>();
        Map<String, Settings> encoders = new TreeMap<>();
        List<TaskCosts> tasks = new ArrayList<>();
        double sources = 0;
        for (Plan.Task task : plan.tasks()) {
            JsonNode config = task.config();
            switch (task.process()) {
                case "PREPARE_DATASET" -> {
                    Optional<DataSizes.Size> size = known.of(config);
                    data.put(task.id(), size);
                    sources += task.links().path("source").isNull() ? 0 : size.map(DataSizes.Size::bytes).orElse(0.0);
                    tasks.add(TaskCosts.prepare(task, size));
                }
                case "PRETRAIN" -> {
                    encoders.put(task.id(), Settings.of(task.id(), config.path("recipe")));
                    tasks.add(TaskCosts.pretrain(task, data.get(text(task, "data"))));
                }
                case "TABLES", "REPORT" -> tasks.add(TaskCosts.rest(task));
                default -> tasks.add(TaskCosts.evaluate(task, encoders.get(text(task, "encoder")), data.get(text(task, "data"))));
            }
        }
        return new StudyCosts(List.copyOf(tasks), sources);
    }

    private static String text(Plan.Task task, String link) {
        return task.links().path(link).asText();
    }

    /** Processes in the order of the plan. */
    public List<String> processes() {
        return tasks.stream().map(one -> one.task().process()).distinct().toList();
    }

    public List<TaskCosts> of(String process) {
        return tasks.stream().filter(one -> one.task().process().equals(process)).toList();
    }

    /** Over all tasks; what is not known counts as nothing. */
    public double sum(ToDoubleFunction<TaskCosts> value) {
        return sum(tasks, value);
    }

    static double sum(List<TaskCosts> tasks, ToDoubleFunction<TaskCosts> value) {
        return tasks.stream().mapToDouble(value).filter(x -> !Double.isNaN(x)).sum();
    }

    /**
     * The tasks that follow from each other and take longest: a data set, an encoder, an evaluation, tables, report.
     *
     * @param wall hours of a task
     */
    public List<TaskCosts> longestChain(ToDoubleFunction<TaskCosts> wall) {
        Map<String, List<TaskCosts>> until = new TreeMap<>();
        List<TaskCosts> longest = List.of();
        List<TaskCosts> last = new ArrayList<>();
        for (TaskCosts one : tasks) {
            if (one.task().process().equals("TABLES") || one.task().process().equals("REPORT")) {
                last.add(one);
                continue;
            }
            List<TaskCosts> chain = new ArrayList<>(longer(until.get(text(one.task(), "data")), until.get(text(one.task(), "encoder")), wall));
            chain.add(one);
            until.put(one.task().id(), chain);
            longest = longer(longest, chain, wall);
        }
        List<TaskCosts> whole = new ArrayList<>(longest);
        whole.addAll(last);
        return whole;
    }

    private static List<TaskCosts> longer(List<TaskCosts> a, List<TaskCosts> b, ToDoubleFunction<TaskCosts> wall) {
        List<TaskCosts> first = a == null ? List.of() : a;
        List<TaskCosts> second = b == null ? List.of() : b;
        return sum(second, wall) > sum(first, wall) ? second : first;
    }
}
