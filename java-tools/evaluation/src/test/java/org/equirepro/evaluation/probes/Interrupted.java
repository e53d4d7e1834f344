package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.equirepro.base.ExitCode;
import org.equirepro.base.RunOptions;
import org.equirepro.base.UserError;

/** A probe whose time is over as soon as it has saved something, called until it is done. */
final class Interrupted {

    private Interrupted() {}

    /** How often it stopped before it wrote {@code out}. */
    static int stops(Path out, Consumer<RunOptions> run) {
        int stops = 0;
        while (!Files.exists(out)) {
            try {
                run.accept(new RunOptions(1, 1e-9, "code"));
            } catch (UserError stop) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, stop.exitCode(), stop.getMessage());
                stops++;
            }
        }
        return stops;
    }

    static void assertSameFiles(Path whole, Path out, String... files) throws IOException {
        for (String file : files) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(out.resolve(file)), file);
        }
    }
}
