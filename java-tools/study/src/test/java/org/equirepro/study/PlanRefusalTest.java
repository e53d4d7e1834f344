package org.equirepro.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.UserError;
import org.equirepro.study.costs.PlanPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong in a study or recipe is refused in one line that names file and key. */
final class PlanRefusalTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "recipes/test-all-angle.yml | weight: 1.0 | weigth: 1.0 "
                + "| conf/recipes/test-all-angle.yml: reconstruction.weigth is not a known key; did you mean weight? (and 1 more)",
        "recipes/test-vicreg.yml | batch: 64 | batch: many "
                + "| conf/recipes/test-vicreg.yml: batch must be a whole number, found \"many\"",
        "recipes/test-vicreg.yml | lr: 1.0e-3 | lr: \"1.0e-3\" | conf/recipes/test-vicreg.yml: optimiser.lr must be a number, "
                + "found \"1.0e-3\"; write it without quotes",
        "recipes/test-vicreg.yml | precision: float32 | precision: flaot32 | conf/recipes/test-vicreg.yml: precision must be "
                + "one of float32, bfloat16, float16, found \"flaot32\"; did you mean float32?",
        "recipes/test-vicreg.yml | flip: 0.5 | flip: 1.5 | conf/recipes/test-vicreg.yml: views.flip must be at most 1, found 1.5",
        "recipes/test-vicreg.yml | invariance: 10.0, | `` | conf/recipes/test-vicreg.yml: objective.invariance is missing",
        "recipes/test-vicreg.yml | [0.4, 0.4, 0.2, 0.1] | [0.4, 0.4, 0.2, red] "
                + "| conf/recipes/test-vicreg.yml: views.jitter.strength[3] must be a number, found \"red\"",
        "recipes/test-vicreg.yml | patch: 8 | patch: 7 "
                + "| conf/recipes/test-vicreg.yml: backbone.image is 32, which backbone.patch = 7 does not divide",
        "recipes/test-vicreg.yml | size: 32 | size: 24 "
                + "| conf/recipes/test-vicreg.yml: views.size is 24, backbone.image is 32: they must be equal",
        "recipes/test-vicreg.yml | `steps: 80` | `` "
                + "| conf/recipes/test-vicreg.yml: steps or epochs: give one of the two",
        "recipes/test-vicreg.yml | batch: 64 | `` | conf/recipes/test-vicreg.yml: batch is missing",
        "recipes/test-untrained.yml | name: none | name: vicreg | conf/recipes/test-untrained.yml: batch is missing (and 8 more)",
        "recipes/test-untrained.yml | kind: pretrain | `kind: pretrain\nbatch: 3` "
                + "| conf/recipes/test-untrained.yml: batch has no meaning here; remove it",
        "recipes/test-all-angle.yml | equivariant: 32 | equivariant: 65 "
                + "| conf/recipes/test-all-angle.yml: split.equivariant is 65, more than split.dim = 64",
        "recipes/test-all-angle.yml | [32, 16, 8] | [32, 16] "
                + "| conf/recipes/test-all-angle.yml: reconstruction.decoder has 2 widths; a patch of 8 pixels needs at least 3",
        "recipes/test-all-angle.yml | angle: 45.0 | blur: [0.1, 1.0] "
                + "| conf/recipes/test-all-angle.yml: ranges.angle is missing; the family angle needs it",
        "recipes/test-ibot.yml | place: head, | `` | conf/recipes/test-ibot.yml: split.place must be head for objective ibot",
        "recipes/test-vicreg.yml | split: { | `split: {place: head, ` "
                + "| conf/recipes/test-vicreg.yml: split.place head has a meaning for objective ibot only",
        "recipes/test-ibot.yml | size: 16 | size: 12 "
                + "| conf/recipes/test-ibot.yml: views.local.size is 12, which the patch of the backbone = 8 does not divide",
        "recipes/test-ibot.yml | `masking: {ratios: [0.0, 0.3], variations: [0.0, 0.2]}` | `` "
                + "| conf/recipes/test-ibot.yml: masking is missing; objective ibot needs it",
        "recipes/test-ibot.yml | momentum: 0.99 | expander: [3] | conf/recipes/test-ibot.yml: objective.momentum is missing",
        "recipes/test-objects-vicreg.yml | dim: 512 | dim: 256 "
                + "| conf/recipes/test-objects-vicreg.yml: split.dim must be 512 for resnet18, whose features are split as they are",
        "recipes/test-objects-vicreg.yml | kind: renders, | kind: renders, flip: 0.5, "
                + "| conf/recipes/test-objects-vicreg.yml: views.flip has no meaning here; remove it",
        "recipes/test-objects-ours.yml | heads: 4 | heads: 3 "
                + "| conf/recipes/test-objects-ours.yml: split.equivariant is 256, which reconstruction.heads = 3 does not divide",
        "recipes/test-objects-sie-rotcolor.yml | `, latent: [rotation, hue]` | `` "
                + "| conf/recipes/test-objects-sie-rotcolor.yml: objective.latent is missing: renders have rotation and hue",
        "recipes/test-sie-all.yml | `transform: {family: all}` | `` "
                + "| conf/recipes/test-sie-all.yml: transform is missing: sie predicts its effect",
        "recipes/test-sie-all.yml | `blur: [0.1, 1.0], trans` | trans "
                + "| conf/recipes/test-sie-all.yml: ranges.blur is missing; the family all needs it",
        "recipes/test-cross-attention.yml | `heads: 4,` | `heads: 4, count: 2,` "
                + "| conf/recipes/test-cross-attention.yml: reconstruction.count has no meaning here; remove it",
        "recipes/test-r2-image.yml | kind: r2_image | kind: r2 "
                + "| conf/recipes/test-r2-image.yml: kind must be one of pretrain, r2_image, r2_3diebench, retrieval, linear_probe, "
                + "knn, logreg, segment, homography, detect, keypoints, depth, video, found r2",
        "studies/test.yml | `test-segment, data: scenes, encoders: [untrained` | `test-segment, data: scenes, encoders: [objects-vicreg` "
                + "| conf/studies/test.yml: evaluations[6]: test-segment needs the maps of a ViT, but encoder objects-vicreg is a ResNet-18; "
                + "list others under encoders",
        "recipes/test-segment.yml | schedule: poly | `schedule: poly, drops: [2]` | conf/recipes/test-segment.yml: optimiser.drops has no "
                + "meaning here; remove it",
        "recipes/test-r2-3diebench.yml | features: [whole] | features: [whole, equivariant] | conf/studies/test.yml: evaluations[2]: "
                + "test-r2-3diebench reads the equivariant features, but encoder objects-vicreg has none: of its 512 features 0 "
                + "are equivariant",
        "studies/test.yml | label: Untrained ResNet-18 | label: VICReg | conf/studies/test.yml: encoders.objects-untrained.label is "
                + "that of vicreg too: VICReg; the tables could not tell them apart",
        "studies/test.yml | seeds: [0] | sedes: [0] | conf/studies/test.yml: sedes is not a known key; did you mean seeds? (and 1 more)",
        "studies/test.yml | seeds: [0] | seeds: [0, 0] | conf/studies/test.yml: seeds must not name anything twice, found [0,0]",
        "studies/test.yml | recipe: test-vicreg, | recipe: test-vicerg, | conf/studies/test.yml: encoders.vicreg.recipe: no recipe "
                + "test-vicerg in conf/recipes; did you mean test-vicreg?",
        "studies/test.yml | recipe: test-vicreg, | recipe: test-r2-image, | conf/studies/test.yml: encoders.vicreg.recipe: "
                + "test-r2-image is of kind r2_image, must be pretrain",
        "studies/test.yml | test-r2-image, data: pictures | test-r2-image, data: picture | conf/studies/test.yml: "
                + "evaluations[0].data: no data set picture in this study; did you mean pictures?",
        "studies/test.yml | test-r2-3diebench, data: objects | test-r2-3diebench, data: pictures | conf/studies/test.yml: "
                + "evaluations[2].data: pictures has no latents; an evaluation of kind r2_3diebench needs 3diebench or render-3d",
        "studies/test.yml | test-depth, data: scenes | test-depth, data: persons | conf/studies/test.yml: evaluations[11].data: persons has "
                + "no depth maps; an evaluation of kind depth needs nyu-depth-v2, kitti-eigen, or render-scenes with depth: true",
        "studies/test.yml | test-video, data: videos | test-video, data: scenes | conf/studies/test.yml: evaluations[12].data: scenes has "
                + "no videos; an evaluation of kind video needs davis2017, vip or render-videos",
        "studies/test.yml | encoders: [objects-sie-rotcolor]} | encoders: [objects-vicreg]} | conf/studies/test.yml: "
                + "evaluations[3].encoders: encoder objects-vicreg (recipe test-objects-vicreg) has no predictor of views; retrieval needs "
                + "objective sie with latent: list such encoders only",
        "studies/test.yml | size: 32, seed: 1 | size: 32, sede: 1 "
                + "| conf/studies/test.yml: datasets.pictures.sede is not a known key; did you mean seed? (and 1 more)",
        "studies/test.yml | kind: render-3d | kind: render-4d | conf/studies/test.yml: datasets.objects.kind must be one of imagefolder, "
                + "imagenet, cifar10, cifar100, fgvc-aircraft, oxford-pets, flowers102, food101, stanford-cars, dtd, sun397, caltech101, "
                + "voc2007, inaturalist2018, places365, coco, ade20k, mpii, nyu-depth-v2, kitti-eigen, davis2017, vip, 3diebench, "
                + "render-3d, render-pictures, render-scenes, render-videos, found \"render-4d\"; "
                + "did you mean render-3d?",
        "studies/test.yml | recipe: test-objects-vicreg, data: objects | recipe: test-objects-vicreg, data: pictures "
                + "| conf/studies/test.yml: encoders.objects-vicreg.data: pictures has one view of a thing; recipe test-objects-vicreg "
                + "(views.kind renders) needs 3diebench or render-3d",
        "studies/test.yml | tables: [r2_image | tables: [r2_images | conf/studies/test.yml: tables[0] must be one of r2_image, "
                + "r2_3diebench, retrieval, linear_probe, knn, logreg, dense, found \"r2_images\"; did you mean r2_image?",
        "studies/test.yml | `  - {recipe: test-linear-probe, data: pictures}` | `` | conf/studies/test.yml: tables: no evaluation of kind "
                + "linear_probe fills the table linear_probe",
    })
    void namesFileAndKey(String file, String from, String to, String message) throws IOException {
        assertEquals(message, StudyFolder.in(folder).change(file, from, to).refusal(2));
    }

    @Test
    void sameEvaluationTwiceIsRefused() throws IOException {
        String refusal = StudyFolder.in(folder).change("studies/test.yml", "tables: [",
                "  - {recipe: test-r2-image, data: pictures}\ntables: [").refusal(2);
        assertTrue(refusal.startsWith("conf/studies/test.yml: two tasks would be called r2-image-"), refusal);
    }

    @Test
    void sameKeyTwiceIsRefused() throws IOException {
        String refusal = StudyFolder.in(folder).change("studies/test.yml", "  vicreg:", "  untrained:").refusal(2);
        assertTrue(refusal.startsWith("conf/studies/test.yml: not valid YAML at line"), refusal);
        assertTrue(refusal.contains("untrained"), refusal);
    }

    @Test
    void dataThatIsNotThereNamesTheParameter() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        Path archive = folder.resolve("y.tar.gz");
        UserError error = assertThrows(UserError.class,
                () -> folders.plan("mini", Plan.Selection.ALL, Map.of("cifar10", archive.toString())));
        assertEquals("cifar10: " + archive + ": no such file or folder; give --cifar10", error.getMessage());
        assertEquals(66, error.exitCode().code());
    }

    @Test
    void parameterThatIsNotGivenIsNamed() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        UserError error = assertThrows(UserError.class, () -> folders.plan("mini", Plan.Selection.ALL, Map.of("cifar10", "")));
        assertTrue(error.getMessage().endsWith("mini.yml: datasets.cifar10.source needs the parameter cifar10; give --cifar10 PATH"),
                error.getMessage());
        assertEquals(2, error.exitCode().code());
    }

    @Test
    void unknownRowIsRefused() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        UserError error = assertThrows(UserError.class,
                () -> folders.plan("test", new Plan.Selection(List.of("vicreg", "all-angel"), List.of()), Map.of()));
        assertTrue(error.getMessage().startsWith("--rows: all-angel is not an encoder of"), error.getMessage());
        assertTrue(error.getMessage().endsWith("did you mean all-angle?"), error.getMessage());
    }

    @Test
    void nothingIsWrittenWhereTheFolderExists() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        Path out = Files.createDirectory(folder.resolve("out"));
        assertThrows(UserError.class, () -> PlanPage.write(folders.plan(), config -> Optional.empty(), out));
        try (var left = Files.list(folder)) {
            assertEquals(List.of("conf", "out"), left.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }
}
