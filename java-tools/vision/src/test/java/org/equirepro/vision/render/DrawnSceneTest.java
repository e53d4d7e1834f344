package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.image.LabelMap;
import org.junit.jupiter.api.Test;

class DrawnSceneTest {

    private static final int SIZE = 64;

    private final ScenePlan plan = plan("\"persons\":[0,3],\"objects\":[1,6],\"crowds\":0.3");

    private static ScenePlan plan(String more) {
        return ScenePlan.of(Settings.parseJson("scenes", "{\"kind\":\"render-scenes\",\"annotations\":\"instances\",\"size\":" + SIZE
                + ",\"train_pictures\":100,\"test_pictures\":100,\"seed\":11," + more + "}"));
    }

    private static DrawnScene draw(ScenePlan plan, int index) {
        return DrawnScene.of(StagedScene.of(plan, "train", index), new Renderer(SIZE, 2));
    }

    /** Nearness of one owner's samples, drawn without the others. */
    private static float[] alone(DrawnScene drawn, int owner, Renderer renderer) {
        StagedScene staged = drawn.staged();
        Scene all = staged.scene();
        int[] owners = staged.owners();
        List<Body> own = IntStream.range(0, owners.length).filter(b -> owners[b] == owner).mapToObj(all.bodies()::get).toList();
        renderer.draw(new Scene(own, all.camera(), all.lighting(), all.backdrop()));
        int across = renderer.size() * renderer.samples();
        float[] nearness = new float[across * across];
        for (int i = 0; i < nearness.length; i++) {
            nearness[i] = renderer.nearness(i % across, i / across);
        }
        return nearness;
    }

    @Test
    void masksAndDepthAreThoseOfEveryObjectDrawnAloneAndComparedByDepth() {
        int things = 0;
        for (int index = 0; index < 8; index++) {
            DrawnScene drawn = draw(plan, index);
            Renderer renderer = new Renderer(SIZE, 2);
            List<float[]> each = new ArrayList<>();
            for (int owner = 0; owner < drawn.staged().sky(); owner++) {
                each.add(alone(drawn, owner, renderer));
            }
            for (int at = 0; at < SIZE * SIZE; at++) {
                int[] votes = new int[each.size() + 1];
                double[] depths = new double[each.size() + 1];
                for (int k = 0; k < 4; k++) {
                    int sample = (2 * (at / SIZE) + k / 2) * 2 * SIZE + 2 * (at % SIZE) + k % 2;
                    int front = each.size();
                    float nearest = Float.NEGATIVE_INFINITY;
                    for (int owner = 0; owner < each.size(); owner++) {
                        if (each.get(owner)[sample] > nearest) {
                            nearest = each.get(owner)[sample];
                            front = owner;
                        }
                    }
                    votes[front]++;
                    depths[front] = depths[front] == 0 ? 1 / nearest : Math.min(depths[front], 1 / nearest);
                }
                int most = IntStream.range(0, votes.length).boxed().max((a, b) -> votes[a] != votes[b] ? votes[a] - votes[b] : b - a)
                        .orElseThrow();
                assertEquals(most, drawn.owner()[at], "picture " + index + ", pixel " + at);
                assertEquals(most == each.size() ? 0 : depths[most], drawn.depth()[at], 1e-5);
            }
            things += drawn.staged().things().size();
        }
        assertTrue(things > 20, things + " things");
    }

    @Test
    void masksBoxesAndLabelMapAgree() {
        SceneObjects objects = new SceneObjects(plan);
        for (int index = 0; index < 12; index++) {
            DrawnScene drawn = draw(plan, index);
            LabelMap labels = drawn.labels(plan.categories());
            int[] covered = new int[SIZE * SIZE];
            objects.of(drawn, SceneAnnotations.INSTANCES, "train", index).objects().forEach(object -> {
                byte[] mask = object.mask().orElseThrow().toRle(SIZE, SIZE).decode();
                BoundingBox box = object.box();
                boolean[] touched = new boolean[4];
                int area = 0;
                for (int at = 0; at < mask.length; at++) {
                    if (mask[at] != 0) {
                        int x = at % SIZE;
                        int y = at / SIZE;
                        area++;
                        covered[at]++;
                        assertTrue(x >= box.x() && x < box.x() + box.width() && y >= box.y() && y < box.y() + box.height());
                        touched[0] |= x == box.x();
                        touched[1] |= y == box.y();
                        touched[2] |= x == box.x() + box.width() - 1;
                        touched[3] |= y == box.y() + box.height() - 1;
                        assertEquals(Stuff.values().length + object.label(), labels.label(x, y));
                    }
                }
                assertArrayEquals(new boolean[] {true, true, true, true}, touched, "the box is tight");
                assertEquals(area, object.area());
                assertTrue(area >= 6);
            });
            for (int at = 0; at < covered.length; at++) {
                assertEquals(labels.labels()[at] < Stuff.values().length ? 0 : 1, covered[at], "one object or stuff");
            }
        }
    }

    @Test
    void aPictureDependsOnSeedSplitAndNumberOnly() {
        List<byte[]> alone = IntStream.range(0, 6).mapToObj(i -> draw(plan, i).picture().rgb()).toList();
        Renderer used = new Renderer(SIZE, 2);
        IntStream.of(5, 3, 4, 0).forEach(i -> assertArrayEquals(alone.get(i),
                DrawnScene.of(StagedScene.of(plan, "train", i), used).picture().rgb()));
        List<byte[]> parallel = IntStream.range(0, 6).parallel().mapToObj(i -> draw(plan, i).picture().rgb()).toList();
        IntStream.range(0, 6).forEach(i -> assertArrayEquals(alone.get(i), parallel.get(i)));
        assertTrue(!Arrays.equals(alone.get(0), DrawnScene.of(StagedScene.of(plan, "test", 0), used).picture().rgb()));
    }

    @Test
    void visibleKeypointsLieOnTheirPersonAndLimbsShowTheirSide() {
        ScenePlan persons = plan("\"persons\":[1,2],\"objects\":[0,1]");
        KeypointLayout layout = KeypointLayout.COCO_PERSON;
        int[] limbs = {7, 8, 13, 14}; // elbows and knees
        int seen = 0;
        int right = 0;
        int onPerson = 0;
        int visible = 0;
        int hidden = 0;
        for (int index = 0; index < 20; index++) {
            DrawnScene drawn = draw(persons, index);
            for (int t = 0; t < drawn.staged().things().size(); t++) {
                if (drawn.staged().things().get(t).figure().isEmpty()) {
                    continue;
                }
                double[] points = drawn.points().get(t).in(layout);
                for (int i = 0; i < points.length; i += 3) {
                    assertTrue(points[i] >= 0 && points[i] <= SIZE - 1 && points[i + 1] >= 0 && points[i + 1] <= SIZE - 1);
                    if (points[i + 2] == 2) {
                        visible++;
                        onPerson += near(drawn, points, i, t) ? 1 : 0;
                    } else if (points[i + 2] == 1) {
                        hidden++;
                    } else {
                        assertArrayEquals(new double[2], Arrays.copyOfRange(points, i, i + 2), "outside of the picture");
                    }
                }
                for (int limb : limbs) {
                    if (points[3 * limb + 2] == 2 && drawn.owner()[pixel(points, 3 * limb)] == t) {
                        int at = pixel(points, 3 * limb);
                        int red = drawn.picture().rgb()[3 * at] & 255;
                        int blue = drawn.picture().rgb()[3 * at + 2] & 255;
                        seen++;
                        right += red > blue == layout.names().get(limb).startsWith("left_") ? 1 : 0;
                    }
                }
            }
        }
        assertTrue(seen > 40 && right > 0.95 * seen, right + " of " + seen + " limbs have the colour of their side");
        assertTrue(onPerson > 0.98 * visible, onPerson + " of " + visible + " visible points are at their person");
        assertTrue(hidden > 0.05 * visible, hidden + " hidden, " + visible + " visible");
    }

    /** Whether the point's pixel or one beside it shows the thing: noses and ears are thinner than a pixel. */
    private static boolean near(DrawnScene drawn, double[] points, int i, int thing) {
        int at = pixel(points, i);
        return IntStream.of(0, -1, 1, -SIZE, SIZE).map(step -> Math.min(SIZE * SIZE - 1, Math.max(0, at + step)))
                .anyMatch(p -> drawn.owner()[p] == thing);
    }

    private static int pixel(double[] points, int i) {
        return (int) Math.round(points[i + 1]) * SIZE + (int) Math.round(points[i]);
    }

    @Test
    void whatStandsBeforeAPersonHidesItsKeypointsAndNothingElseDoes() {
        Stage stage = StagedScene.of(plan, "train", 0).stage();
        Figure figure = Figure.at(0, 0, 0, Draws.at(3, "figure"));
        Thing person = new Thing(plan.categories().get(0), figure.bodies(), Optional.of(figure), false, 0, 0, 0.3);
        Mesh wall = new MeshBuilder().box(-2, -1.2, -1, 2, -1.1, 0.9).build();
        Body screen = Body.fixed(wall, Surface.plain(new double[] {0.5, 0.5, 0.5}));
        Thing before = new Thing(plan.categories().get(1), List.of(screen), Optional.empty(), false, 0, -1.2, 0.1);
        Renderer renderer = new Renderer(256, 1);
        DrawnScene free = DrawnScene.of(new StagedScene(stage, List.of(person)), renderer);
        DrawnScene half = DrawnScene.of(new StagedScene(stage, List.of(person, before)), renderer);
        int changed = 0;
        for (String name : KeypointLayout.COCO_PERSON.names()) {
            double[] was = free.points().get(0).points().get(name);
            double[] is = half.points().get(0).points().get(name);
            assertArrayEquals(Arrays.copyOf(was, 2), Arrays.copyOf(is, 2), name + " stays where it is");
            boolean covered = half.owner()[(int) is[1] * 256 + (int) is[0]] == 1;
            assertEquals(covered ? 1 : was[2], is[2], name);
            changed += was[2] != is[2] ? 1 : 0;
        }
        assertTrue(changed >= 4, changed + " points of 17 were hidden");
        for (String name : Set.of("nose", "left_shoulder", "right_shoulder", "left_knee", "right_knee")) {
            assertEquals(2, free.points().get(0).points().get(name)[2], name + " of a person that faces the camera");
        }
        assertTrue(free.points().get(0).points().get("left_shoulder")[0] > free.points().get(0).points().get("right_shoulder")[0],
                "a person that faces the camera has its left at the picture's right");
    }

    @Test
    void emptyScenesHaveNoObjectsAndRoomsNoSky() {
        ScenePlan empty = plan("\"empty\":1");
        int rooms = 0;
        for (int index = 0; index < 30; index++) {
            DrawnScene drawn = draw(empty, index);
            assertEquals(List.of(), drawn.staged().things());
            assertEquals(List.of(), new SceneObjects(empty).of(drawn, SceneAnnotations.INSTANCES, "train", index).objects());
            boolean room = !drawn.staged().stage().walls().isEmpty();
            rooms += room ? 1 : 0;
            long sky = Arrays.stream(drawn.owner()).filter(o -> o == drawn.staged().sky()).count();
            assertTrue(!room || sky == 0, "walls fill the picture of room " + index);
        }
        assertTrue(rooms > 10 && rooms < 28, rooms + " rooms");
        assertNotEquals(0, draw(plan("\"empty\":0"), 0).staged().things().size());
    }
}
