package org.equirepro.base;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

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

    /** Keeps the files of {@code out}, unless another process was quicker; several may do this at once. */
    public void keep(Path out) {
        if (folder == null || exists()) {
            return;
        }
        Path own = folder.resolveSibling(folder.getFileName() + "-" + UUID.randomUUID());
        AtomicFiles.writeFolder(own, part -> link(out, part));
        try {
            Files.move(own, folder, StandardCopyOption.ATOMIC_MOVE);    // never onto a folder that holds files
        } catch (IOException refused) {
            removeSecond(own);
            if (!exists()) {
                throw UserError.failure(folder + ": cannot be written (" + refused + "); check permissions and free space", refused);
            }
        }
    }

    private static void removeSecond(Path own) {
        try {
            AtomicFiles.deleteTree(own);
        } catch (IOException leftBehind) {
            System.err.println(own + " can be removed: " + leftBehind);
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
