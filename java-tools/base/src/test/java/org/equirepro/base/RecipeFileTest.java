package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecipeFileTest {

    @TempDir
    Path folder;

    private Path recipe(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name + ".yml"), text);
    }

    @Test
    void whatAFileSaysStandsOverWhatItIsBasedOn() throws IOException {
        recipe("first", "kind: pretrain\nobjective: {name: vicreg, variance: 10.0}\nwidths: [1, 2, 3]\nsteps: 8\n");
        recipe("second", "base: first\nsteps: 9\ntransform: {family: angle, of: {deep: 1, gone: null}}\n");
        Path third = recipe("third", "base: second\nobjective: {name: simclr, variance: null, temperature: 0.2}\nwidths: [4]\n");
        assertEquals(Settings.parseJson("j", "{\"kind\": \"pretrain\", \"objective\": {\"name\": \"simclr\", \"temperature\": 0.2}, \"steps\": 9,"
                + " \"transform\": {\"family\": \"angle\", \"of\": {\"deep\": 1}}, \"widths\": [4]}").canonical(), RecipeFile.read(third).canonical());
    }

    @Test
    void aFileWithoutABaseIsReadAsItIs() throws IOException {
        Path file = recipe("alone", "kind: pretrain\nsteps: 8\n");
        assertEquals(Settings.read(file).canonical(), RecipeFile.read(file).canonical());
    }

    @Test
    void anErrorNamesTheFileAndItsBase() throws IOException {
        recipe("first", "steps: many\n");
        Path second = recipe("second", "base: first\nbatch: 3\n");
        UserError wrong = assertThrows(UserError.class, () -> RecipeFile.read(second).integer("steps"));
        assertTrue(wrong.getMessage().contains("second.yml on first.yml: steps must be a whole number"), wrong.getMessage());
    }

    @Test
    void aBaseThatIsMissingOrLeadsBackIsRefused() throws IOException {
        Path lost = recipe("lost", "base: nowhere\n");
        UserError missing = assertThrows(UserError.class, () -> RecipeFile.read(lost));
        assertTrue(missing.getMessage().contains("lost.yml: base is nowhere, but there is no "), missing.getMessage());
        assertEquals(ExitCode.USAGE, missing.exitCode());
        recipe("hen", "base: egg\n");
        Path egg = recipe("egg", "base: hen\n");
        UserError circle = assertThrows(UserError.class, () -> RecipeFile.read(egg));
        assertTrue(circle.getMessage().contains("egg.yml: base leads back to it"), circle.getMessage());
    }
}
