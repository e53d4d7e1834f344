package org.equirepro.reporting.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.runs.ReportFolder;
import org.equirepro.reporting.runs.SummaryFolder;
import org.equirepro.reporting.tables.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser without a window: as wide as a phone and as a desk. */
class BrowserTest {

    @TempDir
    Path folder;

    @Test
    void theBrowserComplainsOfNothing() throws Exception {
        Optional<Path> chromium = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(place -> Stream.of(Path.of(place, "chromium"), Path.of(place, "google-chrome"))).filter(Files::isExecutable)
                .findFirst();
        assumeTrue(chromium.isPresent(), "neither chromium nor google-chrome is on the PATH: the page was not opened");
        Path results = folder.resolve("result.csv");
        ResultRow.write(results, Sample.everything(3));
        SummaryFolder.write(Sample.paperScale(3, Sample.ALL), List.of(results), Sample.PAPER, Sample.SCHEMAS, folder.resolve("out"));
        ReportFolder.write(Sample.paperScale(3, Sample.ALL), folder.resolve("out"), List.of(), List.of(), List.of(), Sample.PAPER, Map.of(),
                folder.resolve("page"));
        for (int width : new int[] {390, 1280}) {
            Path said = folder.resolve("said-" + width + ".txt");
            Path picture = folder.resolve("page-" + width + ".png");
            Process browser = new ProcessBuilder(chromium.get().toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
                    "--enable-logging=stderr", "--user-data-dir=" + folder.resolve("profile" + width), "--window-size=" + width + ",1200",
                    "--screenshot=" + picture, folder.resolve("page/report.html").toUri().toString()).redirectErrorStream(true)
                    .redirectOutput(said.toFile()).start();
            if (!browser.waitFor(2, TimeUnit.MINUTES)) {
                browser.destroyForcibly();
            }
            assumeTrue(Files.exists(picture), "the browser made no picture here: " + last(said));
            assertEquals(List.of(), Files.readAllLines(said).stream().filter(line -> line.contains("CONSOLE")).toList(), "console");
            assertTrue(Files.size(picture) > 10_000, "the page is empty");
        }
    }

    private static String last(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }
}
