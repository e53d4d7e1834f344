package org.equirepro.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every reference case below $EQUIREPRO_FIXTURES (default: ../shared/fixtures/reference beside the checkout). */
final class ParityTest {

    @TestFactory
    Stream<DynamicTest> referenceCases() {
        String given = System.getenv("EQUIREPRO_FIXTURES");
        Path folder = given != null ? Path.of(given) : Path.of(System.getProperty("equirepro.home"), "..", "shared", "fixtures", "reference");
        if (!Files.isDirectory(folder)) {
            System.out.println("NOTICE parity cases skipped: " + folder + " is not there; set EQUIREPRO_FIXTURES");
            return Stream.empty();
        }
        return tests(folder);
    }

    /** A small set of our own, always run. */
    @TestFactory
    Stream<DynamicTest> ownCases() {
        return tests(Path.of("src/test/resources/reference"));
    }

    private static Stream<DynamicTest> tests(Path folder) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, List<ReferenceCase>> kind : ParityRunner.find(folder).entrySet()) {
            ParityRunner.checker(kind.getKey()).ifPresent(checker -> {
                for (ReferenceCase reference : kind.getValue()) {
                    tests.add(DynamicTest.dynamicTest(kind.getKey() + "/" + reference.name(),
                            () -> assertEquals(List.of(), ParityRunner.run(checker, reference))));
                }
            });
        }
        return tests.stream();
    }
}
