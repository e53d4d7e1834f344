package org.equirepro.tensor.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;

final class LifelineTest {

    private record End(int rank, int code, String message) {}

    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();

    private Lifeline.Ending ending(int rank) {
        return (code, message) -> ends.add(new End(rank, code, message));
    }

    private Lifeline host(int size) {
        return Lifeline.host(new Ranks(0, size, 0, "test"), new byte[] {1, 2, -3}, ending(0));
    }

    private Lifeline join(Lifeline host, int rank, int size) {
        return Lifeline.join(new Ranks(rank, size, rank, "test"), host.address(), "node" + rank, ending(rank));
    }

    private End next() throws InterruptedException {
        return ends.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void everyRankReceivesWhatRankZeroHandsOver() {
        Lifeline host = host(3);
        assertArrayEquals(new byte[] {1, 2, -3}, join(host, 1, 3).payload());
        join(host, 2, 3);
        host.awaitAll(10);
    }

    @Test
    void aRankThatFailsEndsAllOthersWithItsCodeAndRankZeroNamesIt() throws InterruptedException {
        Lifeline host = host(3);
        Lifeline one = join(host, 1, 3);
        join(host, 2, 3);
        host.awaitAll(10);
        one.fail(65, "no such\n tensor");
        End a = next();
        End b = next();
        End zero = a.rank == 0 ? a : b;
        End two = a.rank == 0 ? b : a;
        assertEquals(new End(0, 65, "rank 1 of 3 (node1) failed: no such tensor"), zero);
        assertEquals(2, two.rank);
        assertEquals(65, two.code);
        assertNull(two.message);
    }

    @Test
    void aRankThatGoesWithoutAWordHasDied() throws Exception {
        Lifeline host = host(2);
        String[] address = host.address().split(" ");
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", Integer.parseInt(address[0]))) {
            socket.getOutputStream().write(("JOIN " + address[1] + " 1 node1, process 7\n").getBytes());
            host.awaitAll(10);
        }
        End end = next();
        assertEquals(1, end.code);
        assertTrue(end.message.startsWith("rank 1 of 2 (node1, process 7) has died"), end.message);
    }

    @Test
    void aGoodEndEndsNobody() throws InterruptedException {
        Lifeline host = host(2);
        Lifeline one = join(host, 1, 2);
        host.awaitAll(10);
        one.close();
        host.close();
        assertNull(ends.poll(200, TimeUnit.MILLISECONDS));
    }

    @Test
    void ranksThatDoNotComeAreNamedAndStrangersAreTurnedAway() throws Exception {
        Lifeline host = host(3);
        join(host, 2, 3);
        UserError strange = assertThrows(UserError.class, () -> Lifeline.join(new Ranks(1, 3, 1, "test"),
                host.address().replaceFirst(" \\S+", " 00"), "node1", ending(1)));
        assertTrue(strange.getMessage().contains("cannot reach rank 0"), strange.getMessage());
        UserError e = assertThrows(UserError.class, () -> host.awaitAll(0.2));
        assertTrue(e.getMessage().contains("[1]"), e.getMessage());
    }
}
