package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;

/** The files of a data set as it was published: a folder, or a tar or zip archive that is read in place. Threads may share it. */
public interface SourceTree extends AutoCloseable {

    /**
     * Opens a folder, a {@code .tar}, a {@code .zip}, or a {@code .tar.gz} / {@code .tgz}.
     *
     * @param spool an existing folder for the unpacked form of a compressed archive; what is put there goes with {@link #close}
     * @throws UserError if the source is absent, of another kind, truncated, or holds unsafe entries
     */
    static SourceTree open(Path source, Path spool) {
        return open(source, spool, ArchiveLimits.DEFAULT);
    }

    /** As above with other limits. */
    static SourceTree open(Path source, Path spool, ArchiveLimits limits) {
        if (Files.isDirectory(source)) {
            return FolderTree.open(source);
        }
        if (!Files.isRegularFile(source)) {
            throw UserError.missing(source, "no such file or folder");
        }
        String name = source.getFileName().toString();
        if (name.matches("(?i).*\\.(tar|tar\\.gz|tgz)")) {
            return TarTree.open(source, spool, limits);
        }
        if (name.matches("(?i).*\\.zip")) {
            return ZipTree.open(source, limits);
        }
        throw UserError.badData(source, "is neither a folder nor a .tar, .tar.gz, .tgz or .zip archive");
    }

    /** Paths of all regular files with {@code /} between the parts, sorted by {@link String#compareTo}. */
    List<String> files();

    /** The whole file. */
    byte[] read(String file) throws IOException;

    /** The bytes of a file of any size, one after the other; the caller closes the stream. */
    InputStream stream(String file) throws IOException;

    /** How errors name a file of the tree. */
    Path path(String file);

    /** Facts about the source that do not depend on where it lies. */
    Map<String, String> provenance();

    @Override
    void close() throws IOException;
}
