package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Preparation;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Readers;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.DepthMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneReaderTest {

    @TempDir
    Path folder;

    private static Settings scenes(String annotations, String more) {
        return Settings.parseJson("scenes", "{\"kind\":\"render-scenes\",\"dataset\":\"scenes\",\"annotations\":\"" + annotations
                + "\",\"size\":48,\"train_pictures\":7,\"test_pictures\":4,\"seed\":2" + more + "}");
    }

    /** The samples of the kind itself and of what {@link SceneWriter} wrote, read by the reader of the published set. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "instances        | coco   | ,\"crowds\":0.5,\"empty\":0.2",
        "person_keypoints | coco   | ,\"crowds\":0.5,\"empty\":0.2",
        "segmentation     | ade20k | ,\"crowds\":0.5,\"empty\":0.2",
        "mpii             | mpii   | ,\"persons\":[1,3]"})
    void theWrittenLayoutReadBackGivesTheSameSamples(String annotations, String kind, String more) throws IOException {
        Path root = folder.resolve("written");
        SceneWriter.write(scenes(annotations, more), root);
        String task = kind.equals("coco") ? ",\"annotations\":\"" + annotations + "\"" : "";
        Settings published = Settings.parseJson("read", "{\"kind\":\"" + kind + "\",\"subset\":true" + task + "}");
        try (Reader direct = Readers.open(scenes(annotations, more), null, folder);
                Reader read = Readers.open(published, root, folder)) {
            assertEquals(direct.classes(), read.classes());
            assertEquals(direct.members(), read.members());
            List<Sample> expected = all(direct);
            List<Sample> found = all(read);
            assertEquals(11, expected.size());
            assertEquals(expected.stream().map(s -> s.split() + " " + s.key()).toList(),
                    found.stream().map(s -> s.split() + " " + s.key()).toList());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i).bytes().get(), found.get(i).bytes().get(), "picture " + i);
                String member = direct.members().get(0);
                byte[] a = expected.get(i).members().get(member).get();
                byte[] b = found.get(i).members().get(member).get();
                assertEquals(comparable(annotations, a), comparable(annotations, b), "member of picture " + i);
            }
        }
    }

    /** MPII knows persons by their rows. */
    private static String comparable(String annotations, byte[] member) {
        String text = new String(member, StandardCharsets.ISO_8859_1);
        return annotations.equals("mpii") ? text.replaceAll("\"(id|image_id)\":\\d+", "\"$1\":0") : text;
    }

    private static List<Sample> all(Reader reader) {
        List<Sample> samples = new ArrayList<>();
        reader.samples().forEachRemaining(samples::add);
        return samples;
    }

    @Test
    void preparedShardsHoldObjectsAndDepthBesideEveryPicture() {
        Path out = folder.resolve("shards");
        Preparation.run(scenes("person_keypoints", ",\"depth\":true,\"crowds\":1,\"persons\":[1,2]"), null, out);
        try (ShardSet set = ShardSet.open(out)) {
            assertEquals(List.of("person"), set.classes());
            assertEquals(List.of("depth", "json"), set.members());
            Split train = set.split("train");
            assertEquals(7, train.size());
            int crowds = 0;
            for (int i = 0; i < 7; i++) {
                DepthMap depth = DepthMap.Unit.MILLIMETRE.decode("depth", train.member(i, "depth").orElseThrow());
                for (float metres : depth.metres()) {
                    assertTrue(metres == 0 || metres > 0.8, "at " + metres + " m");
                }
                for (Instance person : PictureObjects.parse("json", train.member(i, "json").orElseThrow()).objects()) {
                    assertEquals(51, person.keypoints().length);
                    crowds += person.crowd() ? 1 : 0;
                    assertFalse(person.crowd() && person.labelledKeypoints() > 0, "a crowd has no keypoints");
                }
            }
            assertTrue(crowds > 1, crowds + " crowds of persons");
        }
    }

    @Test
    void picturesAreTheSameWhateverLiesBesideThemAndHoweverManyThereAre() throws IOException {
        byte[] first = all(SceneReader.of(scenes("instances", ""))).get(3).bytes().get();
        assertArrayEquals(first, all(SceneReader.of(scenes("segmentation", ""))).get(3).bytes().get());
        Settings more = Settings.parseJson("more", scenes("instances", "").canonical().replace("\"train_pictures\":7",
                "\"train_pictures\":5000"));
        assertArrayEquals(first, all(SceneReader.of(more)).get(3).bytes().get());
        Settings other = Settings.parseJson("other", scenes("instances", "").canonical().replace("\"seed\":2", "\"seed\":3"));
        assertFalse(Arrays.equals(first, all(SceneReader.of(other)).get(3).bytes().get()));
    }

    @Test
    void aTestPictureOfMpiiHasHeadBoxesAndATrainingPictureHasNone() throws IOException {
        for (Sample sample : all(SceneReader.of(scenes("mpii", ",\"persons\":[1,2]")))) {
            PictureObjects picture = PictureObjects.parse(sample.key(), sample.members().get("json").get());
            assertTrue(picture.objects().size() > 0, sample.key());
            for (Instance person : picture.objects()) {
                assertEquals(48, person.keypoints().length);
                assertEquals(sample.split().equals("test"), person.head().isPresent());
                assertEquals(Optional.empty(), person.mask());
                for (int i = 0; i < 48; i += 3) {
                    boolean inBox = person.keypoints()[i] >= person.box().x() - 1
                            && person.keypoints()[i] <= person.box().x() + person.box().width() + 1;
                    assertTrue(person.keypoints()[i + 2] == 0 || inBox, "joint " + i / 3);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "instances        | ,\"objects\":[3,1]                  | objects must be the fewest and the most",
        "instances        | ,\"objects\":[0,0],\"persons\":[0,0] | the most objects and persons together must be in 1",
        "instances        | ,\"crowds\":1.5                     | crowds must be a share from 0 to 1",
        "instances        | ,\"classes\":99                     | classes must be in 1",
        "person_keypoints | ,\"persons\":[0,0]                  | annotations person_keypoints needs persons",
        "mpii             | ''                                  | MPII lists no picture without persons",
        "outlines         | ''                                  | annotations must be one of instances, person_keypoints, mpii, segm"})
    void aPlanThatCannotBeIsRefused(String annotations, String more, String expected) {
        UserError error = assertThrows(UserError.class, () -> SceneReader.of(scenes(annotations, more == null ? "" : more)));
        assertEquals(ExitCode.USAGE, error.exitCode());
        assertTrue(error.getMessage().startsWith("scenes: " + expected), error.getMessage());
        assertFalse(Files.exists(folder.resolve("written")));
    }
}
