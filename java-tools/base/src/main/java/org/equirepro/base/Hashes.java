package org.equirepro.base;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts, bytes and files, and MD5 where others publish it, as lower-case hexadecimal. */
public final class Hashes {

    private Hashes() {}

    /** Two checksums of one file. */
    public record Digests(String md5, String sha256) {}

    public static MessageDigest sha256() {
        return digest("SHA-256");
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + name, e);
        }
    }

    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String sha256(byte[] bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return hex(digest);
    }

    public static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Streams the file; any size. */
    public static String sha256(Path file) throws IOException {
        MessageDigest digest = sha256();
        update(file, digest);
        return hex(digest);
    }

    /** Both checksums in one pass over the file; MD5 is what many data sets publish. */
    public static Digests digests(Path file) throws IOException {
        MessageDigest md5 = digest("MD5");
        MessageDigest sha256 = sha256();
        update(file, md5, sha256);
        return new Digests(hex(md5), hex(sha256));
    }

    private static void update(Path file, MessageDigest... digests) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                for (MessageDigest digest : digests) {
                    digest.update(buffer, 0, n);
                }
            }
        }
    }
}
