package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.DinoHead;
import org.equirepro.models.IbotHead;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.nn.SampleChunks;
import org.equirepro.tensor.optim.Optimiser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that goes through the encoder a few pictures at a time trains as it does in one piece, whatever the objective. */
final class MicroBatchTest {

    private static final int BATCH = 5;
    private static final int WIDTH = 8;
    private static final int EQUIVARIANT = 4;
    private static final int OUT = 10;
    private static final String VICREG = "{\"name\":\"vicreg\",\"invariance\":10,\"variance\":7,\"covariance\":2,\"expander\":[5,6]}";
    private static final String SIE = "{\"name\":\"sie\",\"invariance\":10,\"equivariance\":2,\"variance\":7,\"covariance\":2,\"expander\":[5,6]}";

    @TempDir
    Path folder;

    /** A ViT in float64 whose loss is one of the objectives'. */
    private static final class Step {
        private final Torch torch;
        private final NDManager scope;
        private final ParameterStore store;
        private final VisionTransformer vit;
        private final SampleChunks chunks;
        private final DropPath dropPath;

        Step(Torch torch, NDManager scope, BlockChain.Mode mode, int size) {
            this.torch = torch;
            this.scope = scope;
            this.store = ParameterStore.inFloat64(scope, 3);
            this.vit = new VisionTransformer(store, torch.ops(), new VisionTransformer.Size(8, 4, WIDTH, 2, 2),
                    VisionTransformer.Variant.PLAIN, mode).withMaskToken(store);
            this.chunks = new SampleChunks(scope, size);
            this.dropPath = DropPath.uniform(7, 0.3, 2);
        }

        private NDArray noise(String name, long... shape) {
            Draws draws = Draws.at(5, name);
            return scope.create(IntStream.range(0, (int) new Shape(shape).size()).mapToDouble(i -> draws.gaussian()).toArray(),
                    new Shape(shape));
        }

        /** [rows, 1 + N, D], with drop path; masked if there is a mask. */
        private NDArray tokens(NDArray pictures, NDArray mask, int view) {
            return chunks.forward(mask == null ? List.of(pictures) : List.of(pictures, mask), Precision.FLOAT32, (rows, from) -> {
                int[] samples = IntStream.range(from, from + (int) rows.get(0).getShape().get(0)).toArray();
                int[] views = new int[samples.length];
                Arrays.fill(views, view);
                return vit.intermediate(rows.get(0), mask == null ? null : rows.get(1), 1, Precision.FLOAT32,
                        dropPath.at(1, samples, views)).get(0);
            });
        }

        private NDArray loss(String row) {
            if (row.equals("ibot")) {
                return ibot();
            }
            NDArray first = tokens(noise("first", BATCH, 3, 8, 8), null, 0).get(":, 1:"); // [B, N, D]
            NDArray second = tokens(noise("second", BATCH, 3, 8, 8), null, 1).get(":, 1:");
            SelfSupervision loss = SelfSupervision.of(Settings.parseJson("test", "{\"objective\":" + (row.equals("sie") ? SIE : VICREG) + "}"),
                    new SelfSupervision.Parts(torch.ops(), store, new Layers.Mode(), WIDTH, EQUIVARIANT, 2));
            NDArray value = loss.loss(loss.embed(first.mean(new int[] {1})), loss.embed(second.mean(new int[] {1})),
                    noise("latent", BATCH, 2)).value();
            Reconstruction reconstruction = switch (row) {
                case "intermediates" -> new IntermediateDecoders(store, torch.ops(), "test", 2, 2 * EQUIVARIANT, 4, 5, 4);
                case "cross" -> new CrossReconstruction(store, torch.ops(), "test", EQUIVARIANT, 2, Precision.FLOAT32, 4, 5, 4);
                default -> null;
            };
            if (reconstruction == null) {
                return value;
            }
            String equivariant = ":, :, " + (WIDTH - EQUIVARIANT) + ":";
            return value.add(Reconstruction.loss(torch.ops(), reconstruction.apply(first.get(equivariant), second.get(equivariant)),
                    List.of(noise("one", BATCH, 3, 8, 8), noise("two", BATCH, 3, 8, 8))).value());
        }

        /** With centring, KoLeo and the reconstruction of two intermediates. */
        private NDArray ibot() {
            Settings recipe = Settings.parseJson("test", "{\"split\":{\"place\":\"head\",\"dim\":" + OUT + ",\"equivariant\":4},"
                    + "\"objective\":{\"head\":{},\"koleo\":0.1},\"reconstruction\":{\"count\":2,\"weight\":0.8,\"decoder\":[5,4]}}");
            IbotHead head = new IbotHead(store, torch.ops(), "head.", new DinoHead.Design(WIDTH, 6, 3, 4, OUT, false));
            IbotLoss loss = new IbotLoss(torch.ops(), recipe, ParameterStore.inFloat64(scope, 3), store, 4);
            NDArray mask = noise("mask", 2 * BATCH, 4).gt(0);
            NDArray globals = tokens(noise("globals", 2 * BATCH, 3, 8, 8), mask, 0);
            NDArray locals = tokens(noise("locals", 2 * BATCH, 3, 4, 4), null, 1);
            NDArray teacher = noise("teacher", 2 * BATCH, 5, OUT);
            IbotHead.Logits logits = head.forward(globals);
            return loss.of(new StudentTeacher.Answers(
                    new SelfDistillation.Outputs(StudentTeacher.byCrop(logits.cls(), 2), StudentTeacher.byCrop(logits.patches(), 2)),
                    StudentTeacher.byCrop(head.cls(locals.get(":, 0")), 2),
                    new SelfDistillation.Outputs(StudentTeacher.byCrop(teacher.get(":, 0"), 2),
                            StudentTeacher.byCrop(teacher.get(":, 1:"), 2)),
                    globals.get(":, 0"), teacher.get(":, 0")), StudentTeacher.byCrop(mask.toType(DataType.FLOAT64, false), 2), 0.5,
                    List.of(noise("one", BATCH, 3, 8, 8), noise("two", BATCH, 3, 8, 8))).value();
        }

        Map<String, double[]> gradients(String row) {
            try (GradMode on = GradMode.on()) {
                NDArray loss = loss(row);
                chunks.backward(() -> Torch.backward(loss), vit.chains(), store.parameters().values(), GradientListener.NONE);
            }
            Map<String, double[]> all = new LinkedHashMap<>();
            Optimiser.gradients(store.parameters(), scope).forEach((name, gradient) -> all.put(name, gradient.toDoubleArray()));
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vicreg", "intermediates", "sie", "cross", "ibot"})
    void gradientsAreThoseOfTheWholeBatch(String row) {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            Map<String, double[]> whole = new Step(torch, scope, BlockChain.Mode.KEEP, 0).gradients(row);
            for (int size : new int[] {1, 3, 100}) {
                for (BlockChain.Mode mode : size == 3 ? BlockChain.Mode.values() : new BlockChain.Mode[] {BlockChain.Mode.KEEP}) {
                    Map<String, double[]> chunked = new Step(torch, scope, mode, size).gradients(row);
                    assertEquals(whole.keySet(), chunked.keySet());
                    whole.forEach((name, expected) -> assertArrayEquals(expected, chunked.get(name),
                            1e-10 * Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElseThrow()), row + " " + size + " " + mode + " " + name));
                }
            }
            for (String name : List.of("cls_token", "pos_embed", "patch_embed.proj.weight")) {
                assertTrue(Arrays.stream(whole.get(name)).anyMatch(v -> Math.abs(v) > 1e-4), name + " has no gradient");
            }
        }
    }

    private static Settings recipe(String row) {
        String angle = "\"transform\":{\"family\":\"angle\"},";
        Settings config = switch (row) {
            case "ibot" -> TinyStudy.ibot(",\"koleo\":0.1", 3);
            case "sie" -> TinyStudy.with(TinyStudy.config(angle, 3), "objective", SIE);
            case "cross" -> TinyStudy.config(angle + "\"reconstruction\":{\"heads\":2,\"weight\":1,\"decoder\":[8,8]},", 3);
            default -> TinyStudy.with(TinyStudy.config(3), "adaptive", "{\"share\":0.25,\"weight\":0.3,\"crop\":[0.1,0.5],\"angle\":30,"
                    + "\"color\":[0.5,0.5,0.5,0.1],\"cutout\":0.3}");
        };
        return TinyStudy.with(config, "optimiser", "{\"name\":\"sgd\",\"lr\":0.001,\"momentum\":0.9,\"schedule\":\"constant\"}");
    }

    @ParameterizedTest
    @CsvSource({"intermediates with adaptive, 5, false", "sie, 16, false", "cross, 1, false", "ibot, 7, false", "ibot, 7, true"})
    void aTrainingGivesTheSameCurves(String row, int size, boolean checkpointing) throws IOException {
        Path pictures = TinyStudy.pictures(folder);
        Settings whole = recipe(row);
        Settings chunked = TinyStudy.with(recipe(row), "micro_batch", Integer.toString(size));
        if (checkpointing) {
            chunked = TinyStudy.with(chunked, "backbone",
                    "{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":16,\"depth\":2,\"heads\":2,\"checkpointing\":true}");
        }
        List<String> expected = curves(whole, pictures, "whole");
        List<String> found = curves(chunked, pictures, "chunked");
        assertEquals(expected.size(), found.size());
        for (int i = 1; i < expected.size(); i++) {
            double value = value(expected.get(i));
            assertEquals(value, value(found.get(i)), 1e-4 * Math.max(1, Math.abs(value)), expected.get(i));
        }
    }

    private List<String> curves(Settings config, Path pictures, String name) throws IOException {
        Pretraining.run(config, pictures, folder.resolve("store"), folder.resolve(name), RunOptions.unlimited(1));
        return Files.readAllLines(folder.resolve(name).resolve("curves.csv"));
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
    }

    @Test
    void batchNormIsRefused() {
        Settings config = TinyStudy.with(TinyStudy.renders(VICREG, "", 2), "micro_batch", "4");
        UserError e = assertThrows(UserError.class, () -> Pretraining.run(config, TinyStudy.objects(folder), folder.resolve("store"),
                folder.resolve("out"), RunOptions.unlimited(1)));
        assertEquals(ExitCode.USAGE, e.exitCode());
        assertTrue(e.getMessage().contains("micro_batch") && e.getMessage().contains("resnet18"), e.getMessage());
    }
}
