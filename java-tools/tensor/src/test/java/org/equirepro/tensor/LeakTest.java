package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole steps, in a JVM of their own whose heap has its final size from the start: what grows then is native. */
final class LeakTest {

    @Test
    void tenThousandStepsLeaveNativeAndHeapMemoryWhereTheyWere() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms48m", "-Xmx48m",
                "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.log.ai.djl=error", "-cp",
                System.getProperty("java.class.path"), LeakTestSteps.class.getName());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        List<long[]> points = output.lines().filter(line -> line.startsWith("memory "))
                .map(line -> List.of(line.split(" ")))
                .map(words -> new long[] {Long.parseLong(words.get(1)), Long.parseLong(words.get(2))}).toList();
        assertEquals(2, points.size(), output);
        for (int kind = 0; kind < 2; kind++) {
            double growth = (double) points.get(1)[kind] / points.get(0)[kind];
            assertTrue(growth < 1.01, (kind == 0 ? "resident" : "heap") + " grew by the factor " + growth + ": " + output);
        }
    }
}
