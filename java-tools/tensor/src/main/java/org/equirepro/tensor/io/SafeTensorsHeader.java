package org.equirepro.tensor.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/** Reads a header token by token: whatever is not exactly what the format allows is an error that names the tensor. */
final class SafeTensorsHeader {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final int MAX_DIMENSIONS = 64;

    private final Path file;
    private final long start;
    private final long dataBytes;
    private final SortedMap<String, SafeTensors.Entry> entries = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    private SafeTensorsHeader(Path file, long start, long dataBytes) {
        this.file = file;
        this.start = start;
        this.dataBytes = dataBytes;
    }

    /**
     * @param json the header's bytes
     * @param start of the data from the start of the file
     * @param dataBytes from there to the end of the file
     */
    static SafeTensorsHeader parse(Path file, byte[] json, long start, long dataBytes) {
        SafeTensorsHeader header = new SafeTensorsHeader(file, start, dataBytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
            if (!text.startsWith("{")) {
                throw header.corrupt("the header does not begin with {");
            }
            try (JsonParser parser = JSON.createParser(text)) {
                header.read(parser);
            }
        } catch (CharacterCodingException e) {
            throw header.corrupt("the header is not UTF-8");
        } catch (JsonProcessingException e) {
            throw header.corrupt("the header is not valid JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new AssertionError("a text can always be read", e);
        }
        header.checkLayout();
        return header;
    }

    SortedMap<String, SafeTensors.Entry> entries() {
        return entries;
    }

    SortedMap<String, String> metadata() {
        return metadata;
    }

    private void read(JsonParser parser) throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw corrupt("entry " + name + " of the header is no object");
            }
            if (name.equals("__metadata__")) {
                readMetadata(parser);
            } else {
                entries.put(name, readEntry(parser, name));
            }
        }
        if (parser.nextToken() != null) {
            throw corrupt("something follows the header's closing brace");
        }
    }

    private void readMetadata(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw corrupt("__metadata__ entry " + key + " is no text");
            }
            metadata.put(key, parser.getText());
        }
    }

    private SafeTensors.Entry readEntry(JsonParser parser, String name) throws IOException {
        SafeTensors.Type type = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "dtype" -> type = type(parser, name);
                case "shape" -> shape = numbers(parser, name, key);
                case "data_offsets" -> offsets = numbers(parser, name, key);
                default -> throw corrupt("tensor " + name + " has an unknown key " + key);
            }
        }
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw corrupt("tensor " + name + " needs dtype, shape and two data_offsets");
        }
        if (offsets[0] > offsets[1] || offsets[1] > dataBytes) {
            throw corrupt("tensor " + name + " lies at bytes " + offsets[0] + " to " + offsets[1] + " of " + dataBytes
                    + ": the file is cut, or the header wrong");
        }
        long bytes;
        try {
            bytes = SafeTensors.bytes(type, shape);
        } catch (ArithmeticException e) {
            bytes = -1;
        }
        if (bytes != offsets[1] - offsets[0]) {
            throw corrupt("tensor " + name + ": " + (offsets[1] - offsets[0]) + " bytes do not fit " + type + " " + Arrays.toString(shape));
        }
        return new SafeTensors.Entry(type, shape, start + offsets[0], bytes);
    }

    private SafeTensors.Type type(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            for (SafeTensors.Type type : SafeTensors.Type.values()) {
                if (type.name().equals(parser.getText())) {
                    return type;
                }
            }
        }
        throw corrupt("tensor " + name + ": dtype " + parser.getText() + " is none of " + Arrays.toString(SafeTensors.Type.values()));
    }

    private long[] numbers(JsonParser parser, String name, String key) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw corrupt("tensor " + name + ": " + key + " is no list");
        }
        long[] values = new long[MAX_DIMENSIONS];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || parser.getLongValue() < 0 || count == MAX_DIMENSIONS) {
                throw corrupt("tensor " + name + ": " + key + " must be at most " + MAX_DIMENSIONS + " whole numbers from 0");
            }
            values[count++] = parser.getLongValue();
        }
        return Arrays.copyOf(values, count);
    }

    /** The tensors must fill the data without hole, overlap or rest. */
    private void checkLayout() {
        List<Map.Entry<String, SafeTensors.Entry>> byOffset = new ArrayList<>(entries.entrySet());
        byOffset.sort(Comparator.<Map.Entry<String, SafeTensors.Entry>>comparingLong(e -> e.getValue().offset())
                .thenComparingLong(e -> e.getValue().length()));
        long expected = start;
        for (Map.Entry<String, SafeTensors.Entry> e : byOffset) {
            long offset = e.getValue().offset();
            if (offset != expected) {
                throw corrupt((offset > expected ? "hole" : "overlap") + " before tensor " + e.getKey());
            }
            expected += e.getValue().length();
        }
        if (expected != start + dataBytes) {
            throw corrupt("tensors end at byte " + expected + ", the file has " + (start + dataBytes));
        }
    }

    private UserError corrupt(String problem) {
        return UserError.badData(file, "corrupt or truncated: " + problem);
    }
}
