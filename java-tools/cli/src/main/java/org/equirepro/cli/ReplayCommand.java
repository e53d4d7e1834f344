package org.equirepro.cli;

import org.equirepro.reporting.runs.Replay;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code equirepro replay}: the commands behind one number. */
@Command(name = "replay", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Prints, as a shell script, the commands that make a cell again, from its data on, for each seed.")
final class ReplayCommand implements Runnable {

    @Parameters(arity = "0..1", paramLabel = "CELL", description = "Words of the cell's key in their order, with slashes between, such as "
            + "r2_image/all-angle/angle/all/split_mean/zero_fill/r2. Without it: the names of all cells.")
    private String cell;

    @Mixin
    private RunsMixin runs;

    @Override
    public void run() {
        if (cell == null) {
            Replay.names(runs.folders, runs.schema).forEach(System.out::println);
        } else {
            System.out.print(Replay.script(cell, runs.folders, runs.schema));
        }
    }
}
