package org.equirepro.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Files and folders that are either whole or absent: written to a temporary sibling, forced to disk, then renamed. What a
 * failed or killed writer leaves behind is a sibling whose name ends in {@code .part}; the next writer removes it.
 */
public final class AtomicFiles {

    /** Writes bytes to a stream. */
    @FunctionalInterface
    public interface StreamWriter {
        void write(OutputStream out) throws IOException;
    }

    /** Writes bytes to an open file, at any position. */
    @FunctionalInterface
    public interface ChannelWriter {
        void write(FileChannel channel) throws IOException;
    }

    /** Fills an empty folder. */
    @FunctionalInterface
    public interface FolderWriter {
        void write(Path folder) throws IOException;
    }

    private AtomicFiles() {}

    /** Replaces {@code file} by what {@code writer} writes; on any failure the old file stays and the sibling is removed. */
    public static void write(Path file, StreamWriter writer) {
        writeChannel(file, channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            writer.write(out);
            out.flush();
        });
    }

    /** As {@link #write}, for a writer that moves about in the file or hands over native memory. */
    public static void writeChannel(Path file, ChannelWriter writer) {
        Path part = partOf(file);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writer.write(channel);
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw cannotWrite(file, e);
        } finally {
            deleteQuietly(part);
        }
    }

    /** Replaces {@code file} by {@code text} in UTF-8. */
    public static void writeText(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Replaces {@code file} by {@code lines} in UTF-8, each with a line feed after it. */
    public static void writeLines(Path file, List<String> lines) {
        writeText(file, lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
    }

    /**
     * Makes {@code folder} by filling a temporary sibling and renaming it. The files inside are forced to disk first.
     *
     * @throws UserError if {@code folder} exists already or cannot be written
     */
    public static void writeFolder(Path folder, FolderWriter writer) {
        try {
            deleteTree(partOf(folder));
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
        continueFolder(folder, writer);
    }

    /**
     * As {@link #writeFolder}, but the writer is given what a killed writer of the same folder left in the temporary sibling, and
     * must know how to go on from it. A writer that fails leaves nothing.
     */
    public static void continueFolder(Path folder, FolderWriter writer) {
        Path part = partOf(folder);
        try {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw UserError.failure(folder + ": exists already; remove it or choose another output folder", null);
            }
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Files.createDirectories(part);
            writer.write(part);
            forceTree(part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(folder.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        } finally {
            deleteQuietly(part);
        }
    }

    /** Removes a file or a folder with all it holds; links are removed, not followed. Absent is fine. */
    public static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException problem) throws IOException {
                if (problem != null) {
                    throw problem;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Path partOf(Path target) {
        return target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".part");
    }

    private static UserError cannotWrite(Path target, IOException cause) {
        return UserError.failure(target + ": cannot be written (" + cause + "); check permissions and free space", cause);
    }

    private static void forceTree(Path root) throws IOException {
        try (var entries = Files.walk(root)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    try (FileChannel channel = FileChannel.open(entry, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
            }
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path part) {
        try {
            deleteTree(part);
        } catch (IOException leftBehind) {
            // the next writer of the same target removes it
        }
    }
}
