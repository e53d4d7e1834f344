package org.equirepro.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataCommandTest {

    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    private static Outcome run(Object... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true));
            System.setErr(new PrintStream(complained, true));
            String[] words = new String[arguments.length];
            for (int i = 0; i < words.length; i++) {
                words[i] = arguments[i].toString();
            }
            return new Outcome(Equirepro.run(words), said.toString(), complained.toString());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Path pictures() throws IOException {
        for (String name : new String[] {"train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/cat/1.png", "test/dog/9.png"}) {
            Path file = folder.resolve("pets").resolve(name);
            Files.createDirectories(file.getParent());
            Picture picture = Picture.black(20, 12);
            java.util.Arrays.fill(picture.rgb(), (byte) name.hashCode());
            Files.write(file, PictureDecoder.png(picture));
        }
        return folder.resolve("pets");
    }

    private Path shards() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"kind\":\"imagefolder\"}");
        Path out = folder.resolve("shards");
        assertEquals(0, run("prepare", "--config", folder.resolve("config.json"), "--source", pictures(), "--out", out).code);
        return out;
    }

    @Test
    void listsEveryKindWithItsUsers() throws IOException {
        Path studies = Files.createDirectories(folder.resolve("conf/studies"));
        Files.writeString(studies.resolve("mine.yml"), "datasets:\n  boxes: {kind: coco, source: x}\n");
        Outcome outcome = run("data", "ls", "--conf", folder.resolve("conf"));
        assertEquals(0, outcome.code, outcome.err);
        assertTrue(outcome.out.contains("coco: COCO"), outcome.out);
        assertTrue(outcome.out.contains("train 118,287, test 5,000, 80 classes"), outcome.out);
        assertTrue(outcome.out.contains("used by  mine (boxes)"), outcome.out);
        assertTrue(outcome.out.contains("imagefolder") && outcome.out.contains("render-3d"), outcome.out);
    }

    @Test
    void checkTellsWhatIsThere() throws IOException {
        Outcome raw = run("data", "check", pictures(), "--kind", "imagefolder");
        assertEquals(0, raw.code, raw.out + raw.err);
        assertTrue(raw.out.contains("train: 3 pictures") && raw.out.contains("test: 2 pictures"), raw.out);
        Outcome incomplete = run("data", "check", folder, "--kind", "ade20k");
        assertEquals(66, incomplete.code, incomplete.out);
        assertTrue(incomplete.out.contains("ADEChallengeData2016.zip: not there; get it from http"), incomplete.out);
        Files.write(folder.resolve("ADEChallengeData2016.zip"), new byte[10]);
        Outcome wrong = run("data", "check", folder);
        assertEquals(65, wrong.code, wrong.out);
        assertTrue(wrong.out.contains("10 bytes, the published archive has 967,382,037"), wrong.out);
        assertEquals(66, run("data", "check", folder.resolve("none"), "--kind", "coco").code);
        assertEquals(2, run("data", "check", pictures()).code, "the kind cannot be told");
    }

    @Test
    void checkFindsDamageInShards() throws IOException {
        Path shards = shards();
        assertEquals(0, run("data", "check", shards, "--checksums").code);
        Path tar = shards.resolve("train-00000.tar");
        byte[] bytes = Files.readAllBytes(tar);
        bytes[700] ^= 1;
        Files.write(tar, bytes);
        assertEquals(0, run("data", "check", shards).code, "sizes and counts are still right");
        Outcome outcome = run("data", "check", shards, "--checksums");
        assertEquals(65, outcome.code);
        assertTrue(outcome.out.contains("train-00000.tar: corrupt"), outcome.out);
    }

    @Test
    void showDrawsTheSameSheetFromShardsAndFromTheSource() throws IOException {
        Path shards = shards();
        Outcome outcome = run("data", "show", shards, "--count", "2", "--columns", "2", "--cell", "64", "--out", folder.resolve("a.png"));
        assertEquals(0, outcome.code, outcome.err);
        assertEquals(0, run("data", "show", folder.resolve("pets"), "--kind", "imagefolder", "--count", "2", "--columns", "2", "--cell",
                "64", "--out", folder.resolve("b.png")).code);
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.png")), Files.readAllBytes(folder.resolve("b.png")));
        assertEquals(2 * 64 + 30, ImageIO.read(folder.resolve("a.png").toFile()).getWidth());
        assertEquals(65, run("data", "show", shards, "--split", "val", "--out", folder.resolve("c.png")).code);
        assertTrue(Files.notExists(folder.resolve("c.png")));
    }

    @Test
    void showDrawsScenesWithoutASourceAsItDoesFromTheirShards() throws IOException {
        Files.writeString(folder.resolve("scenes.json"), "{\"kind\":\"render-scenes\",\"annotations\":\"person_keypoints\",\"size\":32,"
                + "\"train_pictures\":2,\"test_pictures\":1,\"seed\":4,\"persons\":[1,2],\"depth\":true}");
        assertEquals(0, run("prepare", "--config", folder.resolve("scenes.json"), "--out", folder.resolve("scenes")).code);
        assertEquals(0, run("data", "show", folder.resolve("scenes"), "--cell", "96", "--out", folder.resolve("a.png")).code);
        Outcome drawn = run("data", "show", "--kind", "render-scenes", "--set", "annotations=person_keypoints", "--set", "size=32", "--set",
                "train_pictures=2", "--set", "test_pictures=1", "--set", "seed=4", "--set", "persons=[1,2]", "--set", "depth=true",
                "--cell", "96", "--out", folder.resolve("b.png"));
        assertEquals(0, drawn.code, drawn.err);
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.png")), Files.readAllBytes(folder.resolve("b.png")));
        assertEquals(2, run("data", "show", "--out", folder.resolve("c.png")).code, "neither a place nor a kind");
        assertEquals(2, run("data", "check", "--kind", "render-scenes").code);
    }
}
