package org.equirepro.parity.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;

/** COCO's masks: to runs and back, to text and back, area and box, and polygons to masks; all to the bit. */
public final class CocoRleKind implements ParityKind {

    private static final String POLYGON = "poly_";

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        for (String name : reference.expected().keys()) {
            JsonNode expected = reference.expected().at(name).node();
            int height = expected.get("size").get(0).asInt();
            int width = expected.get("size").get(1).asInt();
            Rle parsed = Rle.parse(height, width, expected.get("counts").asText());
            checkValues(name, parsed, expected, check);
            String tensor = name.startsWith(POLYGON) ? "poly." + name.substring(POLYGON.length()) : "mask." + name;
            if (tensors.has(tensor)) {
                byte[] mask = bytes(tensors.longs(tensor));
                checkValues(name + " encoded", Rle.encode(mask, height, width), expected, check);
                check.that(name + ": the decoded mask differs", java.util.Arrays.equals(parsed.decode(), mask));
            }
            if (expected.has("polygons")) {
                checkValues(name + " drawn", polygons(expected.get("polygons")).toRle(height, width), expected, check);
            }
        }
    }

    private static void checkValues(String name, Rle actual, JsonNode expected, Check check) {
        check.that(name + ": " + actual.text() + ", expected " + expected.get("counts").asText(),
                actual.text().equals(expected.get("counts").asText()));
        check.close(name + " area", actual.area(), expected.get("area").asDouble(), 0, 0);
        BoundingBox box = actual.bounds();
        check.close(name + " bbox", new double[] {box.x(), box.y(), box.width(), box.height()}, numbers(expected.get("bbox")), 0, 0);
        JsonNode runs = expected.path("uncompressed");
        if (runs.isArray()) {
            check.close(name + " runs", IntStream.of(actual.runs()).asDoubleStream().toArray(), numbers(runs), 0, 0);
        } else if (runs.isTextual()) { // such as "832 runs"
            check.close(name + " number of runs", actual.runs().length, Integer.parseInt(runs.asText().split(" ")[0]), 0, 0);
        }
    }

    private static Polygons polygons(JsonNode node) {
        List<double[]> parts = new ArrayList<>();
        node.forEach(part -> parts.add(numbers(part)));
        return new Polygons(parts);
    }

    private static double[] numbers(JsonNode node) {
        return IntStream.range(0, node.size()).mapToDouble(i -> node.get(i).asDouble()).toArray();
    }

    private static byte[] bytes(long[] values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
