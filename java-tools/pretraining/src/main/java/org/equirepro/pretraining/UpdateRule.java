package org.equirepro.pretraining;

import java.util.Locale;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.optim.Clip;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.tensor.optim.Schedules.Schedule;

/**
 * What a recipe's section {@code optimiser} says of each step.
 *
 * @param groups how rate and decay apply to each parameter
 * @param rate by step
 * @param weightDecay by step
 * @param clip of the gradients
 */
record UpdateRule(ParameterGroups groups, Schedule rate, Schedule weightDecay, Clip clip) {

    /** For the parameters of an objective. */
    static UpdateRule of(Settings section, Objective objective, Objective.Course course) {
        double decay = section.real("weight_decay", 0);
        double decayEnd = section.real("weight_decay_end", decay);
        return new UpdateRule(groups(section, objective, course), rate(section, course),
                decay == decayEnd ? Schedules.constant(decay) : Schedules.cosine(decay, decayEnd, course.steps(), 0, 0),
                new Clip(scope(section), section.real("clip", Double.POSITIVE_INFINITY)));
    }

    private static ParameterGroups groups(Settings section, Objective objective, Objective.Course course) {
        ParameterGroups groups = ParameterGroups.decayingWeights(objective.parameters());
        if (section.has("layer_decay")) {
            groups = groups.layerDecay("encoder.", objective.encoder().vit().depth(), section.real("layer_decay"));
        }
        if (section.has("patch_embed_rate")) {
            groups = groups.scaled(name -> name.startsWith("encoder.patch_embed."), section.real("patch_embed_rate"));
        }
        if (section.has("freeze_last_layer_epochs")) {
            groups = groups.frozen(name -> name.contains("last_layer"),
                    (long) section.integer("freeze_last_layer_epochs") * course.perEpoch());
        }
        return groups;
    }

    private static Schedule rate(Settings section, Objective.Course course) {
        double lr = section.real("lr");
        long warmup = section.has("warmup_epochs") ? (long) section.integer("warmup_epochs") * course.perEpoch()
                : section.integer("warmup_steps", 0);
        return switch (section.text("schedule", "cosine")) {
            case "cosine" -> Schedules.cosine(lr, section.real("min_lr", 0), course.steps(), warmup, 0);
            case "constant" -> Schedules.constant(lr);
            default -> throw UserError.usage(section.source() + ": optimiser.schedule must be cosine or constant, found "
                    + section.text("schedule"));
        };
    }

    private static Clip.Scope scope(Settings section) {
        try {
            return Clip.Scope.valueOf(section.text("clip_over", "all").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw UserError.usage(section.source() + ": optimiser.clip_over must be tensor, module or all, found "
                    + section.text("clip_over"));
        }
    }
}
