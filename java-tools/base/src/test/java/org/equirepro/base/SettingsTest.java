package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {

    private static void refused(String json, java.util.function.Consumer<Settings> read, String... named) {
        UserError e = assertThrows(UserError.class, () -> read.accept(Settings.parseJson("r.yml", json)));
        for (String name : named) {
            assertTrue(e.getMessage().contains(name), e.getMessage());
        }
        assertEquals(ExitCode.USAGE, e.exitCode());
    }

    @Test
    void aWrongValueNamesFileAndWholeKey() {
        refused("{\"a\":{}}", s -> s.at("a").integer("b"), "r.yml", "a.b is missing");
        refused("{\"a\":{\"b\":1.5}}", s -> s.at("a").integer("b"), "a.b must be a whole number");
        refused("{\"a\":\"x\"}", s -> s.real("a"), "a must be a number");
        refused("{\"a\":[1,\"x\"]}", s -> s.reals("a"), "a[1]");
        refused("{\"a\":1}", s -> s.at("a"), "a must be a section");
        refused("{\"a\":1,\"a\":2}", s -> s.integer("a"), "r.yml");
        refused("{\"a\":1", s -> s.integer("a"), "not valid JSON");
    }

    @Test
    void equalSettingsHaveOneText(@TempDir Path folder) throws Exception {
        Path yaml = Files.writeString(folder.resolve("a.yml"), "b: [1, 2]\na: {d: 1.0e-3, c: x}\n");
        assertEquals(Settings.parseJson("j", "{\"a\":{\"c\":\"x\",\"d\":0.001},\"b\":[1,2]}").canonical(),
                Settings.read(yaml).canonical());
    }

    @Test
    void aMissingFileIsMissingInput(@TempDir Path folder) {
        UserError e = assertThrows(UserError.class, () -> Settings.read(folder.resolve("no.yml")));
        assertEquals(ExitCode.MISSING_INPUT, e.exitCode());
    }
}
