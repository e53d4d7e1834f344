package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;

class SceneTest {

    private static final Latents MIDDLE = new Latents(0, 0, 0, 0.6, 0.4, 1, 0.1);

    @Test
    void anglesTurnAboutTheFixedAxesInTheOrderXyz() {
        // about x: y goes to z; then about y: z goes to x; then about z: x goes to y
        double quarter = Math.PI / 2;
        double[] r = Rotations.extrinsicXyz(quarter, quarter, quarter);
        assertArrayEquals(new double[] {0, 1, 0}, new double[] {r[1], r[4], r[7]}, 1e-15);
        // scipy: Rotation.from_euler("xyz", [0.3, -0.7, 1.1]).as_matrix()
        assertArrayEquals(new double[] {0.34692944965489886, -0.9377582425124971, -0.015793529118639904, 0.6816329865934228,
            0.2636694534871921, -0.6825356334181358, 0.644217687237691, 0.226026321249623, 0.7306816499355122},
                Rotations.extrinsicXyz(0.3, -0.7, 1.1), 1e-12);
    }

    @Test
    void aMarkerOnTheObjectIsSeenWhereTheRotationPutsIt() {
        double[][] places = {{0.6, 0, 0}, {0, 0.6, 0}, {0, 0, 0.6}, {0.4, 0.3, 0.35}};
        Renderer renderer = new Renderer(128, 2);
        Draws draws = Draws.at(1, "marker");
        int seen = 0;
        for (int trial = 0; trial < 24; trial++) {
            double[] m = places[trial % places.length];
            Mesh mesh = new MeshBuilder().tone(0).ellipsoid(0, 0, 0, 0.5, 0.5, 0.5)
                    .tone(1).ellipsoid(m[0], m[1], m[2], 0.05, 0.05, 0.05).build();
            Latents latents = Latents.draw(draws);
            double[] r = latents.rotation();
            double x = r[0] * m[0] + r[1] * m[1] + r[2] * m[2];
            double y = r[3] * m[0] + r[4] * m[1] + r[5] * m[2];
            double z = r[6] * m[0] + r[7] * m[1] + r[8] * m[2];
            if (y + z < 0.25) {
                continue; // on the far side
            }
            seen++;
            Scene scene = glowing(Scene.benchmark(mesh, new double[] {1, 1, 1}, latents));
            double[] expected = new double[3];
            scene.camera().project(x, y, z, 128, expected, 0);
            double[] found = brightCentre(renderer.render(scene));
            assertEquals(expected[0], found[0], 1.0, "column in trial " + trial);
            assertEquals(expected[1], found[1], 1.0, "row in trial " + trial);
        }
        assertTrue(seen >= 8, "seen " + seen);
    }

    @Test
    void theCameraStandsAtTheBenchmarksPlace() {
        double[] place = new double[3];
        Projection camera = Scene.benchmark(cube(), new double[3], MIDDLE).camera();
        camera.project(0, 0, 0, 100, place, 0);
        assertArrayEquals(new double[] {50, 50, 1 / 2.5}, place, 1e-12);
        camera.project(0, 0, 0.3, 100, place, 0);
        assertTrue(place[1] < 50 && Math.abs(place[0] - 50) < 1e-9, "z is up in the picture");
        camera.project(0.3, 0, 0, 100, place, 0);
        assertTrue(place[0] < 50 && Math.abs(place[1] - 50) < 1e-9, "x is to the left, seen from azimuth pi/2");
        camera.project(0, Math.sqrt(0.5), Math.sqrt(0.5), 100, place, 0);
        assertEquals(1 / 1.5, place[2], 1e-12, "the unit vector to the camera is 1 nearer");
    }

    @Test
    void theSameSeedGivesTheSameBytesOnAnyThreadAndAfterAnyPicture() {
        List<byte[]> alone = IntStream.range(0, 12).mapToObj(i -> picture(new Renderer(48, 2), i).rgb()).toList();
        Renderer used = new Renderer(48, 2);
        for (int i = 11; i >= 0; i--) {
            assertArrayEquals(alone.get(i), picture(used, i).rgb());
        }
        List<byte[]> parallel = IntStream.range(0, 12).parallel().mapToObj(i -> picture(new Renderer(48, 2), i).rgb()).toList();
        for (int i = 0; i < 12; i++) {
            assertArrayEquals(alone.get(i), parallel.get(i));
        }
        assertTrue(!Arrays.equals(alone.get(0), alone.get(1)));
    }

    @Test
    void latentsAreDrawnFromTheirRangesAndFillThem() {
        double half = Math.PI / 2;
        double[] low = {-half, -half, -half, 0, 0, 0, 0};
        double[] high = {half, half, half, 1, Math.PI / 4, 2 * Math.PI, 1};
        double[] sum = new double[Latents.COUNT];
        int n = 4000;
        for (int view = 0; view < n; view++) {
            double[] v = new SolidObject(5, SolidClass.CAR, 3).latents(view).values();
            for (int i = 0; i < v.length; i++) {
                assertTrue(v[i] >= low[i] && v[i] < high[i], "latent " + i + " is " + v[i]);
                sum[i] += (v[i] - low[i]) / (high[i] - low[i]);
            }
        }
        for (double s : sum) {
            assertEquals(0.5, s / n, 0.02);
        }
    }

    @Test
    void floorHueColoursTheFloorAndLightHueTheObject() {
        Renderer renderer = new Renderer(64, 2);
        for (int channel = 0; channel < 3; channel++) {
            double hue = channel / 3.0;
            Latents floorLatents = new Latents(0, 0, 0, hue, 0.4, 1, 0.5);
            Latents lightLatents = new Latents(0, 0, 0, 0.5, 0.2, 1, hue);
            double[] floor = mean(renderer.render(Scene.benchmark(cube(), grey(), floorLatents)), 0, 12);
            double[] object = mean(renderer.render(Scene.benchmark(cube(), grey(), lightLatents)), 26, 38);
            for (int other = 0; other < 3; other++) {
                assertTrue(other == channel || floor[channel] > floor[other] + 15, "floor, channel " + channel);
                assertTrue(other == channel || object[channel] > object[other] + 15, "object, channel " + channel);
            }
        }
    }

    @Test
    void theObjectThrowsAShadowOnTheSideAwayFromTheLight() {
        Renderer renderer = new Renderer(64, 2);
        Latents left = new Latents(0, 0, 0, 0.6, 0.7, 0, 0.1);
        Latents right = new Latents(0, 0, 0, 0.6, 0.7, Math.PI, 0.1);
        Mesh speck = new MeshBuilder().box(-1, -1, -1, 1, 1, 1).build().fitted(0.001);
        // a light at +x, which is on the left in the picture, makes the floor on the right darker than it is without the object
        double[] place = new double[3];
        Scene scene = Scene.benchmark(cube(), grey(), left);
        scene.camera().project(-0.9, 0, -1, 64, place, 0);
        double darkening = red(renderer.render(Scene.benchmark(speck, grey(), left)), place) - red(renderer.render(scene), place);
        assertTrue(darkening > 20, "the shadow darkens by " + darkening);
        double other = red(renderer.render(Scene.benchmark(speck, grey(), right)), place)
                - red(renderer.render(Scene.benchmark(cube(), grey(), right)), place);
        assertTrue(other < 5, "no shadow towards the light, but " + other);
    }

    @Test
    void edgesAreSmoothedBySamples() {
        int[] levels = new int[2];
        for (int i = 0; i < 2; i++) {
            Mesh white = cube();
            Scene scene = glowing(Scene.benchmark(white, new double[] {1, 1, 1}, new Latents(0.3, 0.2, 0.5, 0, 0, 0, 0)));
            Picture picture = new Renderer(64, i == 0 ? 1 : 4).render(scene);
            levels[i] = (int) IntStream.range(0, 64 * 64).map(p -> picture.rgb()[3 * p] & 255).distinct().count();
        }
        assertEquals(2, levels[0], "object and background only");
        assertTrue(levels[1] > 6, "levels " + levels[1]);
    }

    private static Picture picture(Renderer renderer, int i) {
        return renderer.render(new SolidObject(9, SolidClass.values()[i], 1).scene(2));
    }

    private static Mesh cube() {
        return new MeshBuilder().box(-1, -1, -1, 1, 1, 1).build().fitted(0.6);
    }

    private static double[] grey() {
        return new double[] {0.7, 0.7, 0.7};
    }

    /** The same view in even light without a floor: the object's albedo as it is, on black. */
    private static Scene glowing(Scene scene) {
        double[] none = new double[3];
        double[] full = {0.75, 0.75, 0.75};
        double[] up = {0, 0, 1};
        Lighting even = new Lighting(full, full, up, none, up, none, new double[] {0, 0, 4}, 4, 1, 0.5);
        Backdrop.Painted black = (across, down, out) -> Arrays.fill(out, 0);
        return new Scene(scene.bodies(), scene.camera(), even, black);
    }

    private static double[] brightCentre(Picture picture) {
        double[] sum = new double[3];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                double weight = picture.value(x, y, 0) > 60 ? 1 : 0;
                sum[0] += weight * (x + 0.5);
                sum[1] += weight * (y + 0.5);
                sum[2] += weight;
            }
        }
        return new double[] {sum[0] / sum[2], sum[1] / sum[2]};
    }

    private static double red(Picture picture, double[] place) {
        return picture.value((int) place[0], (int) place[1], 0);
    }

    /** Mean colour of the square from {@code low} to {@code high} in both directions. */
    private static double[] mean(Picture picture, int low, int high) {
        double[] sum = new double[3];
        for (int y = low; y < high; y++) {
            for (int x = low; x < high; x++) {
                for (int c = 0; c < 3; c++) {
                    sum[c] += picture.value(x, y, c) / (double) ((high - low) * (high - low));
                }
            }
        }
        return sum;
    }
}
