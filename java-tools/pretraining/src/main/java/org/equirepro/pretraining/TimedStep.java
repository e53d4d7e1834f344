package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.training.Course;
import org.equirepro.training.UpdateRule;

/** Training steps of a recipe on one batch of noise, to be timed: what a rank computes, without the reading of pictures. */
public final class TimedStep {

    /** Long and short enough for every schedule; the time of a step does not depend on it. */
    private static final Course COURSE = new Course(1_000_000, 1000);

    private final Torch torch;
    private final Objective objective;
    private final UpdateRule rule;
    private final Optimiser optimiser;
    private final List<NDArray> pictures = new ArrayList<>();
    private final int batch;
    private long step;

    /**
     * The networks of the recipe with start values.
     *
     * @param recipe of kind pretrain; its batch is what a step takes
     */
    public TimedStep(Torch torch, Settings recipe) {
        this.torch = torch;
        this.objective = Objective.of(torch, recipe, 0, COURSE, false);
        Settings section = recipe.at("optimiser");
        this.rule = UpdateRule.of(section, objective.groups(section, COURSE), COURSE);
        this.optimiser = new Optimiser(torch.ops(), torch.root(), rule.optimiser(), rule.groups());
        this.batch = recipe.integer("batch");
        for (int side : sides(recipe.at("views"))) {
            pictures.add(noise(side));
        }
        objective.train(true);
    }

    private static List<Integer> sides(Settings views) {
        List<Integer> sides = new ArrayList<>(Collections.nCopies(2, views.integer("size")));
        if (views.has("local")) {
            sides.addAll(Collections.nCopies(views.at("local").integer("count"), views.at("local").integer("size")));
        }
        return sides;
    }

    /** [B, 3, side, side] in 0 .. 1. */
    private NDArray noise(int side) {
        Draws draws = Draws.at(1, "pictures." + side);
        float[] values = new float[batch * 3 * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(0, 1);
        }
        return Torch.floats(torch.root(), values, batch, 3, side, side);
    }

    /** One step; seconds from the views to the loss, of the backward pass, and of the update. */
    public double[] run() {
        long start = System.nanoTime();
        long forward;
        long backward;
        try (NDManager scope = torch.scope()) {
            try (GradMode on = GradMode.on()) {
                NDArray loss = loss(scope);
                forward = System.nanoTime();
                objective.backward(() -> Torch.backward(loss), GradientListener.NONE);
            }
            backward = System.nanoTime();
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            rule.clip().apply(torch.ops(), gradients);
            optimiser.step(gradients, step, rule.rate().at(step), rule.weightDecay().at(step));
            objective.updated(step);
            Gradients.drop(objective.parameters().values());
        }
        step++;
        return new double[] {(forward - start) / 1e9, (backward - forward) / 1e9, (System.nanoTime() - backward) / 1e9};
    }

    private NDArray loss(NDManager scope) {
        try (NDManager passing = scope.newSubManager()) {
            List<NDArray> handles = pictures.stream().map(NDArray::stopGradient).toList(); // results belong to the first operand's manager
            handles.forEach(handle -> handle.attach(passing));
            int[] members = IntStream.range(0, batch).toArray();
            NDArray loss = objective.loss(new Objective.Views(step, 0, members, handles, new double[batch][0][])).value();
            if (!Float.isFinite(loss.getFloat())) {
                throw new IllegalStateException("the loss of step " + step + " is " + loss.getFloat());
            }
            loss.attach(scope);
            return loss;
        }
    }
}
