package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.runs.SummaryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The columns of the dense table that have metres, relative errors, and blocks of their own. */
final class DepthAndVideoTest {

    @TempDir
    Path folder;

    private static ResultRow depth(String encoder, int seed, String metric, double value) {
        return new ResultRow("sample", encoder, seed, "depth", "nyu", "depth", "all", "fine_tuned", "eigen_crop", metric, value, 1.3, 654, "depth-recipe");
    }

    private static ResultRow video(String encoder, int seed, String data, String target, String metric, double value) {
        return new ResultRow("sample", encoder, seed, "video", data, target, "all", "patches", "propagated", metric, value, 20, 61, data + "-recipe");
    }

    @Test
    void metresErrorsAndVideosHaveColumnsWithTheirSigns() throws IOException {
        List<ResultRow> rows = new ArrayList<>(Sample.everything(2));
        for (int seed = 0; seed < 2; seed++) {
            for (String encoder : List.of("vicreg", "vicreg-angle")) {
                double less = encoder.equals("vicreg") ? 0 : 0.01;
                rows.add(depth(encoder, seed, "rmse", 0.36 - less));
                rows.add(depth(encoder, seed, "abs_rel", 0.1 - less / 10));
                rows.add(depth(encoder, seed, "silog", 0.09 - less));
                rows.add(video(encoder, seed, "davis", "objects", "jf", 60));
                rows.add(video(encoder, seed, "davis", "objects", "j", 58));
                rows.add(video(encoder, seed, "davis", "objects", "f", 62));
                rows.add(video(encoder, seed, "vip", "class", "miou", 40));
            }
        }
        Path file = folder.resolve("result.csv");
        ResultRow.write(file, rows);
        SummaryFolder.write(Sample.paperScale(2, Sample.ALL), List.of(file), Sample.PAPER, Sample.SCHEMAS, folder.resolve("out"));
        String text = Files.readString(folder.resolve("out/tables/dense.md")).replaceAll(" +", " ");
        assertTrue(text.contains("nyu RMSE (m, lower is better) | nyu AbsRel (lower is better) |"), text);
        assertTrue(text.contains("| vip mIoU (%) | davis J&F (%) | davis J (%) | davis F (%) |"), text);
        assertTrue(text.contains("features patches"), text);
        assertFalse(text.contains("SILog"), text);
        String csv = Files.readString(folder.resolve("out/tables/dense.csv"));
        assertEquals(1, csv.lines().filter(line -> line.contains(",vicreg-angle,") && line.contains(",nyu_rmse,") && line.contains(",best,")).count(),
                "the lower error is the better one");
        assertTrue(Files.readString(folder.resolve("out/tables/dense_details.md")).replaceAll(" +", " ").contains("nyu SILog (lower is better)"));
        assertTrue(Files.readString(folder.resolve("out/tables/dense.tex")).contains("J\\&F"));
    }

    @Test
    void thePapersValuesAreInTheUnitsOfTheirColumns() throws IOException {
        String paper = Files.readString(Sample.PAPER);
        for (String column : List.of("nyu_rmse", "nyu_abs_rel", "kitti_rmse", "kitti_abs_rel", "davis_jf", "davis_j", "davis_f", "vip_miou")) {
            String metric = column.substring(column.indexOf('_') + 1);
            assertEquals(4, paper.lines().filter(line -> line.startsWith("dense,") && line.contains("," + column + ",")
                    && line.contains("," + Quantity.ofMetric(metric).unit() + ",")).count(), column);
        }
    }
}
