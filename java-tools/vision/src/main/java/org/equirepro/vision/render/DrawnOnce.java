package org.equirepro.vision.render;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** A picture and its members, drawn together when the first of them is taken; each is forgotten when it is. */
final class DrawnOnce {

    /** Draws all of them, by name. */
    @FunctionalInterface
    interface Drawing {
        Map<String, byte[]> files() throws IOException;
    }

    private final Drawing drawing;
    private final Map<String, byte[]> files = new TreeMap<>();

    DrawnOnce(Drawing drawing) {
        this.drawing = drawing;
    }

    synchronized byte[] take(String name) throws IOException {
        if (!files.containsKey(name)) {
            files.putAll(drawing.files());
        }
        return files.remove(name);
    }
}
