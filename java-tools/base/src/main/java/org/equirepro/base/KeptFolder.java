package org.equirepro.base;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A finished output folder, kept in the store under the content hash of all that it depends on. Whoever asks for the same again,
 * after a purged work folder or from another checkout, gets these files and computes nothing. They are hard links where the file
 * system allows it, so that a folder kept and given takes its room once.
 */
public final class KeptFolder {

    private final Path folder;

    private KeptFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Touches nothing yet.
     *
     * @param store null for none: nothing is ever found
     * @param key content hash
     */
    public static KeptFolder in(Path store, String key) {
        return new KeptFolder(store == null ? null : store.resolve(key).resolve("finished"));
    }

    /** Whether the folder was finished before. */
    public boolean exists() {
        return folder != null && Files.isDirectory(folder);
    }

    /** Makes {@code out} of the kept files; says so on stderr. */
    public void giveTo(Path out) {
        AtomicFiles.writeFolder(out, part -> link(folder, part));
        System.err.println("finished before; taken from " + folder);
    }

    /** Keeps the files of {@code out}, unless another process was quicker. */
    public void keep(Path out) {
        if (folder != null && !exists()) {
            AtomicFiles.writeFolder(folder, part -> link(out, part));
        }
    }

    private static void link(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(entered)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(file));
                try {
                    Files.createLink(target, file);
                } catch (FileSystemException | UnsupportedOperationException otherFileSystem) {
                    Files.copy(file, target);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
