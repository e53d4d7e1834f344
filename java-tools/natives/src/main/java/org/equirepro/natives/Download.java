package org.equirepro.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * One large file from the network. What has come lies in {@code FILE.part}; after a break, or in a later run, the rest is
 * asked for by an HTTP range. The file gets its name when its SHA-256 is right.
 */
final class Download {

    private static final String MIRROR = "name a mirror of Maven Central by EQUIREPRO_MAVEN_REPOSITORY";
    private static final int TRIES = 8;
    private static final int CONNECT_MILLIS = 20_000;
    private static final int READ_MILLIS = 60_000;

    private final Proxy proxy;
    private final Duration pause;

    /**
     * @param proxy host:port or its URL, as HTTPS_PROXY holds it; null or empty for none
     * @param pause before the second try; longer before each further one
     */
    Download(String proxy, Duration pause) {
        this.proxy = proxyOf(proxy);
        this.pause = pause;
    }

    private static Proxy proxyOf(String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        URI uri = URI.create(text.contains("://") ? text : "http://" + text);
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw UserError.usage("HTTPS_PROXY must be http://HOST:PORT, found " + text);
        }
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), uri.getPort()));
    }

    /**
     * Fetches {@code from} to {@code to}.
     *
     * @throws UserError after several tries without a byte more, or if the contents are not those expected
     */
    void fetch(URL from, Path to, long bytes, String sha256) throws IOException {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        Files.createDirectories(to.toAbsolutePath().getParent());
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (have > bytes) {
            Files.delete(part);
            have = 0;
        }
        Progress progress = new Progress(to.getFileName().toString(), have, bytes);
        for (int failures = 0; have < bytes; ) {
            String reason;
            try {
                append(from, part, have, bytes, progress);
                reason = "ended early";
            } catch (IOException e) {
                reason = e.toString();
            }
            long now = Files.exists(part) ? Files.size(part) : 0;
            failures = now > have ? 0 : failures + 1;
            have = now;
            if (have < bytes && failures == TRIES) {
                throw UserError.failure(from + ": " + reason + " after " + have + " of " + bytes + " bytes; run again to go on from"
                        + " there, or " + MIRROR, null);
            }
            if (have < bytes) {
                System.err.println("natives: " + reason + "; trying again after " + have + " of " + bytes + " bytes");
                pause(failures);
            }
        }
        String found = Hashes.sha256(part);
        if (have != bytes || !found.equals(sha256)) {
            Files.delete(part);
            throw UserError.badData(to, "not what Maven Central published (SHA-256 " + found + " instead of " + sha256
                    + "), removed; run again, or check the mirror " + from);
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private void append(URL from, Path part, long have, long bytes, Progress progress) throws IOException {
        URLConnection connection = proxy == null ? from.openConnection() : from.openConnection(proxy);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        boolean rest = false;
        if (connection instanceof HttpURLConnection http) {
            http.setRequestProperty("Range", "bytes=" + have + "-");
            int status = http.getResponseCode();
            if (status / 100 == 4) { // trying again will not help
                throw UserError.failure(connection.getURL() + ": HTTP status " + status + "; " + MIRROR, null);
            }
            if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_PARTIAL) {
                throw new IOException("HTTP status " + status);
            }
            rest = status == HttpURLConnection.HTTP_PARTIAL;
        }
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            if (!rest) { // files and servers without ranges give all again
                in.skipNBytes(have);
            }
            byte[] buffer = new byte[1 << 18];
            for (int n; have < bytes && (n = in.read(buffer)) >= 0; ) {
                out.write(buffer, 0, n);
                have += n;
                progress.at(have);
            }
        }
    }

    private void pause(int failures) {
        try {
            Thread.sleep(pause.toMillis() << Math.min(failures, 4));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserError.failure("interrupted", e);
        }
    }
}
