package org.equirepro.tensor.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken native folders give rows; nothing crashes. */
final class DoctorTest {

    private static final Path WHOLE = Path.of(System.getenv("PYTORCH_LIBRARY_PATH"));

    @TempDir
    Path folder;

    private static Doctor doctor(Path libtorch) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PYTORCH_LIBRARY_PATH", libtorch.toString());
        return new Doctor(environment);
    }

    private static List<Row> rows(Path libtorch) {
        return doctor(libtorch).libraries(false);
    }

    private static List<Row> defects(List<Row> rows) {
        return rows.stream().filter(row -> row.state() == Row.State.DEFECT).toList();
    }

    private static Row row(List<Row> rows, String what) {
        return rows.stream().filter(row -> row.what().equals(what)).findFirst().orElseThrow(() -> new AssertionError(rows.toString()));
    }

    /** Links to the files of a folder. */
    private void link(Path from) throws IOException {
        try (var files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.createSymbolicLink(folder.resolve(file.getFileName()), file);
            }
        }
    }

    @Test
    void theSetOfTheBuildHasNoDefect() {
        Doctor doctor = doctor(WHOLE);
        List<Row> rows = doctor.libraries(false);
        assertEquals(List.of(), defects(rows));
        assertEquals(System.getenv("PYTORCH_VERSION") + " cpu", row(rows, "libtorch").found());
        assertEquals(new Doctor.Identity(System.getenv("PYTORCH_VERSION"), "cpu"), doctor.identity(rows));
        assertTrue(row(rows, "symbols").found().contains("found"));
    }

    @Test
    void anEmptyFolderIsOneDefect() {
        List<Row> rows = rows(folder);
        assertEquals(1, rows.size());
        assertTrue(rows.get(0).found().contains("lacks libc10.so, libtorch.so, libtorch_cpu.so, libdjl_torch.so"), rows.toString());
        assertTrue(rows.get(0).advice().contains("bin/reproduce --build-only"));
        assertEquals(1, defects(rows(folder.resolve("absent"))).size());
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        link(WHOLE);
        Files.delete(folder.resolve("libtorch.so"));
        List<Row> rows = rows(folder);
        assertEquals(1, rows.size());
        assertTrue(rows.get(0).found().endsWith("but libtorch.so is missing"), rows.toString());
    }

    @Test
    void aTruncatedLibraryIsADefectAndNotACrash() throws IOException {
        link(WHOLE);
        Files.delete(folder.resolve("libtorch_cpu.so"));
        Files.write(folder.resolve("libtorch_cpu.so"), new byte[1000]);
        List<Row> rows = rows(folder);
        assertTrue(row(rows, "native files").found().contains("libtorch_cpu.so has 1000 bytes instead of"), rows.toString());
        assertEquals(Row.State.DEFECT, row(rows, "engine").state());
    }

    /** The loader ends the process, without an exception, on the first symbol that it misses. */
    @Test
    void aJniLibraryOfAnotherLibtorchIsToldByName() throws IOException {
        Path other = WHOLE.resolveSibling(WHOLE.getFileName().toString().equals("cpu") ? "cpu-2.5.1" : "cpu");
        Assumptions.assumeTrue(Files.exists(other.resolve("libdjl_torch.so")), other + " is not there");
        link(WHOLE);
        Files.delete(folder.resolve("libdjl_torch.so"));
        Files.createSymbolicLink(folder.resolve("libdjl_torch.so"), other.resolve("libdjl_torch.so"));
        List<Row> rows = rows(folder);
        assertTrue(row(rows, "native files").found().contains("libdjl_torch.so has"), rows.toString());
        assertFalse(defects(rows).isEmpty());
    }

    /** libtorch 2.5.1 lacks what the JNI library for 2.7.1 calls; bytes at the end make both unknown. */
    @Test
    void aSiteWhoseJniLibraryDoesNotFitIsToldTheSymbol() throws IOException {
        Path libtorch = WHOLE.resolveSibling("cpu-2.5.1");
        Path jni = WHOLE.resolveSibling("cpu");
        Assumptions.assumeTrue(Files.exists(libtorch.resolve("libtorch_cpu.so")), libtorch + " is not there");
        link(libtorch);
        for (String name : List.of("libdjl_torch.so", "libc10.so")) {
            Files.delete(folder.resolve(name));
            byte[] bytes = Files.readAllBytes((name.equals("libc10.so") ? libtorch : jni).resolve(name));
            Files.write(folder.resolve(name), java.util.Arrays.copyOf(bytes, bytes.length + 1));
        }
        List<Row> rows = defects(rows(folder));
        assertTrue(rows.stream().anyMatch(row -> row.found().contains("undefined symbol")), rows.toString());
    }

    @Test
    void aVersionThatTheEnvironmentOnlyClaimsIsADefect() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PYTORCH_VERSION", "9.9.9");
        Row row = row(new Doctor(environment).libraries(false), Doctor.CLAIM);
        assertEquals(Row.State.DEFECT, row.state());
        assertTrue(row.found().contains("9.9.9"), row.found());
    }

    /** Where the CUDA set was fetched. */
    @Test
    void theCudaLibrariesLoadWithoutADriverAndSaySo() {
        Path cuda = WHOLE.resolveSibling("cu124");
        Assumptions.assumeTrue(Files.exists(cuda), cuda + " is not there");
        Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")), "this machine has a driver");
        List<Row> rows = rows(cuda);
        assertEquals(Row.State.OK, row(rows, "engine").state());
        assertEquals(Row.State.NOTE, row(rows, "CUDA").state());
        assertTrue(row(rows, "CUDA").found().startsWith("libraries load, no GPU: CUDA driver version is insufficient"), rows.toString());
        assertTrue(row(rows, "NCCL").found().endsWith("in libtorch"), rows.toString());
    }

    @Test
    void theMachineIsDescribed() {
        List<Row> rows = doctor(WHOLE).machine();
        assertEquals(List.of("Java", "processor", "memory", "allocator", "GPU", "disk"), rows.stream().map(Row::what).toList());
        assertEquals(List.of(), defects(rows));
    }
}
