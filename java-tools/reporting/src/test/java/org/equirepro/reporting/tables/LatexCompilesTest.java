package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.runs.SummaryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatexCompilesTest {

    @TempDir
    Path folder;

    @Test
    void allTablesTogetherMakeAPage() throws Exception {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(place -> Files.isExecutable(Path.of(place, "pdflatex")));
        assumeTrue(there, "pdflatex is not on the PATH: the LaTeX of the tables was not compiled");
        Path results = folder.resolve("result.csv");
        ResultRow.write(results, Sample.everything(3));
        SummaryFolder.write(Sample.paperScale(3, Sample.ALL), List.of(results), Sample.PAPER, Sample.SCHEMAS, folder.resolve("out"));
        StringBuilder page = new StringBuilder("\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n");
        int tables = 0;
        try (var files = Files.list(folder.resolve("out/tables"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".tex")).sorted().toList()) {
                page.append("\\input{out/tables/").append(file.getFileName()).append("}\n\\clearpage\n");
                tables++;
            }
        }
        assertEquals(10, tables);
        Files.writeString(folder.resolve("all.tex"), page.append("\\end{document}\n"));
        Process latex = new ProcessBuilder("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex").directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("said.txt").toFile()).start();
        latex.waitFor(2, TimeUnit.MINUTES);
        String said = Files.readString(folder.resolve("said.txt"), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(0, latex.exitValue(), said);
        assertFalse(said.contains("LaTeX Warning: Reference"), said);
    }
}
