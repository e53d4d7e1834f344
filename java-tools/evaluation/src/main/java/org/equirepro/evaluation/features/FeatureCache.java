package org.equirepro.evaluation.features;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;

/**
 * Features on disk, in a folder named by the hash of all that they depend on. Below it lies a folder for each kind, with a file for
 * every {@value #PIECE} samples, written whole and checked when opened: a run that was stopped computes what is missing, and tasks that
 * read the same at the same time share the work, each computing pieces that no other holds the lock of. What is whole is
 * never removed; whoever needs the space may remove any folder while no task runs.
 */
final class FeatureCache {

    private static final int PIECE = 16 * FeatureExtractor.BATCH;
    private static final String TENSOR = "features";
    private static final String CONTENT = "content";
    private static final long POLL_MILLIS = 200;

    private final Path root;
    private final Budget budget;

    /** {@code root} is made when it is needed. */
    FeatureCache(Path root, Budget budget) {
        this.root = root;
        this.budget = budget;
    }

    /**
     * Features of all members of a source.
     *
     * @param content text of everything that they depend on but the kind; equal texts mean equal bits
     * @throws UserError to run again, if the time is over
     */
    Map<FeatureKind, Features> get(String content, FeatureExtractor extractor, ViewSource source, List<FeatureKind> kinds,
            FeatureExtractor.Preparation preparation) {
        return new Content(root.resolve(Hashes.sha256(content)), content, extractor, source, kinds, preparation).get();
    }

    /** One folder. */
    private final class Content {
        private final Path folder;
        private final String content;
        private final FeatureExtractor extractor;
        private final ViewSource source;
        private final List<FeatureKind> kinds;
        private final FeatureExtractor.Preparation preparation;
        private final int pieces;
        private final Map<FeatureKind, FloatBuffer[]> open = new EnumMap<>(FeatureKind.class);

        private Content(Path folder, String content, FeatureExtractor extractor, ViewSource source, List<FeatureKind> kinds,
                FeatureExtractor.Preparation preparation) {
            this.folder = folder;
            this.content = content;
            this.extractor = extractor;
            this.source = source;
            this.kinds = kinds;
            this.preparation = preparation;
            this.pieces = (source.size() + PIECE - 1) / PIECE;
            kinds.forEach(kind -> open.put(kind, new FloatBuffer[pieces]));
        }

        private Map<FeatureKind, Features> get() {
            try {
                Files.createDirectories(folder);
                try (FileChannel locks = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    while (!complete()) {
                        if (!makeSome(locks)) {
                            pause();
                        }
                    }
                }
                System.err.printf(Locale.ROOT, "features of %s: %d samples, %.1f MB in %s%n", source.name(), source.size(), bytes() / 1e6,
                        folder);
            } catch (IOException e) {
                throw UserError.failure(folder + ": cannot be written (" + e.getMessage() + "); give another --features", e);
            }
            Map<FeatureKind, Features> all = new EnumMap<>(FeatureKind.class);
            open.forEach((kind, buffers) -> all.put(kind, new StoredFeatures(source.size(), buffers[0].capacity() / end(0), PIECE,
                    List.of(buffers))));
            return all;
        }

        private int end(int piece) {
            return Math.min(source.size(), (piece + 1) * PIECE);
        }

        private boolean complete() throws IOException {
            for (int piece = 0; piece < pieces; piece++) {
                if (!absent(piece).isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        /** The kinds of which a piece is not there; the others are opened. */
        private List<FeatureKind> absent(int piece) throws IOException {
            List<FeatureKind> absent = new ArrayList<>();
            for (FeatureKind kind : kinds) {
                FloatBuffer[] buffers = open.get(kind);
                if (buffers[piece] == null) {
                    buffers[piece] = read(kind, piece).orElse(null);
                }
                if (buffers[piece] == null) {
                    absent.add(kind);
                }
            }
            return absent;
        }

        private Path file(FeatureKind kind, int piece) {
            return folder.resolve(kind.word()).resolve(String.format(Locale.ROOT, "%06d.safetensors", piece));
        }

        private Optional<FloatBuffer> read(FeatureKind kind, int piece) throws IOException {
            Path file = file(kind, piece);
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            try {
                SafeTensors tensors = SafeTensors.open(file);
                tensors.verify();
                if (!content.equals(tensors.metadata().get(CONTENT)) || tensors.shape(TENSOR)[0] != end(piece) - piece * PIECE) {
                    throw UserError.badData(file, "holds features of something else");
                }
                return Optional.of(tensors.bytes(TENSOR).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
            } catch (UserError e) {
                System.err.println("computed again: " + e.getMessage());
                Files.deleteIfExists(file);
                return Optional.empty();
            }
        }

        /**
         * Computes pieces one after the other until one is there or in another's hands. Where a run begins differs from process to
         * process, so that they seldom meet.
         *
         * @return false if all that is missing is in others' hands
         */
        private boolean makeSome(FileChannel locks) throws IOException {
            int begin = (int) (ProcessHandle.current().pid() % pieces);
            boolean made = false;
            for (int i = 0; i < pieces; i++) {
                int piece = (begin + i) % pieces;
                if (!absent(piece).isEmpty()) {
                    made |= makeFrom(piece, locks);
                }
            }
            return made;
        }

        private boolean makeFrom(int first, FileChannel locks) throws IOException {
            int behind = first + 1;
            while (behind < pieces && !absent(behind).isEmpty()) {
                behind++;
            }
            boolean made = false;
            Loader<ViewSource.Views> loader = null;
            try {
                for (int piece = first; piece < behind; piece++) {
                    int at = piece;
                    try (FileLock lock = lock(locks, piece)) {
                        List<FeatureKind> absent = lock == null ? List.of() : absent(piece);
                        if (absent.isEmpty()) {
                            break;
                        }
                        budget.check();
                        if (loader == null) {
                            loader = extractor.loader(source, 0, 0, first * PIECE, end(behind - 1));
                        }
                        extractor.rows(loader, piece * PIECE, end(piece), absent, preparation)
                                .forEach((kind, matrix) -> write(file(kind, at), matrix));
                        made = true;
                    }
                }
            } finally {
                if (loader != null) {
                    loader.close();
                }
            }
            return made;
        }

        /** The lock of a piece, a byte of the file for each; null if another holds it. */
        private FileLock lock(FileChannel locks, int piece) throws IOException {
            try {
                return locks.tryLock(piece, 1, false);
            } catch (OverlappingFileLockException heldInThisProcess) {
                return null;
            }
        }

        private void write(Path file, FeatureMatrix matrix) {
            SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
            tensors.put(TENSOR, SafeTensors.Tensor.of(matrix.values(), matrix.rows(), matrix.columns()));
            SafeTensors.write(file, tensors, new TreeMap<>(Map.of(CONTENT, content)));
            budget.saved();
        }

        private void pause() {
            budget.check();
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw UserError.savedRunAgain(folder + ": interrupted while waiting for another process");
            }
        }

        private long bytes() throws IOException {
            long bytes = 0;
            for (FeatureKind kind : kinds) {
                for (int piece = 0; piece < pieces; piece++) {
                    bytes += Files.size(file(kind, piece));
                }
            }
            return bytes;
        }
    }
}
