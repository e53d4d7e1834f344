package org.equirepro.vision.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A form in which scenes lie on disk.
 *
 * @param <R> what the lists of the layout need to know of a picture
 */
interface SceneLayout<R> {

    /** Writes the files of one picture; any thread may, beside other pictures. */
    R files(String split, int index, DrawnScene scene, byte[] jpeg) throws IOException;

    /** Takes up one picture after the other, each split's in their order. */
    void list(String split, int index, R row) throws IOException;

    /** Writes what is known when all pictures are. */
    void finish() throws IOException;

    /** Writes a file and the folders in which it lies. */
    static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
