package org.equirepro.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.Fixtures;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each odd picture decodes to Pillow's pixels or is refused by name. */
final class OddImagesTest {

    @TestFactory
    Stream<DynamicTest> likePillow() {
        Path folder = Fixtures.find("odd-images").orElse(null);
        List<DynamicTest> tests = new ArrayList<>();
        if (folder != null) {
            for (JsonNode file : Settings.read(folder.resolve("expected.json")).node().get("files")) {
                tests.add(DynamicTest.dynamicTest(file.get("file").asText(), () -> check(folder, file)));
            }
        }
        return tests.stream();
    }

    private static void check(Path folder, JsonNode file) throws Exception {
        String name = file.get("file").asText();
        byte[] bytes = Files.readAllBytes(folder.resolve(name));
        JsonNode pil = file.get("pil");
        if (!pil.get("ok").asBoolean()) {
            UserError error = assertThrows(UserError.class, () -> PictureDecoder.decode(name, bytes));
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
            assertTrue(error.getMessage().startsWith(name + ": "), error.getMessage());
            return;
        }
        Picture picture = PictureDecoder.decode(name, bytes);
        assertEquals(pil.get("size_wh").get(0).asInt(), picture.width());
        assertEquals(pil.get("size_wh").get(1).asInt(), picture.height());
        double[] mean = new double[3];
        for (int i = 0; i < picture.rgb().length; i++) {
            mean[i % 3] += (picture.rgb()[i] & 0xFF) * 3.0 / picture.rgb().length;
        }
        if (pil.has("rgb_file")) {
            SafeTensors tensors = SafeTensors.open(folder.resolve(pil.get("rgb_file").asText()));
            ByteBuffer expected = tensors.bytes(tensors.names().iterator().next());
            byte[] pixels = new byte[expected.remaining()];
            expected.get(pixels);
            assertArrayEquals(pixels, picture.rgb());
        }
        for (int c = 0; c < 3; c++) {
            assertEquals(pil.get("mean_rgb").get(c).asDouble(), mean[c], 0.001);
        }
    }
}
