package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.Fixtures;
import org.junit.jupiter.api.Test;

final class MatTest {

    private static final Path FILE = Path.of("lists.mat");

    private static byte[] sample(ByteOrder order, boolean compressed) {
        return new MatWriter(order, compressed)
                .put("doubles", new double[] {1.5, -2, 1e300})
                .put("packed", new int[] {7, 65535})
                .put("bytes", new byte[] {1, -1})
                .put("word", "Käfer")
                .put("cells", List.of("one", "three hundred", new double[] {4}, List.of("inner")))
                .put("structs", new Map<?, ?>[] {new TreeMap<>(Map.of("id", new int[] {3}, "name", "a")),
                    new TreeMap<>(Map.of("id", new int[] {4}, "name", ""))})
                .bytes();
    }

    @Test
    void readsEveryKindInBothByteOrdersPackedOrNot() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (boolean compressed : new boolean[] {false, true}) {
                Mat mat = Mat.read(FILE, sample(order, compressed));
                assertArrayEquals(new double[] {1.5, -2, 1e300}, mat.get("doubles").doubles());
                assertArrayEquals(new double[] {7, 65535}, mat.get("packed").doubles());
                assertArrayEquals(new double[] {1, 255}, mat.get("bytes").doubles());
                assertEquals("Käfer", mat.get("word").text());
                Mat.Value cells = mat.get("cells");
                assertEquals("three hundred", cells.cell(1).text());
                assertEquals(4, cells.cell(2).integer());
                assertEquals("inner", cells.cell(3).cell(0).text());
                Mat.Value structs = mat.get("structs");
                assertEquals(2, structs.size());
                assertEquals(4, structs.field(1, "id").integer());
                assertEquals("a", structs.field(0, "name").text());
                assertEquals("", structs.field(1, "name").text());
                assertTrue(structs.hasField("id") && !structs.hasField("size"));
            }
        }
    }

    private static void refused(String part, Runnable action) {
        UserError error = assertThrows(UserError.class, action::run);
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith("lists.mat: ") && error.getMessage().contains(part), error.getMessage());
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Mat mat = Mat.read(FILE, sample(ByteOrder.LITTLE_ENDIAN, true));
        refused("has no variable other; it has doubles", () -> mat.get("other"));
        refused("a single number", () -> mat.get("doubles").number());
        refused("numbers is needed", () -> mat.get("word").doubles());
        refused("its fields are id, name", () -> mat.get("structs").field(0, "size"));
        refused("has 2 elements, not 3", () -> mat.get("structs").field(2, "id"));
        refused("cell array", () -> mat.get("structs").cell(0));
        byte[] hdf = new byte[600];
        System.arraycopy("MATLAB 7.3 MAT-file".getBytes(), 0, hdf, 0, 19);
        refused("version 7.3", () -> Mat.read(FILE, hdf));
        refused("not a MATLAB file", () -> Mat.read(FILE, new byte[300]));
        refused("not a MATLAB file", () -> Mat.read(FILE, new byte[5]));
    }

    @Test
    void aLengthThatTheFileClaimsIsNotBelieved() {
        byte[] whole = sample(ByteOrder.LITTLE_ENDIAN, false);
        byte[] longer = whole.clone();
        ByteBuffer.wrap(longer).order(ByteOrder.LITTLE_ENDIAN).putInt(132, Integer.MAX_VALUE);
        refused("damaged or truncated", () -> Mat.read(FILE, longer));
        byte[] wider = whole.clone();
        ByteBuffer.wrap(wider).order(ByteOrder.LITTLE_ENDIAN).putInt(164, Integer.MAX_VALUE); // second dimension of doubles
        refused("damaged or truncated", () -> Mat.read(FILE, wider));
        int cells = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("cells");
        byte[] many = whole.clone();
        ByteBuffer.wrap(many).order(ByteOrder.LITTLE_ENDIAN).putInt(cells - 12, 1 << 30);
        refused("damaged or truncated: an array of", () -> Mat.read(FILE, many));
    }

    @Test
    void damageIsRefusedAndNeverAnotherFailure() {
        Random random = new Random(5);
        for (boolean compressed : new boolean[] {false, true}) {
            byte[] whole = sample(ByteOrder.LITTLE_ENDIAN, compressed);
            for (int i = 0; i < 3000; i++) {
                byte[] bad = i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
                for (int k = 0; k < 1 + i % 4 && bad.length > 0; k++) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                try {
                    Mat.read(FILE, bad).get("structs").field(0, "name").text();
                } catch (UserError expected) {
                    assertEquals(ExitCode.BAD_DATA, expected.exitCode());
                }
            }
        }
    }

    @Test
    void readsWhatOthersWrote() throws IOException {
        Optional<Path> lists = Fixtures.find("datasets/mat-lists");
        if (lists.isEmpty()) {
            return;
        }
        JsonNode expected = Settings.read(lists.get().resolve("expected.json")).node();
        Mat.Value cars = open(lists.get().resolve("cars_train_annos.mat")).get("annotations");
        assertEquals(6, cars.size());
        List<String> fields = List.of("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "fname");
        for (int i = 0; i < 6; i++) {
            for (int k = 0; k < 5; k++) {
                assertEquals(expected.get("cars_train_annos").get(i).get(k).asInt(), cars.field(i, fields.get(k)).integer());
            }
            assertEquals(expected.get("cars_train_annos").get(i).get(5).asText(), cars.field(i, "fname").text());
        }
        assertNumbers(expected.get("flowers_labels"), open(lists.get().resolve("imagelabels.mat")).get("labels"));
        for (String set : List.of("trnid", "valid", "tstid")) {
            assertNumbers(expected.get(set), open(lists.get().resolve("setid.mat")).get(set));
        }
        Mat.Value names = open(lists.get().resolve("cars_meta.mat")).get("class_names");
        assertTrue(names.size() > 0 && !names.cell(0).text().isEmpty());
    }

    private static Mat open(Path file) throws IOException {
        return Mat.read(file, Files.readAllBytes(file));
    }

    private static void assertNumbers(JsonNode expected, Mat.Value found) {
        double[] values = found.doubles();
        assertEquals(expected.size(), values.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected.get(i).asDouble(), values[i]);
        }
    }
}
