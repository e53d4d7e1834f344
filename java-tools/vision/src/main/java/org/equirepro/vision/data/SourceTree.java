package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;

/** The files of a data set as it was published: a folder, or an archive that is read in place. Threads may share it. */
public interface SourceTree extends AutoCloseable {

    /**
     * Opens a folder, a {@code .tar}, a {@code .tar.gz} / {@code .tgz}, or a {@code .zip}.
     *
     * @param spool an existing folder for the unpacked form of a compressed archive; what is put there goes with {@link #close}
     * @throws UserError if the source is absent, of another kind, truncated, or holds unsafe entries
     */
    static SourceTree open(Path source, Path spool) {
        return open(source, new Spool(spool, ArchiveLimits.DEFAULT), Published.UNKNOWN);
    }

    /** As above; an archive that is among the published ones is compared with its published size and checksum first. */
    static SourceTree open(Path source, Spool spool, Published published) {
        if (Files.isDirectory(source)) {
            return FolderTree.open(source);
        }
        if (!Files.isRegularFile(source)) {
            throw UserError.missing(source, "no such file or folder");
        }
        if (Archives.isArchive(source.getFileName().toString())) {
            return Archives.open(source, spool, published);
        }
        throw UserError.badData(source, "is neither a folder nor a .tar, .tar.gz, .tgz or .zip archive");
    }

    /** Paths of all regular files with {@code /} between the parts, sorted by {@link String#compareTo}. */
    List<String> files();

    /** The whole file. */
    byte[] read(String file) throws IOException;

    /** The bytes of a file of any size, one after the other; the caller closes the stream. */
    InputStream stream(String file) throws IOException;

    /** Opens an archive that is a file of this tree; it must be closed before this tree is. */
    SourceTree nested(String file, Spool spool, Published published) throws IOException;

    /** How errors name a file of the tree. */
    Path path(String file);

    /** Facts about the source that do not depend on where it lies. */
    Map<String, String> provenance();

    @Override
    void close() throws IOException;
}
