package org.equirepro.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the methods of a resource file into the zip that libtorch loads as a TorchScript module without parameters: code, a
 * pickle of the module's only attribute, no constants. No Python is involved.
 */
public final class ScriptArchive {

    private static final String HEADER = "class Ops(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    private ScriptArchive() {}

    /** Archive of the operators in {@code ops.py}. */
    static byte[] operators() {
        try (InputStream in = ScriptArchive.class.getResourceAsStream("ops.py")) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Archive of methods written as in {@code ops.py}. */
    public static byte[] of(String methods) {
        try {
            return pack(HEADER + methods(methods));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops comments and blank lines, indents, and gives each method its receiver. */
    private static String methods(String source) {
        StringBuilder methods = new StringBuilder();
        for (String line : source.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String method = line.startsWith("def ") ? line.replaceFirst("\\(", "(self: __torch__.Ops, ") : line;
            methods.append("  ").append(method).append('\n');
        }
        return methods.toString();
    }

    private static byte[] pack(String code) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("ops/data.pkl", moduleState());
        files.put("ops/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
        files.put("ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'}); // an empty tuple
        files.put("ops/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        files.put("ops/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                CRC32 crc = new CRC32();
                crc.update(file.getValue());
                entry.setCrc(crc.getValue());
                entry.setSize(file.getValue().length);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Pickle (protocol 2) of an instance of {@code __torch__.Ops} whose state is {@code {'training': True}}. */
    private static byte[] moduleState() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2}); // PROTO 2
        pickle.write("c__torch__\nOps\n)".getBytes(StandardCharsets.US_ASCII)); // GLOBAL, EMPTY_TUPLE
        pickle.write(new byte[] {(byte) 0x81, '}', '('}); // NEWOBJ, EMPTY_DICT, MARK
        byte[] key = "training".getBytes(StandardCharsets.US_ASCII);
        pickle.write(new byte[] {'X', (byte) key.length, 0, 0, 0}); // BINUNICODE
        pickle.write(key);
        pickle.write(new byte[] {(byte) 0x88, 'u', 'b', '.'}); // NEWTRUE, SETITEMS, BUILD, STOP
        return pickle.toByteArray();
    }
}
