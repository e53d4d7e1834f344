package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SolidClassTest {

    @Test
    void thereAreManyClassesWithIdsInTheOrderOfTheirLabels() {
        String[] ids = Arrays.stream(SolidClass.values()).map(SolidClass::synset).toArray(String[]::new);
        String[] sorted = ids.clone();
        Arrays.sort(sorted);
        assertTrue(ids.length >= 20);
        assertEquals(List.of(sorted), List.of(ids));
        assertEquals(8, ids[0].length());
    }

    @Test
    void everyMeshIsClosedFittedAndTurnedOutsideOut() {
        for (SolidClass solid : SolidClass.values()) {
            for (int number = 0; number < 2; number++) {
                Mesh mesh = new SolidObject(11, solid, number).mesh();
                assertTrue(mesh.volume() > 0.002, solid + " has volume " + mesh.volume());
                assertEquals(Scene.OBJECT_RADIUS, farthest(mesh), 1e-9, solid.name());
                assertClosed(solid, mesh);
                for (int i = 0; i < mesh.normals().length; i += 3) {
                    double[] n = mesh.normals();
                    assertEquals(1, n[i] * n[i] + n[i + 1] * n[i + 1] + n[i + 2] * n[i + 2], 1e-9, solid + " normal " + i);
                }
            }
        }
    }

    @Test
    void objectsOfAClassDiffer() {
        for (SolidClass solid : SolidClass.values()) {
            Set<List<Double>> shapes = new HashSet<>();
            for (int number = 0; number < 4; number++) {
                shapes.add(Arrays.stream(new SolidObject(2, solid, number).mesh().points()).boxed().toList());
            }
            assertEquals(4, shapes.size(), solid.name());
        }
    }

    @Test
    void classesHaveDifferentSilhouettesAndNoneLeavesThePicture() {
        Renderer renderer = new Renderer(64, 2);
        Latents still = new Latents(0, 0, 0.4, 0.2, 0.3, 1, 0.7);
        Map<String, SolidClass> seen = new HashMap<>();
        double smallest = 1;
        double largest = 0;
        for (SolidClass solid : SolidClass.values()) {
            SolidObject object = new SolidObject(4, solid, 0);
            renderer.render(Scene.benchmark(object.mesh(), object.albedo(), still));
            double area = renderer.coveredIn(0, 0, 128, 128) / (128.0 * 128.0);
            assertTrue(area > 0.01 && area < 0.6, solid + " covers " + area);
            smallest = Math.min(smallest, area);
            largest = Math.max(largest, area);
            SolidClass twin = seen.put(rowAreas(renderer), solid);
            assertTrue(twin == null, solid + " looks like " + twin);
            for (int view = 0; view < 5; view++) {
                renderer.render(object.scene(view));
                assertTrue(!touchesBorder(renderer), solid + " is cut off in view " + view);
            }
        }
        assertTrue(largest > 5 * smallest, "areas from " + smallest + " to " + largest);
    }

    @Test
    void halfATurnCanBeSeen() {
        Renderer renderer = new Renderer(32, 2);
        for (SolidClass solid : SolidClass.values()) {
            SolidObject object = new SolidObject(6, solid, 0);
            for (int axis = 0; axis < 3; axis++) {
                byte[][] views = new byte[2][];
                for (int side = 0; side < 2; side++) {
                    double[] angles = new double[3];
                    angles[axis] = (side == 0 ? -0.5 : 0.5) * Math.PI;
                    views[side] = renderer.render(Scene.benchmark(object.mesh(), object.albedo(),
                            new Latents(angles[0], angles[1], angles[2], 0.2, 0.3, 1, 0.7))).rgb();
                }
                double difference = 0;
                for (int i = 0; i < views[0].length; i++) {
                    difference += Math.abs((views[0][i] & 255) - (views[1][i] & 255)) / (double) views[0].length;
                }
                assertTrue(difference > 0.4, solid + " about axis " + axis + " changes by " + difference);
            }
        }
    }

    /** In a closed surface every directed edge has its opposite. */
    private static void assertClosed(SolidClass solid, Mesh mesh) {
        Map<Long, Integer> edges = new HashMap<>();
        int[] c = mesh.corners();
        for (int t = 0; t < c.length; t += 3) {
            for (int k = 0; k < 3; k++) {
                long from = c[t + k];
                long to = c[t + (k + 1) % 3];
                edges.merge(Math.min(from, to) << 32 | Math.max(from, to), from < to ? 1 : -1, Integer::sum);
            }
        }
        edges.forEach((edge, sum) -> assertEquals(0, sum,
                solid + " is open at edge " + (edge >> 32) + " - " + (int) (long) edge));
    }

    private static double farthest(Mesh mesh) {
        double square = 0;
        double[] p = mesh.points();
        for (int i = 0; i < p.length; i += 3) {
            square = Math.max(square, p[i] * p[i] + p[i + 1] * p[i + 1] + p[i + 2] * p[i + 2]);
        }
        return Math.sqrt(square);
    }

    private static boolean touchesBorder(Renderer renderer) {
        return renderer.coveredIn(0, 0, 128, 1) + renderer.coveredIn(0, 127, 128, 128) + renderer.coveredIn(0, 0, 1, 128)
                + renderer.coveredIn(127, 0, 128, 128) > 0;
    }

    private static String rowAreas(Renderer renderer) {
        StringBuilder areas = new StringBuilder();
        for (int row = 0; row < 128; row += 8) {
            areas.append(renderer.coveredIn(0, row, 128, row + 8) / 32).append(' ');
        }
        return areas.toString();
    }
}
