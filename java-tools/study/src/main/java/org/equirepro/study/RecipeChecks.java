package org.equirepro.study;

import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** Rules between the keys of one recipe, which a JSON Schema cannot state. */
final class RecipeChecks {

    private static final int RESNET_WIDTH = 512;

    private RecipeChecks() {}

    static void check(Recipe.Kind kind, Settings recipe) {
        switch (kind) {
            case PRETRAIN -> pretrain(recipe);
            case R2_IMAGE -> {
                for (String family : recipe.texts("families")) {
                    range(recipe, family);
                }
            }
            case LINEAR_PROBE -> {
                if (recipe.text("augment", "none").equals("crop_flip") && recipe.flag("standardise", false)) {
                    throw wrong(recipe, "standardise", "needs augment: none, since it reads all training features first");
                }
            }
            default -> { }
        }
    }

    private static void pretrain(Settings recipe) {
        backbone(recipe);
        int dim = recipe.at("split").integer("dim");
        int equivariant = recipe.at("split").integer("equivariant");
        boolean trained = !recipe.at("objective").text("name").equals("none");
        if (equivariant > dim) {
            throw wrong(recipe, "split.equivariant", "is " + equivariant + ", more than split.dim = " + dim);
        }
        if (!trained) {
            return;
        }
        if (equivariant == dim) {
            throw wrong(recipe, "split.equivariant", "leaves no feature for the objective (split.dim is " + dim + " too)");
        }
        if (recipe.has("steps") == recipe.has("epochs")) {
            throw wrong(recipe, "steps", "or epochs: give one of the two");
        }
        if (recipe.has("reconstruction")) {
            reconstruction(recipe, equivariant);
        }
        studentTeacher(recipe);
        if (recipe.has("micro_batch") && recipe.at("backbone").text("name").equals("resnet18")) {
            throw wrong(recipe, "micro_batch", "cannot be exact for resnet18, whose batch norm sees all pictures of a batch together");
        }
        if (recipe.has("picture_steps") && !recipe.has("reconstruction")) {
            throw wrong(recipe, "picture_steps", "has a meaning with reconstruction only");
        }
        if (recipe.has("transform")) {
            if (recipe.has("reconstruction") && recipe.at("reconstruction").has("family")) {
                throw wrong(recipe, "transform", "has no meaning beside reconstruction.family, which is applied itself");
            }
            range(recipe, recipe.at("transform").text("family"));
        }
        Settings views = recipe.at("views");
        if (views.integer("size") != recipe.at("backbone").integer("image")) {
            throw wrong(recipe, "views.size", "is " + views.integer("size") + ", backbone.image is "
                    + recipe.at("backbone").integer("image") + ": they must be equal");
        }
        boolean renders = views.text("kind").equals("renders");
        boolean moved = recipe.has("transform") || recipe.has("reconstruction") && recipe.at("reconstruction").has("family");
        if (renders && moved) {
            throw wrong(recipe, "views.kind", "renders has no transformed view 2; remove transform and reconstruction.family");
        }
        if (recipe.at("objective").text("name").equals("sie")) {
            sie(recipe, renders, moved, equivariant);
        }
        boolean pairs = !recipe.at("objective").text("name").equals("ibot");
        if (!pairs && (recipe.has("adaptive") || recipe.has("reconstruction") && recipe.at("reconstruction").has("heads"))) {
            throw wrong(recipe, "objective.name", "ibot knows neither adaptive nor reconstruction.heads");
        }
    }

    /** The predictor needs to know what was done between the views, and features of both kinds. */
    private static void sie(Settings recipe, boolean renders, boolean moved, int equivariant) {
        if (renders != recipe.at("objective").has("latent")) {
            throw wrong(recipe, "objective.latent", renders ? "is missing: renders have rotation and hue"
                    : "is known of renders only; on pictures the predictor is told the parameters of transform");
        }
        if (!renders && !moved) {
            throw wrong(recipe, "transform", "is missing: sie predicts its effect");
        }
        if (equivariant == 0) {
            throw wrong(recipe, "split.equivariant", "is 0; sie needs equivariant features");
        }
    }

    /** What iBOT needs, and others do not have. */
    private static void studentTeacher(Settings recipe) {
        boolean ibot = recipe.at("objective").text("name").equals("ibot");
        boolean atHead = recipe.at("split").text("place", "patches").equals("head");
        if (ibot != atHead) {
            throw wrong(recipe, "split.place", ibot ? "must be head for objective ibot" : "head has a meaning for objective ibot only");
        }
        if (ibot != recipe.has("masking")) {
            throw wrong(recipe, "masking", ibot ? "is missing; objective ibot needs it" : "has a meaning for objective ibot only");
        }
        if (recipe.at("views").has("local")) {
            if (!ibot) {
                throw wrong(recipe, "views.local", "has a meaning for objective ibot only");
            }
            divides(recipe, "views.local.size", recipe.at("views").at("local").integer("size"), "the patch of the backbone",
                    patch(recipe.at("backbone")));
        }
        if (recipe.at("backbone").text("name").equals("resnet18") && (ibot || recipe.at("optimiser").has("layer_decay"))) {
            throw wrong(recipe, "backbone.name", "must be a ViT's for objective ibot and for optimiser.layer_decay");
        }
    }

    private static void backbone(Settings recipe) {
        Settings backbone = recipe.at("backbone");
        String name = backbone.text("name");
        if (name.equals("vit")) {
            divides(recipe, "backbone.dim", backbone.integer("dim"), "backbone.heads", backbone.integer("heads"));
        } else {
            for (String key : List.of("patch", "dim", "depth", "heads")) {
                if (backbone.has(key)) {
                    throw wrong(recipe, "backbone." + key, "is fixed by the name " + name + "; remove it or write name: vit");
                }
            }
        }
        divides(recipe, "backbone.image", backbone.integer("image"), name.equals("vit") ? "backbone.patch" : "the patch of "
                + name,
                patch(backbone));
        if (name.equals("resnet18") && recipe.at("split").integer("dim") != RESNET_WIDTH) {
            throw wrong(recipe, "split.dim", "must be " + RESNET_WIDTH + " for resnet18, whose features are split as they are");
        }
    }

    private static void reconstruction(Settings recipe, int equivariant) {
        if (equivariant == 0) {
            throw wrong(recipe, "split.equivariant", "is 0; reconstruction needs equivariant features");
        }
        Settings reconstruction = recipe.at("reconstruction");
        if (reconstruction.has("family")) {
            range(recipe, reconstruction.text("family"));
        } else {
            divides(recipe, "split.equivariant", equivariant, "reconstruction.heads", reconstruction.integer("heads"));
        }
        int patch = patch(recipe.at("backbone"));
        int doublings = Integer.numberOfTrailingZeros(patch);
        int stages = reconstruction.integers("decoder").length;
        if (Integer.bitCount(patch) != 1) {
            throw wrong(recipe, "reconstruction", "doubles the edge of a patch; " + patch + " pixels are no power of two");
        }
        if (stages < doublings) {
            throw wrong(recipe, "reconstruction.decoder", "has " + stages + " widths; a patch of " + patch
                    + " pixels needs at least "
                    + doublings);
        }
    }

    /** Edge in pixels of what one feature vector stands for. */
    private static int patch(Settings backbone) {
        return switch (backbone.text("name")) {
            case "vit" -> backbone.integer("patch");
            case "resnet18" -> 32;
            default -> 16;
        };
    }

    /** The ranges of a family must be given. */
    private static void range(Settings recipe, String family) {
        List<String> keys = switch (family) {
            case "se2" -> List.of("angle", "trans");
            case "all" -> List.of("angle", "color", "blur", "trans");
            default -> List.of(family);
        };
        for (String key : keys) {
            if (!recipe.has("ranges") || !recipe.at("ranges").has(key)) {
                throw wrong(recipe, "ranges." + key, "is missing; the family " + family + " needs it");
            }
        }
    }

    private static void divides(Settings recipe, String key, int value, String byKey, int by) {
        if (value % by != 0) {
            throw wrong(recipe, key, "is " + value + ", which " + byKey + " = " + by + " does not divide");
        }
    }

    private static UserError wrong(Settings recipe, String key, String problem) {
        return UserError.usage(recipe.source() + ": " + key + " " + problem);
    }
}
