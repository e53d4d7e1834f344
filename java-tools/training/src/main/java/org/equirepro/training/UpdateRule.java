package org.equirepro.training;

import java.util.Arrays;
import java.util.Locale;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.optim.Clip;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.tensor.optim.Schedules.Schedule;

/**
 * How each step updates what is trained.
 *
 * @param optimiser the rule and its settings
 * @param groups how rate and decay apply to each parameter
 * @param rate by step
 * @param weightDecay by step
 * @param clip of the gradients
 */
public record UpdateRule(Optimiser.Options optimiser, ParameterGroups groups, Schedule rate, Schedule weightDecay, Clip clip) {

    private static final double DROP = 0.1;

    /**
     * From a recipe's section {@code optimiser}.
     *
     * <p>Its {@code schedule} is {@code cosine} (also if absent), {@code constant}, {@code poly} with {@code power}, or {@code drops}
     * at the epochs of that list, which may be fractions.
     *
     * @param groups of what is trained; its keys {@code layer_decay} and the like are for the caller, who knows the parameters' names
     */
    public static UpdateRule of(Settings section, ParameterGroups groups, Course course) {
        double decay = section.real("weight_decay", 0);
        double decayEnd = section.real("weight_decay_end", decay);
        return new UpdateRule(Optimiser.Options.of(section), groups, rate(section, course),
                decay == decayEnd ? Schedules.constant(decay) : Schedules.cosine(decay, decayEnd, course.steps(), 0, 0),
                new Clip(scope(section), section.real("clip", Double.POSITIVE_INFINITY)));
    }

    private static Schedule rate(Settings section, Course course) {
        double lr = section.real("lr");
        long warmup = warmup(section, course);
        String name = section.text("schedule", "cosine");
        return switch (name) {
            case "cosine" -> Schedules.cosine(lr, section.real("min_lr", 0), course.steps(), warmup, 0);
            case "constant" -> Schedules.constant(lr);
            case "poly" -> warmedUp(section, warmup,
                    Schedules.polynomial(lr, section.real("min_lr", 0), section.real("power", 1), course.steps()));
            case "drops" -> warmedUp(section, warmup, Schedules.drops(lr, section.real("drop_factor", DROP), Arrays.stream(section.reals("drops"))
                    .mapToLong(epoch -> Math.round(epoch * course.perEpoch())).toArray()));
            default -> throw UserError.usage(section.source() + ": optimiser.schedule must be cosine, constant, poly or drops, found " + name);
        };
    }

    /** Steps in which the rate warms up, from a recipe's section {@code optimiser}; 0 for none. */
    public static long warmup(Settings section, Course course) {
        return section.has("warmup_epochs") ? (long) section.integer("warmup_epochs") * course.perEpoch()
                : section.integer("warmup_steps", 0);
    }

    private static Schedule warmedUp(Settings section, long warmup, Schedule regular) {
        return warmup == 0 ? regular : Schedules.warmedUp(regular, warmup, section.real("warmup_start", 0));
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
