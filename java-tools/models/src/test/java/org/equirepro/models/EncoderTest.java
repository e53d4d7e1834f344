package org.equirepro.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EncoderTest {

    private static final String NORMALISE = ",\"normalise\":{\"mean\":[0.5,0.5,0.5],\"std\":[0.25,0.25,0.25]}}";
    private static final Settings VIT = Settings.parseJson("vit", "{\"backbone\":{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":12,"
            + "\"depth\":2,\"heads\":3},\"split\":{\"dim\":10,\"equivariant\":4}" + NORMALISE);
    private static final Settings RESNET = Settings.parseJson("resnet", "{\"backbone\":{\"name\":\"resnet18\",\"image\":64},"
            + "\"split\":{\"dim\":512,\"equivariant\":256}" + NORMALISE);

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

    @Test
    void aSavedEncoderGivesTheSameFeatures() {
        for (Settings settings : new Settings[] {VIT, RESNET}) {
            Encoder encoder = Encoder.create(torch, settings, 4);
            encoder.train(false);
            Path out = folder.resolve(settings.source());
            encoder.save(out.resolve(Encoder.FILE));
            Encoder loaded = Encoder.load(torch, out);
            try (NDManager scope = torch.scope()) {
                NDArray x = scope.randomNormal(new Shape(2, 3, encoder.image(), encoder.image()));
                Encoder.Features a = encoder.forward(x, Precision.FLOAT32);
                Encoder.Features b = loaded.forward(x, Precision.FLOAT32);
                assertArrayEquals(a.split().toFloatArray(), b.split().toFloatArray());
                assertArrayEquals(a.cls().toFloatArray(), b.cls().toFloatArray());
            }
            assertEquals(encoder.equivariant(), loaded.equivariant());
        }
    }

    @Test
    void shapesAreThoseOfTheDocumentation() {
        try (NDManager scope = torch.scope()) {
            Encoder.Features vit = Encoder.create(torch, VIT, 0).forward(scope.zeros(new Shape(2, 3, 16, 16)), Precision.FLOAT32);
            assertEquals(new Shape(2, 12), vit.cls().getShape());
            assertEquals(new Shape(2, 16, 12), vit.patches().getShape());
            assertEquals(new Shape(2, 16, 10), vit.split().getShape());
            Encoder.Features resnet = Encoder.create(torch, RESNET, 0).forward(scope.zeros(new Shape(2, 3, 64, 64)), Precision.FLOAT32);
            assertEquals(new Shape(2, 4, 512), resnet.split().getShape());
        }
    }

    @Test
    void namedSizesHaveThePublishedNumberOfParameters() {
        // timm's count without the classifier; ours adds the split's layer of (384 + 1) x 512
        String split = ",\"split\":{\"dim\":512,\"equivariant\":256}" + NORMALISE;
        Settings small = Settings.parseJson("s", "{\"backbone\":{\"name\":\"vit_small_patch16\",\"image\":224}" + split);
        assertEquals(21_665_664 + 385 * 512, Encoder.create(torch, small, 0).store().count());
        assertEquals(11_176_512, Encoder.create(torch, RESNET, 0).store().count());
    }

    @Test
    void tensorsThatDoNotFitAreListed() {
        Encoder encoder = Encoder.create(torch, VIT, 0);
        Path whole = folder.resolve("whole").resolve(Encoder.FILE);
        encoder.save(whole);
        TreeMap<String, SafeTensors.Tensor> tensors = new TreeMap<>(encoder.store().tensors(""));
        tensors.remove("norm.bias");
        tensors.put("head.weight", SafeTensors.Tensor.of(new float[] {1}, 1));
        SafeTensors.write(folder.resolve(Encoder.FILE), tensors, new TreeMap<>(SafeTensors.open(whole).metadata()));
        UserError e = assertThrows(UserError.class, () -> Encoder.load(torch, folder));
        assertTrue(e.getMessage().contains("missing norm.bias") && e.getMessage().contains("unexpected head.weight"), e.getMessage());
    }
}
