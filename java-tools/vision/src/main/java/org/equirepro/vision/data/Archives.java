package org.equirepro.vision.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.ZipException;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/** Opens archive files by the endings of their names. */
final class Archives {

    private Archives() {}

    static boolean isArchive(String name) {
        return name.matches("(?i).*\\.(tar|tar\\.gz|tgz|zip)");
    }

    /** The name without its ending. */
    static String stem(String name) {
        return name.replaceFirst("(?i)\\.(tar|tar\\.gz|tgz|zip)$", "");
    }

    /** Checks size and checksum where they are published, then opens the archive; problems name it. */
    static SourceTree open(Path archive, Spool spool, Published published) {
        return naming(archive, () -> {
            String sha256 = published.verified(archive);
            return open(archive, archive, sha256, null, spool);
        });
    }

    /** Opens an archive that must be copied out of another first; the copy goes when it is closed. */
    static SourceTree copied(Path shown, Spool.Opener bytes, Spool spool) {
        return naming(shown, () -> {
            String name = shown.getFileName().toString();
            Path copy = spool.copied(Hashes.sha256(shown.toString()).substring(0, 16) + "-" + name, bytes);
            boolean opened = false;
            try {
                SourceTree tree = open(shown, copy, Hashes.sha256(copy), copy, spool);
                opened = true;
                return tree;
            } finally {
                if (!opened) {
                    Files.deleteIfExists(copy);
                }
            }
        });
    }

    /** {@code temporary} is a file to remove on closing, or null. */
    private static SourceTree open(Path shown, Path file, String sha256, Path temporary, Spool spool) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".zip")) {
            return ZipTree.open(shown, file, sha256, temporary, spool.limits());
        }
        if (name.endsWith(".tar")) {
            return tar(shown, file, sha256, temporary, spool.limits());
        }
        Path tar = spool.unpacked(shown, file, sha256);
        if (temporary != null) {
            Files.delete(temporary);
        }
        return tar(shown, tar, sha256, tar, spool.limits());
    }

    private static SourceTree tar(Path shown, Path tar, String sha256, Path temporary, ArchiveLimits limits) throws IOException {
        FileChannel channel = FileChannel.open(tar, StandardOpenOption.READ);
        boolean opened = false;
        try {
            TarTree tree = new TarTree(shown, channel, 0, channel.size(), sha256, limits, () -> {
                channel.close();
                if (temporary != null) {
                    Files.deleteIfExists(temporary);
                }
            });
            opened = true;
            return tree;
        } finally {
            if (!opened) {
                channel.close();
                if (temporary != null) {
                    Files.deleteIfExists(temporary);
                }
            }
        }
    }

    /** Opens an archive. */
    @FunctionalInterface
    interface Opening {
        SourceTree open() throws IOException;
    }

    /** Turns what the parsers throw into an error that names the archive. */
    static SourceTree naming(Path archive, Opening opening) {
        try {
            return opening.open();
        } catch (EOFException e) {
            throw UserError.badData(archive, "truncated archive (it ends in the middle); fetch it again", e);
        } catch (ZipException e) {
            throw UserError.badData(archive, "damaged or not a gzip or zip file (" + e.getMessage() + "); fetch it again", e);
        } catch (IOException e) {
            throw UserError.badData(archive, "damaged or truncated archive (" + e.getMessage() + "); fetch it again", e);
        }
    }

    /** Refuses a file that does not fit into one array. */
    static void requireArray(Path file, long size) {
        if (size > Integer.MAX_VALUE - 8) {
            throw UserError.badData(file, "has " + size + " bytes; files of 2 GiB and more are not read");
        }
    }

    /** At most {@code size} bytes of a stream, and all of them; {@code size} is not trusted, so memory grows with what comes. */
    static byte[] exactly(InputStream in, long size) throws IOException {
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new EOFException("ends early");
        }
        return bytes;
    }
}
