package org.equirepro.pretraining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.Hashes;
import org.equirepro.base.KeptFolder;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.Consensus;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.ProcessGroups;
import org.equirepro.tensor.dist.Ranks;
import org.equirepro.training.CheckpointStore;
import org.equirepro.training.Course;
import org.equirepro.training.StopSignal;
import org.equirepro.training.Trainer;
import org.equirepro.training.UpdateRule;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;

/**
 * Trains one encoder and writes its folder: {@code encoder.safetensors}, SIE's {@code predictor.safetensors}, {@code settings.json},
 * {@code curves.csv}, the same for TensorBoard, {@code speed.csv}, {@code pictures/} and {@code meter.json}. The untrained encoder of a
 * recipe without objective is written likewise.
 */
public final class Pretraining {

    private static final String PICTURES = "pictures";

    private Pretraining() {}

    /** As the longer form, for a rank alone. */
    public static void run(Settings config, Path shards, Path store, Path out, RunOptions options) {
        run(config, shards, store, out, options, Ranks.SINGLE, GroupSettings.DEFAULT);
    }

    /**
     * Trains, or goes on where an earlier call with the same configuration, data and code was stopped.
     *
     * @param config a PRETRAIN task's configuration: study, encoder, seed, recipe
     * @param shards folder of the data set
     * @param store folder of the saved states, outside of any task's folder
     * @param out folder to make
     * @param ranks the processes that train this encoder together; each makes this call
     * @throws UserError with exit code 75 if stopped by the time budget or a signal, after saving
     */
    public static void run(Settings config, Path shards, Path store, Path out, RunOptions options, Ranks ranks, GroupSettings settings) {
        ProcessMeter meter = ProcessMeter.start();
        StopSignal stop = new StopSignal(options.budgetSeconds());
        try (Torch torch = Torch.start(options.threads(), ranks.local())) {
            ProcessGroups.run(ranks, settings, torch.device(), store,
                    group -> run(torch, config, shards, store, out, options, ranks, settings, group, meter, stop));
        }
    }

    private static void run(Torch torch, Settings config, Path shards, Path store, Path out, RunOptions options, Ranks ranks,
            GroupSettings settings, ProcessGroup group, ProcessMeter meter, StopSignal stop) {
        Settings recipe = config.at("recipe");
        long seed = config.integer("seed");
        try (ShardSet data = ShardSet.open(shards)) {
            ObjectNode counts = meter.node();
            if (torch.device().isGpu()) {
                counts.put("gpus", ranks.size());
            }
            if (recipe.at("objective").text("name").equals("none")) {
                Objective untrained = Objective.of(torch, recipe, seed, null, false);
                counts.put("parameters", untrained.encoder().store().count());
                group.onRankZero(() -> write(untrained, config, folder -> write(new Curves(), folder), meter, options, out));
                return;
            }
            ViewSource source = ViewSource.of(recipe.at("views"), data.split("train"));
            int batch = recipe.integer("batch");
            Course course = Course.of(recipe, shards, source.size(), ranks.size());
            Objective objective = Objective.of(torch, recipe, seed, course, !ranks.single());
            objective.require(source.sides());
            counts.put("parameters", objective.encoder().store().count());
            String key = Hashes.sha256(config.canonical() + data.sha256() + options.fingerprint());
            try (CheckpointStore states = new CheckpointStore(store, key)) {
                group.onRankZero(() -> states.lock(options.budgetSeconds()));
                KeptFolder finished = KeptFolder.in(store, key);
                if (new Consensus(torch, group).ofRankZero(finished.exists() ? 1 : 0) > 0) {
                    group.onRankZero(() -> finished.giveTo(out));
                    return;
                }
                Settings optimiser = recipe.at("optimiser");
                Trainer<Objective.Views> trainer = new Trainer<>(torch, objective,
                        UpdateRule.of(optimiser, objective.groups(optimiser, course), course), course,
                        Trainer.Options.of(recipe, settings.bucketBytes()), states, group);
                CollapseWatch collapse = new CollapseWatch(recipe, course);
                ReconstructionPictures pictures = new ReconstructionPictures(torch, objective, config, data);
                Path early = states.folder().resolve(PICTURES);
                trainer.restore();
                long from = trainer.step();
                try (Loader<ViewSource.Views> loader = new Loader<>(source, new Loader.Options(seed, batch / ranks.size(), ranks.rank(), ranks.size(), from,
                        course.steps(), options.threads(), recipe.at("views").real("bad_limit", 0)))) {
                    trainer.run(new ViewBatches(torch, loader, source.sides()), stop, collapse,
                            pictures.every(recipe.integer("picture_steps", 0), early, group));
                    counts.put("data_wait_seconds", loader.waitSeconds());
                    counts.put("data_wait_share", loader.waitShare());
                    counts.put("undecodable_samples", loader.bad().size());
                    loader.bad().values().forEach(reason -> System.err.println("left out: " + reason));
                }
                counts.put("steps", course.steps());
                counts.put("steps_in_this_call", course.steps() - from);
                counts.put("samples_per_step", batch);
                counts.put("steps_per_epoch", course.perEpoch());
                counts.put("ranks", ranks.size());
                counts.put("collapsed_points", collapse.collapsedPoints());
                group.onRankZero(() -> {
                    write(objective, config, folder -> {
                        write(trainer.curves(), folder);
                        trainer.speed().write(folder);
                        copy(early, folder.resolve(PICTURES));
                        pictures.write(folder.resolve(PICTURES), "reconstruction");
                    }, meter, options, out);
                    finished.keep(out);
                });
            }
        }
    }

    /** What an encoder's folder holds beside weights and settings. */
    @FunctionalInterface
    private interface Extras {
        void write(Path folder) throws IOException;
    }

    private static void write(Objective objective, Settings config, Extras extras, ProcessMeter meter, RunOptions options, Path out) {
        objective.train(false);
        AtomicFiles.writeFolder(out, folder -> {
            objective.encoder().save(folder.resolve(Encoder.FILE));
            objective.saveBeside(folder);
            AtomicFiles.write(folder.resolve("settings.json"), stream -> stream.write(Settings.pretty(config.node())));
            extras.write(folder);
            meter.write(folder, options.threads());
        });
    }

    private static void write(Curves curves, Path folder) {
        curves.write(folder.resolve("curves.csv"));
        curves.writeEvents(folder.resolve(EventFile.NAME));
    }

    /** The pictures that were made on the way, in this call or before. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.createDirectories(to);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.sorted().toList()) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
    }
}
