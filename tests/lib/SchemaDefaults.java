import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Compares the parameters and defaults of nextflow_schema.json with the lines {@code params.NAME = VALUE} of a configuration. */
final class SchemaDefaults {

    public static void main(String[] files) throws IOException {
        Map<String, String> described = new TreeMap<>();
        for (JsonNode group : new ObjectMapper().readTree(Path.of(files[0]).toFile()).get("$defs")) {
            group.get("properties").fields().forEachRemaining(p -> described.put(p.getKey(), p.getValue().path("default").asText("null")));
        }
        Map<String, String> configured = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(files[1]))) {
            String[] sides = line.substring("params.".length()).split(" = ", 2);
            configured.put(sides[0], sides[1].replaceAll("^'|'$", ""));
        }
        if (described.isEmpty() || !described.equals(configured)) {
            System.out.println("described  " + described + "\nconfigured " + configured);
            System.exit(1);
        }
    }
}
