package org.equirepro.study;

import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** Rules between an evaluation, the encoder it measures and the data set it uses. */
final class EvaluationChecks {

    private EvaluationChecks() {}

    static void check(Study study, Study.Evaluation one, Recipe recipe, Study.Encoder row, Recipe pretraining) {
        String key = "evaluations[" + one.index() + "]";
        if (recipe.kind() == Recipe.Kind.R2_3DIEBENCH && !study.datasets().get(one.data()).ofObjects()) {
            throw UserError.usage(study.where(key + ".data") + ": " + one.data()
                    + " has no latents; an evaluation of kind r2_3diebench needs 3diebench or render-3d");
        }
        Settings split = pretraining.settings().at("split");
        int equivariant = split.integer("equivariant");
        for (String features : recipe.settings().texts("features")) {
            boolean absent = features.equals("equivariant") && equivariant == 0
                    || features.equals("invariant") && equivariant == split.integer("dim");
            if (absent) {
                throw UserError.usage(study.where(key) + ": " + recipe.name() + " reads the " + features
                        + " features, but encoder "
                        + row.id() + " has none: of its " + split.integer("dim") + " features " + equivariant
                        + " are equivariant");
            }
        }
    }
}
