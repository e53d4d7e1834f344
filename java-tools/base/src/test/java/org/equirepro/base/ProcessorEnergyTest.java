package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorEnergyTest {

    @TempDir
    Path root;

    private void zone(String name, long microjoules) throws IOException {
        Path zone = Files.createDirectories(root.resolve(name));
        Files.writeString(zone.resolve("energy_uj"), microjoules + "\n");
        Files.writeString(zone.resolve("max_energy_range_uj"), "10000000\n");
    }

    @Test
    void packagesAreAddedTheirPartsAreNot() throws IOException {
        zone("intel-rapl:0", 1_000_000);
        zone("intel-rapl:0:0", 1_000_000);
        zone("intel-rapl:1", 5_000_000);
        ProcessorEnergy energy = ProcessorEnergy.start(root);
        zone("intel-rapl:0", 3_000_000);
        zone("intel-rapl:0:0", 2_500_000);
        zone("intel-rapl:1", 5_500_000);
        assertEquals(OptionalDouble.of(2.5), energy.stop());
    }

    @Test
    void aCounterThatBeganAgainIsGoneOnWith() throws IOException {
        zone("intel-rapl:0", 9_000_000);
        ProcessorEnergy energy = ProcessorEnergy.start(root);
        zone("intel-rapl:0", 500_000);
        energy.read();
        zone("intel-rapl:0", 9_500_000);
        energy.read();
        zone("intel-rapl:0", 250_000);
        assertEquals(OptionalDouble.of(1.5 + 9 + 0.75), energy.stop());
    }

    @Test
    void nothingIsSaidWhereACounterIsHidden() throws IOException {
        assertEquals(OptionalDouble.empty(), ProcessorEnergy.start(root.resolve("none")).stop());
        assertEquals(OptionalDouble.empty(), ProcessorEnergy.start(root).stop());
        zone("intel-rapl:0", 1);
        ProcessorEnergy energy = ProcessorEnergy.start(root);
        Files.delete(root.resolve("intel-rapl:0/energy_uj"));
        assertEquals(OptionalDouble.empty(), energy.stop());
        Files.createDirectories(root.resolve("intel-rapl:1"));
        assertEquals(OptionalDouble.empty(), ProcessorEnergy.start(root).stop());
    }
}
