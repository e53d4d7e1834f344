package org.equirepro.study;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** Rules between an evaluation, the encoder it measures and the data set it uses. */
final class EvaluationChecks {

    private static final Set<Recipe.Kind> FINE_TUNED = EnumSet.of(Recipe.Kind.SEGMENT, Recipe.Kind.HOMOGRAPHY, Recipe.Kind.DETECT,
            Recipe.Kind.KEYPOINTS, Recipe.Kind.DEPTH);
    private static final Set<String> DEPTH_SETS = Set.of("nyu-depth-v2", "kitti-eigen");
    private static final Set<String> VIDEO_SETS = Set.of("davis2017", "vip", "render-videos");
    /** Blocks whose class tokens {@code cls_last4} reads. */
    private static final int BLOCKS = 4;

    private EvaluationChecks() {}

    static void check(Study study, Study.Evaluation one, Recipe recipe, Study.Encoder row, Recipe pretraining) {
        String key = "evaluations[" + one.index() + "]";
        boolean onObjects = recipe.kind() == Recipe.Kind.R2_3DIEBENCH || recipe.kind() == Recipe.Kind.RETRIEVAL;
        if (onObjects && !study.datasets().get(one.data()).ofObjects()) {
            throw UserError.usage(study.where(key + ".data") + ": " + one.data()
                    + " has no latents; an evaluation of kind " + recipe.kind().word() + " needs 3diebench or render-3d");
        }
        requireBeside(study, one, recipe, key);
        Settings objective = pretraining.settings().at("objective");
        if (recipe.kind() == Recipe.Kind.RETRIEVAL && !(objective.text("name").equals("sie") && objective.has("latent"))) {
            throw UserError.usage(study.where(key + ".encoders") + ": encoder " + row.id() + " (recipe " + pretraining.name()
                    + ") has no predictor of views; retrieval needs objective sie with latent: list such encoders only");
        }
        if (FINE_TUNED.contains(recipe.kind()) && pretraining.settings().at("backbone").text("name").equals("resnet18")) {
            throw UserError.usage(study.where(key) + ": " + recipe.name() + " needs the maps of a ViT, but encoder " + row.id()
                    + " is a ResNet-18; list others under encoders");
        }
        boolean neighbours = recipe.kind() == Recipe.Kind.KNN || recipe.kind() == Recipe.Kind.LOGREG;
        if (neighbours && study.datasets().get(one.data()).kind().equals("voc2007")) {
            throw UserError.usage(study.where(key + ".data") + ": " + one.data() + " has several classes a picture, "
                    + recipe.kind().word() + " needs one; linear_probe reads it");
        }
        Settings split = pretraining.settings().at("split");
        int equivariant = split.integer("equivariant");
        List<String> read = recipe.settings().has("features") ? recipe.settings().texts("features") : List.of();
        Settings backbone = pretraining.settings().at("backbone");
        boolean shallow = backbone.text("name").equals("resnet18") || backbone.integer("depth", BLOCKS) < BLOCKS;
        for (String features : read) {
            if (features.equals("cls_last4") && shallow) {
                throw UserError.usage(study.where(key) + ": " + recipe.name() + " reads cls_last4, which needs a ViT of " + BLOCKS
                        + " blocks or more; encoder " + row.id() + " has fewer");
            }
            boolean absent = features.startsWith("equivariant") && equivariant == 0
                    || features.startsWith("invariant") && equivariant == split.integer("dim");
            if (absent) {
                throw UserError.usage(study.where(key) + ": " + recipe.name() + " reads the " + features
                        + " features, but encoder "
                        + row.id() + " has none: of its " + split.integer("dim") + " features " + equivariant
                        + " are equivariant");
            }
        }
    }

    /** What lies beside the pictures of a set is known by its kind. */
    private static void requireBeside(Study study, Study.Evaluation one, Recipe recipe, String key) {
        Study.DataSet set = study.datasets().get(one.data());
        boolean drawnDepth = set.settings().path("depth").asBoolean();
        if (recipe.kind() == Recipe.Kind.DEPTH && !DEPTH_SETS.contains(set.kind()) && !drawnDepth) {
            throw UserError.usage(study.where(key + ".data") + ": " + one.data()
                    + " has no depth maps; an evaluation of kind depth needs nyu-depth-v2, kitti-eigen, or render-scenes with depth: true");
        }
        if (recipe.kind() == Recipe.Kind.VIDEO && !VIDEO_SETS.contains(set.kind())) {
            throw UserError.usage(study.where(key + ".data") + ": " + one.data()
                    + " has no videos; an evaluation of kind video needs davis2017, vip or render-videos");
        }
    }
}
