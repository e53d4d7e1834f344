package org.equirepro.tensor.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;

/**
 * A connection from every rank to rank 0, over which nothing flows while all is well. When a process dies, however it dies, the
 * system closes its connection at once: rank 0 names it and tells all others to end. So a job does not wait for the dead, whatever
 * launcher or library it uses.
 *
 * <p>Words, one a line: {@code JOIN token rank name}, {@code WELCOME payload}, {@code FAILED code message} to rank 0,
 * {@code STOP code message} from it, {@code BYE} before a good end.
 */
final class Lifeline implements AutoCloseable {

    /** Ends this process; the message is null where another rank prints it. */
    @FunctionalInterface
    interface Ending {
        void end(int code, String message);
    }

    private record Peer(Socket socket, String name) {}

    private static final int CONNECT_MILLIS = 2000;

    private final Ranks ranks;
    private final Ending ending;
    private final byte[] payload;
    private final String address;
    private final Map<Integer, Peer> peers = new ConcurrentHashMap<>();
    private final CountDownLatch missing;
    private final AtomicBoolean over = new AtomicBoolean();
    private final ServerSocket server;

    private Lifeline(Ranks ranks, Ending ending, byte[] payload, String address, ServerSocket server) {
        this.ranks = ranks;
        this.ending = ending;
        this.payload = payload;
        this.address = address;
        this.server = server;
        this.missing = new CountDownLatch(ranks.size() - 1);
    }

    /** On rank 0: opens a port; {@code payload} is handed to each rank that joins. */
    static Lifeline host(Ranks ranks, byte[] payload, Ending ending) {
        byte[] token = new byte[16];
        new SecureRandom().nextBytes(token);
        try {
            ServerSocket server = new ServerSocket(0);
            String word = HexFormat.of().formatHex(token);
            Lifeline line = new Lifeline(ranks, ending, payload, server.getLocalPort() + " " + word + " " + String.join(" ", addresses()), server);
            line.daemon("lifeline", () -> line.accept(word));
            return line;
        } catch (IOException e) {
            throw UserError.failure(ranks + " cannot open a port for the other ranks: " + e.getMessage(), e);
        }
    }

    /** Every address of this machine under which another may reach it, the loopback last. */
    private static Set<String> addresses() throws IOException {
        Set<String> addresses = new LinkedHashSet<>();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (network.isUp() && !network.isLoopback()) {
                Collections.list(network.getInetAddresses()).stream().filter(a -> !a.isLinkLocalAddress())
                        .forEach(a -> addresses.add(a.getHostAddress()));
            }
        }
        addresses.add(InetAddress.getLoopbackAddress().getHostAddress());
        return addresses;
    }

    /** On the other ranks: connects to what rank 0's {@link #address} says. */
    static Lifeline join(Ranks ranks, String address, String name, Ending ending) {
        String[] words = address.strip().split(" ");
        IOException last = null;
        for (int i = 2; i < words.length; i++) {
            try {
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress(words[i], Integer.parseInt(words[0])), CONNECT_MILLIS);
                socket.setTcpNoDelay(true);
                send(socket, "JOIN " + words[1] + " " + ranks.rank() + " " + name);
                BufferedReader in = reader(socket);
                String[] welcome = String.valueOf(in.readLine()).split(" ");
                if (!welcome[0].equals("WELCOME")) {
                    throw new IOException(words[i] + " answers, but is not rank 0 of this job");
                }
                Lifeline line = new Lifeline(ranks, ending, HexFormat.of().parseHex(welcome.length > 1 ? welcome[1] : ""), address, null);
                line.peers.put(0, new Peer(socket, "rank 0 of " + ranks.size()));
                line.daemon("lifeline", () -> line.listen(0, in));
                return line;
            } catch (IOException e) {
                last = e;
            }
        }
        throw UserError.failure(ranks + " cannot reach rank 0 at " + address.replaceFirst("^(\\d+) \\S+", "port $1 of") + ": "
                + (last == null ? "no address" : last.getMessage()), last);
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void send(Socket socket, String line) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((line.replaceAll("\\s*\\R\\s*", " ") + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void accept(String token) {
        while (missing.getCount() > 0 && !over.get()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                daemon("lifeline", () -> welcome(socket, token));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void welcome(Socket socket, String token) {
        try {
            BufferedReader in = reader(socket);
            String[] words = String.valueOf(in.readLine()).split(" ", 4);
            if (words.length < 4 || !words[0].equals("JOIN") || !words[1].equals(token)) {
                socket.close(); // not of this job
                return;
            }
            int rank = Integer.parseInt(words[2]);
            peers.put(rank, new Peer(socket, "rank " + rank + " of " + ranks.size() + " (" + words[3] + ")"));
            send(socket, "WELCOME " + HexFormat.of().formatHex(payload));
            missing.countDown();
            listen(rank, in);
        } catch (IOException | NumberFormatException e) {
            // died while it joined: awaitAll names it
        }
    }

    /** Reads what the peer says, until it has ended. */
    private void listen(int rank, BufferedReader in) {
        String name = peers.get(rank).name;
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "BYE" -> {
                        return;
                    }
                    case "FAILED" -> endAll(rank, Integer.parseInt(words[1]), name + " failed: " + words[2]);
                    case "STOP" -> end(Integer.parseInt(words[1]), null);
                    default -> { }
                }
            }
        } catch (IOException e) {
            // a reset connection is an end like any other
        }
        String message = name + " has died (killed, out of memory, or its node went down); the job ends";
        if (ranks.rank() == 0) {
            endAll(rank, ExitCode.FAILURE.code(), message);
        } else {
            end(ExitCode.FAILURE.code(), message);
        }
    }

    private void endAll(int cause, int code, String message) {
        if (!over.get()) {
            tell("STOP " + code + " " + message, cause);
            end(code, message);
        }
    }

    private void end(int code, String message) {
        if (over.compareAndSet(false, true)) {
            ending.end(code, message);
        }
    }

    private void tell(String line, int except) {
        peers.forEach((rank, peer) -> {
            try {
                if (rank != except) {
                    send(peer.socket, line);
                }
            } catch (IOException e) {
                // it is gone already
            }
        });
    }

    /** What the other ranks need to join. */
    String address() {
        return address;
    }

    /** What rank 0 handed over. */
    byte[] payload() {
        return payload;
    }

    /** On rank 0: waits until all have joined. */
    void awaitAll(double seconds) {
        try {
            if (!missing.await((long) Math.min(1e15, seconds * 1e3), TimeUnit.MILLISECONDS)) {
                Set<Integer> absent = new TreeSet<>();
                for (int rank = 1; rank < ranks.size(); rank++) {
                    absent.add(rank);
                }
                absent.removeAll(new TreeMap<>(peers).keySet());
                throw UserError.failure(String.format("of %d ranks these have not come within %.0f s: %s; their own messages say why",
                        ranks.size(), seconds, absent), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for ranks", e);
        }
    }

    /** This rank ends badly: all others end with the same exit code, and rank 0 prints the message. */
    void fail(int code, String message) {
        if (over.compareAndSet(false, true)) {
            tell((ranks.rank() == 0 ? "STOP " : "FAILED ") + code + " " + message, -1);
        }
    }

    /** The good end of this rank. */
    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            tell("BYE", -1);
        }
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot close a port", e);
        }
    }
}
