package org.equirepro.tensor.io;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.Pickle.Dict;
import org.equirepro.tensor.io.Pickle.Opaque;
import org.equirepro.tensor.io.Pickle.Sequence;
import org.equirepro.tensor.io.TorchValues.Storage;
import org.equirepro.tensor.io.TorchValues.View;

/**
 * A checkpoint written by {@code torch.save}: the zip format (since PyTorch 1.6) or the stream of pickles before it. The
 * pickle is read by {@link PickleMachine}, which executes nothing; tensors stay in the file until they are written elsewhere.
 */
public final class PthFile {

    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    /** An expanded view repeats its storage; beyond so many elements that is no weight but an attack. */
    private static final long MAX_REPEATED = 1 << 24;

    private final Path file;
    private final Object root;
    private final Map<String, FileRegion> regions;

    private PthFile(Path file, Object root, Map<String, FileRegion> regions) {
        this.file = file;
        this.root = root;
        this.regions = regions;
    }

    /** @throws UserError if it is no checkpoint of either format, or damaged */
    public static PthFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such checkpoint");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 'P' && magic[1] == 'K' ? zip(file) : legacy(file);
        } catch (IOException e) {
            throw UserError.badData(file, "corrupt or no PyTorch checkpoint: " + e.getMessage(), e);
        }
    }

    private static PthFile zip(Path file) throws IOException {
        Map<String, StoredZip.Entry> entries = StoredZip.read(file);
        List<String> pickles = entries.keySet().stream().filter(n -> n.equals("data.pkl") || n.endsWith("/data.pkl")).sorted().toList();
        if (pickles.size() != 1) {
            throw UserError.badData(file, "is a zip archive with " + pickles.size() + " data.pkl; not written by torch.save");
        }
        String folder = pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
        if (entries.containsKey(folder + "constants.pkl")) {
            throw UserError.badData(file, "is a TorchScript archive; in Python, torch.save(torch.jit.load(FILE).state_dict(), NEW)");
        }
        StoredZip.Entry byteOrder = entries.get(folder + "byteorder");
        boolean big = byteOrder != null && byteOrder.region().length() < 16 && text(byteOrder.region()).startsWith("big");
        TorchValues values = new TorchValues();
        StoredZip.Entry pickle = entries.get(pickles.get(0));
        requireCrc(file, pickles.get(0), pickle);
        Object root;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new RegionStream(pickle.region())))) {
            root = PickleMachine.read(in, values);
        }
        Map<String, FileRegion> regions = new HashMap<>();
        for (Storage storage : values.storages().values()) {
            StoredZip.Entry entry = entries.get(folder + "data/" + storage.key());
            if (entry != null && entry.region().length() >= bytes(storage)) {
                requireCrc(file, folder + "data/" + storage.key(), entry);
                regions.put(storage.key(), new FileRegion(file, entry.region().offset(), bytes(storage),
                        big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
            }
        }
        return new PthFile(file, root, regions);
    }

    private static void requireCrc(Path file, String name, StoredZip.Entry entry) throws IOException {
        CRC32 crc = new CRC32();
        entry.region().writeTo(crc::update);
        if ((int) crc.getValue() != entry.crc()) {
            throw UserError.badData(file, "corrupt: entry " + name + " does not have the archive's CRC-32; fetch it again, or load and "
                    + "save it in Python if it was saved without checksums");
        }
    }

    private static String text(FileRegion region) throws IOException {
        return StandardCharsets.US_ASCII.decode(region.map(0, region.length())).toString();
    }

    /** Five pickles (magic, protocol, system, object, keys of the storages), then each storage: its count and its elements. */
    private static PthFile legacy(Path file) throws IOException {
        TorchValues values = new TorchValues();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                CountedStream counted = new CountedStream(new BufferedInputStream(Channels.newInputStream(channel)))) {
            DataInputStream in = new DataInputStream(counted);
            if (!LEGACY_MAGIC.equals(PickleMachine.read(in, values)) || !Long.valueOf(1001).equals(PickleMachine.read(in, values))) {
                throw new IOException("neither a zip archive nor torch.save's older stream");
            }
            PickleMachine.read(in, values);
            Object root = PickleMachine.read(in, values);
            if (!(PickleMachine.read(in, values) instanceof Sequence keys)) {
                throw new IOException("the list of storages is missing");
            }
            Map<String, FileRegion> regions = new HashMap<>();
            long at = counted.count();
            for (Object key : keys.items()) {
                Storage storage = key instanceof String name ? values.storages().get(name) : null;
                ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                if (storage == null || channel.read(count, at) != 8 || count.getLong(0) != storage.count()
                        || bytes(storage) > channel.size() - at - 8) {
                    throw new IOException("storage " + key + " is cut or not that of the pickle");
                }
                regions.put(storage.key(), new FileRegion(file, at + 8, bytes(storage)));
                at += 8 + bytes(storage);
            }
            return new PthFile(file, root, regions);
        }
    }

    private static long bytes(Storage storage) {
        return storage.count() > Long.MAX_VALUE / 16 ? Long.MAX_VALUE : storage.count() * storage.type().bytes();
    }

    public Path file() {
        return file;
    }

    /** Names of the top entries that are sections; for messages. */
    public List<String> sections() {
        return root instanceof Dict dict ? dict.items().entrySet().stream().filter(e -> e.getValue() instanceof Dict)
                .map(e -> String.valueOf(e.getKey())).toList() : List.of();
    }

    /**
     * The tensors of a section by name. An entry that is none, such as an object of an unknown class, is a tensor whose
     * content cannot be read; other values are left out.
     *
     * @param key of the section; empty for the whole file
     * @return empty if there is no such section, or no tensor in it
     */
    public TreeMap<String, Source> tensors(String key) {
        Object section = root;
        for (String part : key.isEmpty() ? new String[0] : key.split("\\.")) {
            section = section instanceof Dict dict ? dict.items().get(part) : null;
        }
        TreeMap<String, Source> tensors = new TreeMap<>();
        if (section instanceof Dict dict) {
            dict.items().forEach((name, value) -> {
                if (name instanceof String text && value instanceof View view) {
                    tensors.put(text, source(view));
                } else if (name instanceof String text && value instanceof Opaque opaque) {
                    tensors.put(text, Source.unreadable("is made by " + opaque.name() + ", which is not known here"));
                }
            });
        }
        return tensors;
    }

    private Source source(View view) {
        Storage storage = view.storage();
        FileRegion region = regions.get(storage.key());
        if (region == null) {
            return Source.unreadable("lies in storage " + storage.key() + ", which is missing or cut");
        }
        long count;
        long last = 0;
        try {
            count = SafeTensors.bytes(SafeTensors.Type.U8, view.shape());
            for (int d = 0; d < view.shape().length && count > 0; d++) {
                last = Math.addExact(last, Math.multiplyExact(view.shape()[d] - 1, view.stride()[d]));
            }
            last = Math.addExact(last, view.offset());
            if (count > 0 && (last >= storage.count() || Math.addExact(last, storage.offset()) >= region.length() / storage.type().bytes())
                    || count > Math.max(storage.count(), MAX_REPEATED)) {
                return Source.unreadable("reaches beyond its storage " + storage.key());
            }
        } catch (ArithmeticException e) {
            return Source.unreadable("has a shape beyond all bounds, " + Arrays.toString(view.shape()));
        }
        long first = storage.offset() + view.offset();
        int size = storage.type().bytes();
        boolean straight = contiguous(view) && region.order() == ByteOrder.LITTLE_ENDIAN;
        Content content = count == 0 ? sink -> { } : straight
                ? new FileRegion(file, region.offset() + first * size, count * size)
                : new StridedContent(region, size, first, view.shape(), view.stride());
        return Source.of(new SafeTensors.Tensor(storage.type(), view.shape(), content));
    }

    private static boolean contiguous(View view) {
        long expected = 1;
        for (int d = view.shape().length - 1; d >= 0; d--) {
            if (view.shape()[d] != 1 && view.stride()[d] != expected) {
                return false;
            }
            expected *= view.shape()[d];
        }
        return true;
    }

    /**
     * A tensor of a checkpoint.
     *
     * @param tensor null if it cannot be read
     * @param problem why not; null if it can
     */
    public record Source(SafeTensors.Tensor tensor, String problem) {

        public static Source of(SafeTensors.Tensor tensor) {
            return new Source(tensor, null);
        }

        static Source unreadable(String problem) {
            return new Source(null, problem);
        }
    }

    /** Counts what was read, so that the bytes behind the pickles are found. */
    private static final class CountedStream extends FilterInputStream {
        private long count;

        CountedStream(InputStream in) {
            super(in);
        }

        long count() {
            return count;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = in.read(bytes, from, length);
            count += Math.max(0, n);
            return n;
        }
    }

    /** A region as a stream. */
    private static final class RegionStream extends InputStream {
        private final FileRegion region;
        private long at;

        RegionStream(FileRegion region) {
            this.region = region;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = (int) Math.min(length, region.length() - at);
            if (n <= 0) {
                return -1;
            }
            region.map(at, n).get(bytes, from, n);
            at += n;
            return n;
        }
    }
}
