package org.equirepro.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EncoderImportTest {

    private static final String REST = ",\"split\":{\"dim\":10,\"equivariant\":4},"
            + "\"normalise\":{\"mean\":[0.5,0.5,0.5],\"std\":[0.25,0.25,0.25]}}";
    private static final Settings VIT = Settings.parseJson("vit", "{\"backbone\":{\"name\":\"vit\",\"image\":16,\"patch\":4,"
            + "\"dim\":64,\"depth\":2,\"heads\":1,\"layer_scale\":0.1}" + REST);
    private static final Settings RESNET = Settings.parseJson("resnet", "{\"backbone\":{\"name\":\"resnet18\",\"image\":64},"
            + "\"split\":{\"dim\":512,\"equivariant\":256},\"normalise\":{\"mean\":[0.5,0.5,0.5],\"std\":[0.25,0.25,0.25]}}");

    private static Torch torch;

    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private Path saved(Settings settings) {
        Path x = folder.resolve("x-" + settings.source());
        Encoder.create(torch, settings, 4).save(x.resolve(Encoder.FILE));
        return x;
    }

    /** The backbone under the names that {@code rename} gives, without metadata. */
    private Path published(UnaryOperator<String> rename, String... extra) {
        SafeTensors file = SafeTensors.open(saved(VIT).resolve(Encoder.FILE));
        TreeMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        file.names().stream().filter(n -> !n.startsWith("split.")).forEach(n -> tensors.put(rename.apply(n), file.tensor(n)));
        for (String name : extra) {
            tensors.put(name, SafeTensors.Tensor.of(new float[] {1, 2}, 2));
        }
        Path out = folder.resolve("published.safetensors");
        SafeTensors.write(out, tensors, new TreeMap<>());
        return out;
    }

    private Path imported(Path from, CheckpointLayout layout, String key) {
        Path out = folder.resolve("y" + notes.size());
        EncoderImport.run(torch, from, layout, key, null, out, notes::add);
        return out;
    }

    private void assertSameBackbone(Path x, Path y) {
        SafeTensors a = SafeTensors.open(x.resolve(Encoder.FILE));
        SafeTensors b = SafeTensors.open(y.resolve(Encoder.FILE));
        assertEquals(a.names(), b.names());
        for (String name : a.names()) {
            if (!name.startsWith("split.")) {
                assertArrayEquals(a.shape(name), b.shape(name), name);
                assertEquals(a.bytes(name), b.bytes(name), name);
            }
        }
    }

    @Test
    void whatIsExportedIsImportedToTheBit() throws IOException {
        for (Settings settings : new Settings[] {VIT, RESNET}) {
            Path x = saved(settings);
            Path out = folder.resolve(settings.source() + ".safetensors");
            EncoderExport.run(x, out);
            Path y = imported(out, null, null);
            assertSameBackbone(x, y);
            assertEquals(settings.at("backbone").canonical(), Encoder.settings(SafeTensors.open(y.resolve(Encoder.FILE))).at("backbone").canonical());
            EncoderExport.run(y, folder.resolve("again.safetensors"));
            Path z = imported(folder.resolve("again.safetensors"), null, null);
            assertEquals(-1, Files.mismatch(y.resolve(Encoder.FILE), z.resolve(Encoder.FILE)));
        }
    }

    @Test
    void theSplitOfAPublishedBackboneIsItsPatchTokens() {
        Encoder encoder = Encoder.load(torch, imported(published(n -> n), null, null));
        try (NDManager scope = torch.scope()) {
            Encoder.Features f = encoder.forward(scope.randomNormal(new Shape(2, 3, 16, 16)), Precision.FLOAT32);
            assertArrayEquals(f.patches().toFloatArray(), f.split().toFloatArray());
        }
        assertEquals(0, encoder.equivariant());
    }

    @Test
    void everyLayoutIsRecognisedAndItsHeadsAreLeftOut() {
        Path x = saved(VIT);
        assertSameBackbone(x, imported(published(n -> "module.backbone." + n.replaceFirst("ls([12]).gamma", "gamma_$1"),
                "module.backbone.masked_embed", "module.head.mlp.0.weight"), null, null));
        assertTrue(notes.get(0).contains("ibot layout, names begin with module.backbone."), notes.toString());
        assertEquals("left out, no part of the backbone: module.backbone.masked_embed, module.head.mlp.0.weight", notes.get(1));
        assertSameBackbone(x, imported(published(n -> n.replaceFirst("^blocks\\.", "blocks.0."), "mask_token"), null, null));
        assertTrue(notes.get(2).contains("dinov2 layout"), notes.toString());
        assertSameBackbone(x, imported(published(n -> n, "decoder_pos_embed", "decoder_blocks.0.norm1.weight", "mask_token"), null, null));
        assertTrue(notes.get(4).contains("mae layout"), notes.toString());
        assertSameBackbone(x, imported(published(n -> "teacher." + n, "head.weight"), CheckpointLayout.TIMM, "teacher"));
    }

    @Test
    void allMisfitsAreOneError() {
        Path from = published(n -> n.equals("norm.bias") ? "norm.offset" : n, "register_tokens", "other.weight");
        UserError e = assertThrows(UserError.class, () -> imported(from, null, null));
        for (String part : List.of("missing norm.bias", "unexpected norm.offset", "unexpected register_tokens", "unexpected other.weight")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertFalse(Files.exists(folder.resolve("y0")));
    }

    @Test
    void twoNetworksAskForAKey() {
        Path from = published(n -> "teacher." + n, "student.patch_embed.proj.weight");
        UserError e = assertThrows(UserError.class, () -> imported(from, null, null));
        assertTrue(e.getMessage().contains("[student., teacher.]; choose by --key"), e.getMessage());
    }

    @Test
    void exportNamesTimmsModelAndArguments() {
        EncoderExport.run(saved(VIT), folder.resolve("vit.safetensors"));
        Settings json = Settings.read(folder.resolve("vit.json"));
        assertEquals("{\"depth\":2,\"embed_dim\":64,\"img_size\":16,\"init_values\":0.1,\"mlp_ratio\":4.0,\"num_heads\":1,"
                + "\"patch_size\":4,\"qkv_bias\":true}", json.at("model_args").canonical());
        EncoderExport.run(saved(RESNET), folder.resolve("resnet.safetensors"));
        TreeSet<String> names = new TreeSet<>(SafeTensors.open(folder.resolve("resnet.safetensors")).names());
        assertEquals(120, names.size()); // torchvision's 122 without fc.weight and fc.bias
        assertTrue(names.contains("layer2.0.downsample.1.num_batches_tracked"), names.toString());
        assertEquals("resnet18", Settings.read(folder.resolve("resnet.json")).text("architecture"));
    }
}
