package org.equirepro.reporting.runs;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** What a run planned and did not finish, in words for the tables' remarks. */
final class Unfinished {

    private Unfinished() {}

    static void remarks(StoredRun run, List<String> remarks) {
        for (StoredRun.Task task : run.tasks()) {
            boolean encoder = task.process().equals("PRETRAIN");
            boolean evaluation = task.node().has("encoder");
            if (!encoder && !evaluation || run.evaluationFolders().isEmpty()) {
                continue; // results.csv alone: what ran cannot be told
            }
            String place = encoder ? "encoders" : "evaluations";
            String file = encoder ? "encoder.safetensors" : "result.csv";
            if (Files.exists(run.folder().resolve(place).resolve(task.id()).resolve(file))) {
                continue;
            }
            Map<String, String> trace = run.trace().getOrDefault(task.key(), Map.of());
            String status = trace.getOrDefault("status", "");
            String why = status.equals("FAILED") || status.equals("ABORTED")
                    ? status.toLowerCase(java.util.Locale.ROOT) + " with exit code " + trace.getOrDefault("exit", "-")
                    : status.isEmpty() ? "was not run" : "left no " + file;
            remarks.add(task.id() + (encoder ? " (pretraining) " : " ") + why + " in " + run.folder().getFileName() + ".");
        }
    }
}
