package org.equirepro.vision.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.equirepro.base.UserError;

/** A data set that lies unpacked in a folder. Links are followed: it is the user's own file system. */
final class FolderTree implements SourceTree {

    private final Path root;
    private final List<String> files;

    private FolderTree(Path root, List<String> files) {
        this.root = root;
        this.files = files;
    }

    static FolderTree open(Path root) {
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            String separator = root.getFileSystem().getSeparator();
            List<String> files = walk.filter(Files::isRegularFile)
                    .map(f -> root.relativize(f).toString().replace(separator, "/")).sorted().toList();
            return new FolderTree(root, files);
        } catch (IOException | java.io.UncheckedIOException e) {
            throw UserError.badData(root, "cannot be listed: " + e.getMessage(), e);
        }
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public byte[] read(String file) throws IOException {
        return Files.readAllBytes(path(file));
    }

    @Override
    public InputStream stream(String file) throws IOException {
        return new BufferedInputStream(Files.newInputStream(path(file)), 1 << 16);
    }

    @Override
    public SourceTree nested(String file, Spool spool, Published published) {
        return Archives.open(path(file), spool, published);
    }

    @Override
    public Path path(String file) {
        return root.resolve(file);
    }

    @Override
    public Map<String, String> provenance() {
        return Map.of("form", "folder");
    }

    @Override
    public void close() {}
}
