package org.equirepro.study;

import java.util.List;
import org.equirepro.base.UserError;

/** Rules between an evaluation, the encoder it measures and the data set it uses. */
final class EvaluationChecks {

    private EvaluationChecks() {}

    static void check(Study study, Study.Evaluation one, Recipe recipe, Study.Encoder row, Recipe pretraining) {
        String key = "evaluations[" + one.index() + "]";
        if (recipe.kind() == Recipe.Kind.R2_3DIEBENCH) {
            if (!study.datasets().get(one.data()).ofObjects()) {
                throw UserError.usage(study.where(key + ".data") + ": " + one.data()
                        + " has no latents; an evaluation of kind r2_3diebench needs 3diebench or render-3d");
            }
            List<String> features = recipe.settings().texts("features");
            int equivariant = pretraining.settings().at("split").integer("equivariant");
            if (equivariant == 0 && (features.contains("equivariant") || features.contains("invariant"))) {
                throw UserError.usage(study.where(key) + ": " + recipe.name() + " reads the halves of the features, but encoder "
                        + row.id() + " has split.equivariant = 0; use features: [whole]");
            }
        }
    }
}
