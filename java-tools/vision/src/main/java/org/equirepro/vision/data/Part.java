package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;

/** Files of one kind in a {@link Source}, such as the pictures or the lists, by name. Threads may share it. */
final class Part {

    record Place(SourceTree tree, String file) {}

    private final Path source;
    private final Map<String, Place> places;
    private final List<String> names;

    Part(Path source, Map<String, Place> places) {
        this.source = source;
        this.places = places;
        this.names = List.copyOf(places.keySet());
    }

    /** Sorted. */
    List<String> names() {
        return names;
    }

    boolean has(String name) {
        return places.containsKey(name);
    }

    /** How errors name a file, also one that is not there. */
    Path path(String name) {
        Place place = places.get(name);
        return place == null ? source.resolve(name) : place.tree.path(place.file);
    }

    byte[] read(String name) throws IOException {
        Place place = places.get(name);
        if (place == null) {
            throw UserError.missing(source, "has no " + name);
        }
        return place.tree.read(place.file);
    }

    /** The bytes one after the other; the caller closes the stream. */
    InputStream stream(String name) throws IOException {
        Place place = places.get(name);
        if (place == null) {
            throw UserError.missing(source, "has no " + name);
        }
        return place.tree.stream(place.file);
    }

    /** As {@link #read}; problems name the file. */
    byte[] bytes(String name) {
        try {
            return read(name);
        } catch (IOException e) {
            throw UserError.badData(path(name), "cannot be read: " + e.getMessage(), e);
        }
    }

    /** A text in UTF-8. */
    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** The lines of a text that are not blank, without spaces at their ends. */
    List<String> lines(String name) {
        return text(name).lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    }

    /** Lines of words, which must be at least so many. */
    List<String[]> words(String name, int least) {
        return lines(name).stream().map(line -> {
            String[] words = line.split("\\s+");
            if (words.length < least) {
                throw UserError.badData(path(name), "has the line '" + line + "', which should have " + least + " words");
            }
            return words;
        }).toList();
    }

    /** A whole number in a list file. */
    int number(String name, String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw UserError.badData(path(name), "has '" + word + "' where a whole number is needed");
        }
    }
}
