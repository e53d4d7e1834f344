package org.equirepro.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * One recipe: {@code recipes/NAME.yml} of the configuration folder, checked against {@code schema/KIND.json}.
 *
 * @param name name of the file without its ending
 * @param kind what the recipe is for
 * @param settings all keys
 */
record Recipe(String name, Kind kind, Settings settings) {

    /** What recipes there are; each has a schema and a process of the pipeline. */
    enum Kind {
        PRETRAIN, R2_IMAGE, R2_3DIEBENCH, RETRIEVAL, LINEAR_PROBE, KNN, LOGREG, SEGMENT, HOMOGRAPHY, DETECT, KEYPOINTS, DEPTH, VIDEO;

        /** The word in the file and the name of the schema: {@code r2_image}. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /** The beginning of task ids and the name of the command: {@code r2-image}. */
        String dashed() {
            return word().replace('_', '-');
        }

        static List<String> words() {
            return Stream.of(values()).map(Kind::word).toList();
        }
    }

    JsonNode node() {
        return settings.node();
    }

    /** Recipes by name, each read and checked once. */
    static final class Book {
        private final Path conf;
        private final TreeMap<String, Recipe> read = new TreeMap<>();
        private final TreeMap<Kind, SchemaCheck> schemas = new TreeMap<>();

        Book(Path conf) {
            this.conf = conf;
        }

        /**
         * @param where file and key that name the recipe, for the error
         * @throws UserError if there is no such recipe, or it breaks its schema or a rule of {@link RecipeChecks}
         */
        Recipe get(String where, String name) {
            Recipe known = read.get(name);
            if (known != null) {
                return known;
            }
            Path file = conf.resolve("recipes").resolve(name + ".yml");
            if (!Files.isRegularFile(file)) {
                throw UserError.usage(where + ": no recipe " + name + " in " + conf.resolve("recipes")
                        + NearNames.hint(name, names()));
            }
            Settings settings = RecipeFile.read(file);
            String word = settings.text("kind");
            if (!Kind.words().contains(word)) {
                throw UserError.usage(file + ": kind must be one of " + String.join(", ", Kind.words()) + ", found " + word);
            }
            Kind kind = Kind.valueOf(word.toUpperCase(java.util.Locale.ROOT));
            schemas.computeIfAbsent(kind, k -> new SchemaCheck(conf.resolve("schema"), k.word()))
                    .check(settings.source(), "", settings.node());
            RecipeChecks.check(kind, settings);
            Recipe recipe = new Recipe(name, kind, settings);
            read.put(name, recipe);
            return recipe;
        }

        private List<String> names() {
            try (Stream<Path> files = Files.list(conf.resolve("recipes"))) {
                return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".yml"))
                        .map(f -> f.substring(0, f.length() - 4)).sorted().toList();
            } catch (IOException e) {
                throw UserError.missing(conf.resolve("recipes"),
                        "no such folder; give --conf the folder that holds recipes/ and schema/");
            }
        }
    }
}
