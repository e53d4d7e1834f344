package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;

/**
 * A stage with things on it that do not run into each other. It is fixed by the seed, the split and the picture's number.
 *
 * @param stage  where it plays
 * @param things persons before solids before the members of a crowd
 */
record StagedScene(Stage stage, List<Thing> things) {

    /** How often a place is looked for before a thing is left out. */
    private static final int TRIES = 40;
    private static final int LARGEST_CROWD = 9;

    /** Puts a scene together. */
    private static final class Composer {

        private final ScenePlan plan;
        private final int split;
        private final int index;
        private final Stage stage;
        private final List<Thing> things = new ArrayList<>();
        private int asked;

        Composer(ScenePlan plan, String split, int index) {
            this.plan = plan;
            this.split = split.equals("train") ? 0 : 1;
            this.index = index;
            this.stage = Stage.of(draws(0, "scene-stage"));
        }

        private Draws draws(int thing, String operation) {
            return Draws.at(plan.seed(), split, index, thing, operation);
        }

        StagedScene compose() {
            Draws draws = draws(0, "scene");
            boolean empty = draws.chance(plan.empty());
            boolean crowd = draws.chance(plan.crowds());
            int persons = between(plan.persons(), draws);
            int objects = between(plan.objects(), draws);
            if (empty) {
                return new StagedScene(stage, List.of());
            }
            if (persons + objects == 0) {
                persons = plan.persons()[1] > 0 ? 1 : 0;
                objects = 1 - persons;
            }
            List<ScenePlan.Category> solids = plan.categories().stream().filter(c -> c.solid() != null).toList();
            for (int i = 0; i < persons; i++) {
                add(plan.categories().get(0), draws(++asked, "scene-thing"));
            }
            for (int i = 0; i < objects; i++) {
                Draws own = draws(++asked, "scene-thing");
                add(solids.get(own.below(solids.size())), own);
            }
            if (crowd) {
                crowd(draws(0, "scene-crowd"));
            }
            return new StagedScene(stage, things);
        }

        private static int between(int[] range, Draws draws) {
            return range[0] + draws.below(range[1] - range[0] + 1);
        }

        private void add(ScenePlan.Category category, Draws draws) {
            double size = draws.uniform(0.38, 0.64);
            for (int i = 0; i < TRIES; i++) {
                double y = draws.uniform(-0.8, 1.9);
                double side = 0.88 * Stage.HALF_VIEW * (y + stage.distance());
                double x = draws.uniform(-side, side);
                if (free(x, y, Thing.reach(category, size))) {
                    things.add(Thing.at(category, x, y, size, false, draws));
                    return;
                }
            }
        }

        /** Some of one class, shoulder to shoulder. */
        private void crowd(Draws draws) {
            List<ScenePlan.Category> all = plan.categories();
            boolean persons = all.get(0).solid() == null && (all.size() == 1 || draws.chance(0.5));
            List<ScenePlan.Category> solids = all.stream().filter(c -> c.solid() != null).toList();
            ScenePlan.Category category = persons ? all.get(0) : solids.get(draws.below(solids.size()));
            double step = persons ? 0.48 : 0.4;
            double cx = draws.uniform(-1, 1);
            double cy = draws.uniform(0.6, 1.6);
            for (int i = 0; i < LARGEST_CROWD; i++) {
                double x = cx + step * (i % 5 - 2 + 0.5 * (i / 5)) + draws.uniform(-0.08, 0.08);
                double y = cy + step * (i / 5) + draws.uniform(-0.08, 0.08);
                if (stage.holds(x, y, 0.2) && things.stream().allMatch(t -> t.crowd() || apart(t, x, y, 0.2))) {
                    things.add(Thing.at(category, x, y, 0.24, true, draws(100 + i, "scene-thing")));
                }
            }
        }

        private boolean free(double x, double y, double reach) {
            return stage.holds(x, y, reach) && things.stream().allMatch(t -> apart(t, x, y, reach));
        }

        private static boolean apart(Thing thing, double x, double y, double reach) {
            double dx = thing.x() - x;
            double dy = thing.y() - y;
            double room = thing.reach() + reach;
            return dx * dx + dy * dy > room * room;
        }
    }

    StagedScene {
        things = List.copyOf(things);
    }

    /** Picture {@code index} of {@code train} or {@code test}. */
    static StagedScene of(ScenePlan plan, String split, int index) {
        return new Composer(plan, split, index).compose();
    }

    /** The same with some of its things only. */
    StagedScene with(IntPredicate kept) {
        return new StagedScene(stage, IntStream.range(0, things.size()).filter(kept).mapToObj(things::get).toList());
    }

    /** What the renderer draws: the things' bodies, then the stage's. */
    Scene scene() {
        List<Body> bodies = new ArrayList<>();
        things.forEach(thing -> bodies.addAll(thing.bodies()));
        bodies.addAll(stage.bodies());
        return new Scene(bodies, stage.camera(), stage.lighting(), stage.sky());
    }

    /** For every body of {@link #scene} the number of its thing, or behind those the number of its part of the stage. */
    int[] owners() {
        List<Integer> owners = new ArrayList<>();
        for (int t = 0; t < things.size(); t++) {
            for (int i = 0; i < things.get(t).bodies().size(); i++) {
                owners.add(t);
            }
        }
        for (int s = 0; s < stage.bodies().size(); s++) {
            owners.add(things.size() + s);
        }
        return owners.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The number that stands for the sky, behind those of {@link #owners}. */
    int sky() {
        return things.size() + stage.bodies().size();
    }
}
