package org.equirepro.evaluation.finetune;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.Hashes;
import org.equirepro.base.KeptFolder;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.probes.ProbeTask;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Autocast;
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
import org.equirepro.vision.load.SampleSource;

/**
 * Fine-tunes an encoder for a task, tests it, and writes a folder: {@code result.csv}, {@code curves.csv} and the same for
 * TensorBoard, {@code settings.json}, {@code meter.json}, and the task's predictions and {@code pictures/}. Every rank makes the
 * same call. A call that is stopped saves, and the same call goes on, in the training or in the test, with the same bits.
 */
public final class FineTuning {

    /**
     * A call.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param store folder of the saved states, which all ranks see
     * @param out folder to make
     * @param ranks the processes that fine-tune together
     */
    public record Call(Settings config, Path shards, Path encoder, Path store, Path out, RunOptions options, Ranks ranks,
            GroupSettings group) {

        /** One process. */
        public static Call alone(Settings config, Path shards, Path encoder, Path store, Path out, RunOptions options) {
            return new Call(config, shards, encoder, store, out, options, Ranks.SINGLE, GroupSettings.DEFAULT);
        }
    }

    /** Makes the task, head and all. */
    @FunctionalInterface
    public interface Opening<S> {
        DenseTask<S> open(FineTuneSession session);
    }

    private static final int STRETCH = 16;

    private FineTuning() {}

    /**
     * Fine-tunes and tests.
     *
     * @param kind of the recipe, also the task's name in the results
     * @throws UserError with exit code 75 if stopped by the time budget or a signal, after saving
     */
    public static <S> void run(String kind, Call call, Opening<S> opening) {
        ProcessMeter meter = ProcessMeter.start();
        StopSignal stop = new StopSignal(call.options.budgetSeconds());
        ProbeTask about = ProbeTask.of(kind, call.config);
        try (Torch torch = Torch.start(call.options.threads(), call.ranks.local()); ShardSet data = ShardSet.open(call.shards)) {
            ProcessGroups.run(call.ranks, call.group, torch.device(), call.store, group -> {
                FineTunedNetwork network = new FineTunedNetwork(torch, call.encoder, about.recipe(), about.seed(), !call.ranks.single());
                FineTuneSession session = new FineTuneSession(torch, about, data, network);
                new Work<>(call, session, group, meter, stop, opening.open(session)).run();
            });
        }
    }

    /** One call under way. */
    private record Work<S>(Call call, FineTuneSession session, ProcessGroup group, ProcessMeter meter, StopSignal stop,
            DenseTask<S> task) {

        void run() {
            SampleSource<List<S>> samples = task.samples();
            Course course = Course.of(session.recipe(), call.shards, samples.size(), call.ranks.size());
            ObjectNode settings = settings();
            String key = Hashes.sha256(session.task().task() + Settings.canonical(settings) + call.options.fingerprint());
            try (CheckpointStore states = new CheckpointStore(call.store, key)) {
                group.onRankZero(() -> states.lock(call.options.budgetSeconds()));
                KeptFolder finished = KeptFolder.in(call.store, key);
                Consensus consensus = new Consensus(session.torch(), group);
                if (consensus.ofRankZero(finished.exists() ? 1 : 0) > 0) {
                    group.onRankZero(() -> finished.giveTo(call.out));
                    return;
                }
                Curves curves = train(samples, course, states);
                session.network().train(false);
                SharedTest test = new SharedTest(call.store.resolve(key).resolve("answers"), STRETCH, group, consensus);
                List<String> answers = test.run(task.tested(), this::answers, stop);
                group.onRankZero(() -> {
                    write(answers, curves, settings);
                    finished.keep(call.out);
                });
            }
        }

        private List<String> answers(int from, int to) {
            try (Autocast cast = session.network().autocast()) {
                return task.answers(from, to);
            }
        }

        private Curves train(SampleSource<List<S>> samples, Course course, CheckpointStore states) {
            Settings recipe = session.recipe();
            UpdateRule rule = UpdateRule.of(recipe.at("optimiser"), session.network().groups(recipe.at("optimiser")), course);
            Trainer<DenseBatch<S>> trainer = new Trainer<>(session.torch(), new TrainedTask<>(session.network(), task), rule, course,
                    Trainer.Options.of(recipe, call.group.bucketBytes()), states, group);
            trainer.restore();
            long from = trainer.step();
            int batch = recipe.integer("batch");
            ObjectNode counts = meter.node();
            try (Loader<List<S>> loader = new Loader<>(samples, new Loader.Options(session.seed(), batch / call.ranks.size(),
                    call.ranks.rank(), call.ranks.size(), from, course.steps(), call.options.threads(), recipe.real("bad_limit", 0)))) {
                trainer.run(new LoadedBatches<>(loader, parts(recipe, batch / call.ranks.size())), stop);
                counts.put("data_wait_seconds", loader.waitSeconds());
                counts.put("data_wait_share", loader.waitShare());
                counts.put("undecodable_samples", loader.bad().size());
                loader.bad().values().forEach(reason -> System.err.println("left out: " + reason));
            }
            counts.put("parameters", session.network().count());
            counts.put("steps", course.steps());
            counts.put("steps_in_this_call", course.steps() - from);
            counts.put("samples_per_step", batch);
            counts.put("steps_per_epoch", course.perEpoch());
            counts.put("ranks", call.ranks.size());
            if (session.torch().device().isGpu()) {
                counts.put("gpus", call.ranks.size());
            }
            return trainer.curves();
        }

        private static int parts(Settings recipe, int samples) {
            int together = recipe.integer("micro_batch", samples);
            if (together > samples || samples % together != 0) {
                throw UserError.usage(recipe.source() + ": micro_batch must divide the " + samples + " samples that a rank has of a batch, found "
                        + together);
            }
            return samples / together;
        }

        /** Everything that the results depend on, besides the program. */
        private ObjectNode settings() {
            ObjectNode node = Settings.object();
            node.set("config", call.config.node());
            Path file = call.encoder.resolve(Encoder.FILE);
            try {
                node.put("encoder_sha256", Hashes.sha256(file));
            } catch (IOException e) {
                throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
            }
            node.put("data_sha256", session.data().sha256());
            return node;
        }

        private void write(List<String> answers, Curves curves, ObjectNode settings) {
            List<ResultRow> rows = task.results(answers);
            AtomicFiles.writeFolder(call.out, folder -> {
                ResultRow.write(folder.resolve("result.csv"), rows);
                curves.write(folder.resolve("curves.csv"));
                curves.writeEvents(folder.resolve(EventFile.NAME));
                try (Autocast cast = session.network().autocast()) {
                    task.write(answers, folder);
                }
                AtomicFiles.write(folder.resolve("settings.json"), stream -> stream.write(Settings.pretty(settings)));
                meter.write(folder, call.options.threads());
            });
        }
    }
}
