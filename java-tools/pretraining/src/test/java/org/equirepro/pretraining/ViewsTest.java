package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.training.Loss;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.batch.Ranges;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.load.ViewSource;
import org.equirepro.vision.views.RenderChange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the networks get to see, and what they are told of it. */
final class ViewsTest {

    private static final int SIDE = 16;
    private static final long SEED = 3;
    private static final int[] MEMBERS = {4, 7, 5};

    private static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static NDArray noise(NDManager scope, String name) {
        Draws draws = Draws.at(1, name);
        float[] values = new float[3 * 3 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform();
        }
        return Torch.floats(scope, values, 3, 3, SIDE, SIDE);
    }

    /** {@code latents} of the views of every sample. */
    private static Objective.Views views(NDArray first, NDArray second, double[]... latents) {
        return new Objective.Views(0, 1, MEMBERS, List.of(first, second), new double[][][] {latents, latents, latents});
    }

    @Test
    void zoomShowsBothViewsAndTheTargetsAsProbesDo() {
        Settings recipe = TinyStudy.config("\"reconstruction\":{\"family\":\"se2\",\"count\":2,\"weight\":1,\"decoder\":[8,8],"
                + "\"fill\":\"zoom\"},", 5).at("recipe");
        PretrainingModel model = new PretrainingModel(torch, recipe, SEED, false);
        try (NDManager scope = torch.scope()) {
            NDArray first = noise(scope, "first");
            NDArray u = noise(scope, "u");
            PretrainingModel.Pair views = model.pair(views(first, u));
            Ranges ranges = Ranges.of(recipe.at("ranges"));
            double[][] theta = Arrays.stream(MEMBERS)
                    .mapToObj(member -> Family.SE2.draw(Draws.at(SEED, 1, member, 1, "g"), ranges)).toArray(double[][]::new);
            PictureTransform g = new PictureTransform(torch.ops(), Family.SE2, PictureTransform.Fill.ZOOM,
                    model.encoder().normalisation(scope));
            assertArrayEquals(g.apply(first, theta, 0).toFloatArray(), views.first().toFloatArray());
            assertArrayEquals(g.apply(u, theta, 1).toFloatArray(), views.second().toFloatArray());
            assertArrayEquals(g.apply(u, theta, 2 / 3.0).toFloatArray(), views.targets().get(1).toFloatArray());
            assertArrayEquals(flat(theta, ranges), views.latent().toFloatArray(), 1e-6f);
        }
    }

    private static float[] flat(double[][] theta, Ranges ranges) {
        double[] all = Arrays.stream(theta).flatMapToDouble(t -> Arrays.stream(Family.SE2.scaled(t, ranges))).toArray();
        float[] floats = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            floats[i] = (float) all[i];
        }
        return floats;
    }

    @Test
    void theFinalViewIsRebuiltAfterTheIntermediates() {
        Settings recipe = TinyStudy.config("\"reconstruction\":{\"family\":\"angle\",\"count\":2,\"final_view\":true,\"weight\":1,"
                + "\"decoder\":[8,8]},", 5).at("recipe");
        PretrainingModel model = new PretrainingModel(torch, recipe, SEED, false);
        try (NDManager scope = torch.scope()) {
            Objective.Views views = views(noise(scope, "first"), noise(scope, "u"));
            PretrainingModel.Pair pair = model.pair(views);
            assertEquals(3, pair.targets().size());
            assertArrayEquals(pair.second().toFloatArray(), pair.targets().get(2).toFloatArray());
            Objective.Rebuilt rebuilt = model.rebuild(views).orElseThrow();
            assertEquals(3, rebuilt.rebuilt().size());
            assertEquals(2, rebuilt.way().count());
            assertTrue(model.loss(views).parts().keySet().stream().anyMatch(part -> part.contains("recon")));
        }
    }

    @Test
    void attentionRebuildsTheViewsThatTheEncoderSaw() {
        Settings recipe = TinyStudy.config("\"transform\":{\"family\":\"all\"},\"reconstruction\":{\"heads\":2,\"weight\":1,\"decoder\":[8,8]},",
                5).at("recipe");
        PretrainingModel model = new PretrainingModel(torch, recipe, SEED, false);
        try (NDManager scope = torch.scope()) {
            Objective.Views views = views(noise(scope, "first"), noise(scope, "u"));
            PretrainingModel.Pair pair = model.pair(views);
            assertEquals(List.of(pair.second(), pair.first()), pair.targets());
            Objective.Rebuilt rebuilt = model.rebuild(views).orElseThrow();
            assertArrayEquals(pair.second().toFloatArray(), rebuilt.targets().get(0).toFloatArray());
            assertEquals(pair.second().getShape(), rebuilt.rebuilt().get(0).getShape());
            assertNull(rebuilt.way());
        }
    }

    @Test
    void thePredictorIsToldWhatChangedBetweenTheRenders() {
        Settings recipe = TinyStudy.renders("{\"name\":\"sie\",\"invariance\":10,\"equivariance\":0.45,\"variance\":10,\"covariance\":1,"
                + "\"expander\":[8,8],\"latent\":[\"rotation\",\"hue\"]}", "", 3).at("recipe");
        PretrainingModel model = new PretrainingModel(torch, recipe, SEED, false);
        try (NDManager scope = torch.scope(); ShardSet data = ShardSet.open(TinyStudy.objects(folder))) {
            ViewSource source = ViewSource.of(recipe.at("views"), data.split("train"));
            NDArray any = noise(scope, "any");
            double[][] pair = source.latents(SEED, 1, 7);
            float[] latent = model.pair(views(any, any, pair)).latent().toFloatArray();
            double[] rotation = RenderChange.rotation(pair[0], pair[1]);
            double[] hues = RenderChange.hues(pair[0], pair[1]);
            float[] wanted = {(float) rotation[0], (float) rotation[1], (float) rotation[2], (float) rotation[3], (float) hues[0],
                (float) hues[1]};
            assertArrayEquals(wanted, Arrays.copyOfRange(latent, 6, 12));
        }
        try (NDManager scope = torch.scope()) {
            NDArray any = noise(scope, "any");
            UserError e = assertThrows(UserError.class, () -> model.pair(views(any, any, new double[2][0])));
            assertTrue(e.getMessage().contains("objective.latent"), e.getMessage());
        }
    }

    @Test
    void theMostSimilarPairsAreTheOnesThatAreAugmented() {
        try (NDManager scope = torch.scope()) {
            Normalisation normalisation = Normalisation.of(scope, Settings.parseJson("test", "{\"mean\":[0.5,0.5,0.5],\"std\":[0.2,0.2,0.2]}"));
            AdaptiveAugmentation adaptive = new AdaptiveAugmentation(torch.ops(), normalisation, Settings.parseJson("test",
                    "{\"share\":0.67,\"weight\":1,\"start_epoch\":1,\"crop\":[0.1,0.5],\"angle\":30,\"color\":[0.5,0.5,0.5,0.1],"
                            + "\"cutout\":0.5}"), SEED);
            assertTrue(!adaptive.active(0) && adaptive.active(1));
            PretrainingModel.Pair pair = new PretrainingModel.Pair(noise(scope, "first"), noise(scope, "second"), List.of(), null);
            Objective.Views views = views(pair.first(), pair.second());
            NDArray x = Torch.floats(scope, new float[] {1, 0, 1, 1, 0, 1}, 3, 2);
            NDArray y = Torch.floats(scope, new float[] {0, 1, 2, 2, 0.1f, 1}, 3, 2); // orthogonal, the same, nearly the same
            AtomicInteger calls = new AtomicInteger();
            float[][] seen = new float[3][];
            Loss loss = adaptive.loss(views, pair, x, y, GraphCuts.NONE, pictures -> {
                assertEquals(2, pictures.getShape().get(0));
                seen[calls.get()] = pictures.toFloatArray();
                return calls.getAndIncrement() == 0 ? Torch.floats(scope, new float[] {1, 0, 0, 2}, 2, 2)
                        : Torch.floats(scope, new float[] {3, 0, 5, 0}, 2, 2);
            });
            assertEquals(0.5, loss.value().getFloat(), 1e-6); // 1 minus the mean of 1 and 0
            assertEquals(1, loss.parts().get("easiest_similarity").getFloat(), 0.01);
            long cut = IntStream.range(0, 3 * SIDE * SIDE).filter(i -> seen[0][i] == 0).count();
            assertEquals(3 * (SIDE / 2) * (SIDE / 2), cut);
            adaptive.loss(views, pair, x, y, GraphCuts.NONE, pictures -> {
                seen[2] = seen[2] == null ? pictures.toFloatArray() : seen[2];
                return x.get("0:2");
            });
            assertArrayEquals(seen[0], seen[2], "the same draws in every call");
        }
    }
}
