package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.equirepro.base.UserError;

/**
 * Temporary files in one folder for what cannot be read in place: the inside of a gzip file, an archive in an archive. A file
 * appears under its name when it is whole, and its name says what it was made from, so a run that was killed finds it again.
 */
public record Spool(Path folder, ArchiveLimits limits) {

    /** Gives the bytes to keep. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    /**
     * Unpacks a gzip file.
     *
     * @param shown how errors name it
     * @param sha256 of the packed bytes
     * @throws UserError if it unpacks to more than the limits allow
     */
    Path unpacked(Path shown, Path packed, String sha256) throws IOException {
        long packedSize = Math.max(Files.size(packed), 1);
        return keep("unpacked-" + sha256.substring(0, 16) + ".tar", () -> new GZIPInputStream(Files.newInputStream(packed), 1 << 16),
                total -> {
                    if (total > limits.bytes()) {
                        throw UserError.badData(shown, "unpacks to more than " + limits.bytes() + " bytes; refused as a bomb");
                    }
                    limits.requireRatio(shown, total, packedSize);
                });
    }

    /** Copies a file out of an archive; {@code name} must differ for different contents. */
    Path copied(String name, Opener from) throws IOException {
        return keep("copied-" + name, from, total -> { });
    }

    private Path keep(String name, Opener from, LongConsumer check) throws IOException {
        Path whole = folder.resolve("." + name);
        if (Files.exists(whole)) {
            return whole;
        }
        Path part = folder.resolve("." + name + ".part");
        boolean done = false;
        try (InputStream in = from.open(); OutputStream out = Files.newOutputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            long total = 0;
            for (int n; (n = in.read(buffer)) >= 0; ) {
                total += n;
                check.accept(total);
                out.write(buffer, 0, n);
            }
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(part);
            }
        }
        return Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    }
}
