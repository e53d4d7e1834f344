package org.equirepro.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Readers;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.show.SampleChoice;
import org.equirepro.vision.show.SampleSheet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code equirepro data show}. */
@Command(name = "show", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Draws samples with their classes, boxes, masks, keypoints and depth as one PNG.")
final class DataShowCommand implements Runnable {

    private static final String TRAIN = "train";

    @Mixin
    private SourceMixin source;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The PNG.")
    private Path out;

    @Option(names = "--split", description = "train, val or test. Default: train; of a prepared set without one, its first.")
    private String split;

    @Option(names = "--count", defaultValue = "12", description = "How many samples. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--columns", defaultValue = "4", description = "Samples in a row. Default: ${DEFAULT-VALUE}.")
    private int columns;

    @Option(names = "--cell", defaultValue = "320", description = "Width and height of a sample. Default: ${DEFAULT-VALUE} pixels.")
    private int cell;

    @Option(names = "--seed", defaultValue = "0", description = "Which samples are drawn. Default: ${DEFAULT-VALUE}.")
    private int seed;

    @Override
    public void run() {
        if (count < 1 || count > 1000 || columns < 1 || cell < 16 || cell > 2000) {
            throw UserError.usage("--count must be 1 to 1000, --columns at least 1, --cell 16 to 2000");
        }
        SampleSheet sheet = new SampleSheet(columns, cell);
        if (source.prepared()) {
            try (ShardSet set = ShardSet.open(source.path())) {
                String usual = set.splits().contains(TRAIN) ? TRAIN : set.splits().get(0);
                sheet.write(out, choice(usual).of(set), set.classes());
            }
            return;
        }
        var config = source.config();
        config.put("subset", true); // whatever is there is shown
        try {
            Path spool = Files.createTempDirectory("equirepro-show");
            try (Reader reader = Readers.open(Settings.of("--set", config), source.path(), spool)) {
                sheet.write(out, choice(TRAIN).of(reader), reader.classes());
            } finally {
                AtomicFiles.deleteTree(spool);
            }
        } catch (IOException e) {
            throw UserError.badData(source.path() == null ? out : source.path(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private SampleChoice choice(String usual) {
        return new SampleChoice(split == null ? usual : split, count, seed);
    }
}
