package org.equirepro.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadTest {

    @TempDir
    Path folder;

    private final Download download = new Download(null, Duration.ofMillis(1));
    private final List<String> ranges = new ArrayList<>();
    private byte[] contents = new byte[100_000];
    private boolean knowsRanges = true;
    private int status;
    private int cutAfter = Integer.MAX_VALUE;
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        new Random(1).nextBytes(contents);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Sends at most {@code cutAfter} bytes of what it promised. */
    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(range);
        if (status >= 400) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        int from = knowsRanges ? Integer.parseInt(range.replaceAll("[^0-9]", "")) : 0;
        exchange.sendResponseHeaders(knowsRanges ? 206 : 200, contents.length - from);
        exchange.getResponseBody().write(contents, from, Math.min(cutAfter, contents.length - from));
        exchange.close();
    }

    private URL at(String name) throws IOException {
        return URI.create("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/" + name).toURL();
    }

    private Path fetch() throws IOException {
        Path to = folder.resolve("a.jar");
        download.fetch(at("a.jar"), to, contents.length, Hashes.sha256(contents));
        return to;
    }

    @Test
    void aBrokenConnectionGoesOnWhereItBroke() throws IOException {
        cutAfter = 40_000;
        assertArrayEquals(contents, Files.readAllBytes(fetch()));
        assertEquals(List.of("bytes=0-", "bytes=40000-", "bytes=80000-"), ranges);
    }

    @Test
    void whatAnEarlierRunLeftIsNotFetchedAgain() throws IOException {
        Files.write(folder.resolve("a.jar.part"), Arrays.copyOf(contents, 99_000));
        assertArrayEquals(contents, Files.readAllBytes(fetch()));
        assertEquals(List.of("bytes=99000-"), ranges);
        assertFalse(Files.exists(folder.resolve("a.jar.part")));
    }

    @Test
    void aServerWithoutRangesWorks() throws IOException {
        knowsRanges = false;
        Files.write(folder.resolve("a.jar.part"), Arrays.copyOf(contents, 500));
        assertArrayEquals(contents, Files.readAllBytes(fetch()));
    }

    @Test
    void otherContentsAreRefusedAndRemoved() throws IOException {
        byte[] wrong = Arrays.copyOf(contents, 500);
        wrong[7]++;
        Files.write(folder.resolve("a.jar.part"), wrong);
        UserError e = assertThrows(UserError.class, this::fetch);
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(e.getMessage().contains("SHA-256"), e.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void afterSeveralTriesWithoutAByteTheMirrorIsNamed() {
        status = 503;
        UserError e = assertThrows(UserError.class, this::fetch);
        assertTrue(e.getMessage().contains("HTTP status 503") && e.getMessage().contains("EQUIREPRO_MAVEN_REPOSITORY"), e.getMessage());
        assertEquals(8, ranges.size());
    }

    @Test
    void whatTheServerDoesNotHaveIsAskedForOnce() {
        status = 404;
        UserError e = assertThrows(UserError.class, this::fetch);
        assertTrue(e.getMessage().contains("HTTP status 404") && e.getMessage().contains("EQUIREPRO_MAVEN_REPOSITORY"), e.getMessage());
        assertEquals(1, ranges.size());
    }

    @Test
    void onlyTheWantedFilesAreUnpackedAndTheJarIsRemoved() throws IOException {
        contents = zip("in/wanted.so", "in/other.so");
        NativeSet set = setOf(Hashes.sha256("in/wanted.so"));
        Path out = folder.resolve("set");
        new NativeSets(URI.create(at("").toString()), download).fetch(set, out);
        assertEquals("in/wanted.so", Files.readString(out.resolve("sub/renamed.so")));
        assertEquals(List.of(), set.problems(out, Long.MAX_VALUE));
        try (var left = Files.walk(folder)) {
            assertEquals(4, left.count()); // folder, set, sub, renamed.so
        }
    }

    @Test
    void aFileThatWasNotPublishedLeavesNoFolder() throws IOException {
        contents = zip("in/wanted.so");
        NativeSets sets = new NativeSets(URI.create(at("").toString()), download);
        UserError e = assertThrows(UserError.class, () -> sets.fetch(setOf("00"), folder.resolve("set")));
        assertTrue(e.getMessage().contains("wanted.so"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("set")));
    }

    private NativeSet setOf(String sha256) {
        var file = new NativeSet.Library("sub/renamed.so", "wanted.so", "in/wanted.so".length(), sha256);
        return new NativeSet("x", "1", "cpu", List.of(new NativeSet.Jar("a.jar", contents.length, Hashes.sha256(contents), "in/",
                List.of(file))));
    }

    /** Files that hold their own names. */
    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes());
            }
        }
        return bytes.toByteArray();
    }
}
