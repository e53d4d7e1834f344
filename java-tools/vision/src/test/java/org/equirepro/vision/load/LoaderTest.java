package org.equirepro.vision.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoaderTest {

    private static final int SIZE = 23;

    /** Views whose bytes tell member, epoch and view. */
    private record Numbers(Set<Integer> bad, AtomicInteger made) implements ViewSource {

        private Numbers(Integer... bad) {
            this(Set.of(bad), new AtomicInteger());
        }

        @Override
        public String name() {
            return "numbers";
        }

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public int[] sides() {
            return new int[] {2, 1, 1};
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            made.incrementAndGet();
            if (bad.contains(member)) {
                throw UserError.badData(Path.of("picture-" + member), "damaged");
            }
            for (int v = 0; v < out.length; v++) {
                Arrays.fill(out[v], (byte) (member + 40 * v + epoch));
            }
        }
    }

    @Test
    void aMeasurementSeesEveryMemberOnceInOrder() {
        for (int from : new int[] {0, 2}) {
            List<Integer> seen = new ArrayList<>();
            try (Loader<ViewSource.Views> loader = Loader.ascending(new Numbers(), 5, 7, 4, from, 6, 3)) {
                for (int step = from; step < 6; step++) {
                    Loader.Batch<ViewSource.Views> batch = loader.next();
                    assertEquals(step == 5 ? 3 : 4, batch.members().length);
                    for (int i = 0; i < batch.members().length; i++) {
                        seen.add(batch.members()[i]);
                        assertEquals((byte) (batch.members()[i] + 7), batch.samples().pixels()[0].get(4 * 3 * i));
                    }
                    assertEquals(batch.members().length * 3, batch.samples().pixels()[1].capacity());
                }
            }
            assertEquals(IntStream.range(4 * from, SIZE).boxed().toList(), seen);
        }
    }

    @Test
    void aMeasurementReplacesNoSample() {
        try (Loader<ViewSource.Views> loader = Loader.ascending(new Numbers(2), 5, 0, 4, 0, 6, 1)) {
            UserError error = assertThrows(UserError.class, loader::next);
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
        }
    }

    private static Loader<ViewSource.Views> loader(ViewSource source, int batch, int rank, int ranks, long from, long to, int threads, double limit) {
        return new Loader<>(source, new Loader.Options(5, batch, rank, ranks, from, to, threads, limit));
    }

    /** Members of each step, after checking that the bytes are theirs. */
    private static List<int[]> read(Loader<ViewSource.Views> loader, long from, long to) {
        List<int[]> members = new ArrayList<>();
        for (long step = from; step < to; step++) {
            Loader.Batch<ViewSource.Views> batch = loader.next();
            assertEquals(step, batch.step());
            for (int v = 0; v < 3; v++) {
                int bytes = batch.samples().pixels()[v].capacity() / batch.members().length;
                assertEquals(v == 0 ? 12 : 3, bytes);
                for (int i = 0; i < batch.members().length * bytes; i++) {
                    assertEquals((byte) (batch.members()[i / bytes] + 40 * v + batch.epoch()), batch.samples().pixels()[v].get(i));
                }
            }
            members.add(batch.members());
        }
        return members;
    }

    @Test
    void batchesDoNotDependOnThreadsOrTheFirstStep() {
        try (Loader<ViewSource.Views> one = loader(new Numbers(), 4, 0, 1, 0, 30, 1, 0); Loader<ViewSource.Views> many = loader(new Numbers(), 4, 0, 1, 0, 30, 7, 0);
                Loader<ViewSource.Views> late = loader(new Numbers(), 4, 0, 1, 13, 30, 3, 0)) {
            List<int[]> expected = read(one, 0, 30);
            List<int[]> found = read(many, 0, 30);
            List<int[]> resumed = read(late, 13, 30);
            for (int i = 0; i < 30; i++) {
                assertArrayEquals(expected.get(i), found.get(i));
                if (i >= 13) {
                    assertArrayEquals(expected.get(i), resumed.get(i - 13));
                }
            }
            int[] epoch = expected.subList(0, 5).stream().flatMapToInt(IntStream::of).toArray();
            assertEquals(20, IntStream.of(epoch).distinct().count(), "nothing comes twice in an epoch");
            assertFalse(Arrays.equals(epoch, expected.subList(5, 10).stream().flatMapToInt(IntStream::of).toArray()), "a new order");
        }
    }

    @Test
    void samplesMayBeValuesOfAnyKind() {
        SampleSource<List<String>> source = SampleSource.of("words", SIZE, (seed, epoch, member) -> seed + " " + epoch + " " + member);
        try (Loader<List<String>> loader = new Loader<>(source, new Loader.Options(5, 4, 0, 1, 3, 9, 3, 0))) {
            for (int step = 3; step < 9; step++) {
                Loader.Batch<List<String>> batch = loader.next();
                for (int i = 0; i < 4; i++) {
                    assertEquals("5 " + batch.epoch() + " " + batch.members()[i], batch.samples().get(i));
                }
            }
        }
    }

    @Test
    void ranksShareTheGlobalBatch() {
        try (Loader<ViewSource.Views> all = loader(new Numbers(), 6, 0, 1, 0, 9, 2, 0); Loader<ViewSource.Views> first = loader(new Numbers(), 3, 0, 2, 0, 9, 2, 0);
                Loader<ViewSource.Views> second = loader(new Numbers(), 3, 1, 2, 0, 9, 2, 0)) {
            List<int[]> whole = read(all, 0, 9);
            List<int[]> left = read(first, 0, 9);
            List<int[]> right = read(second, 0, 9);
            for (int i = 0; i < 9; i++) {
                assertArrayEquals(whole.get(i), IntStream.concat(IntStream.of(left.get(i)), IntStream.of(right.get(i))).toArray());
            }
        }
    }

    @Test
    void threadsStopWhenEnoughBatchesWait() throws InterruptedException {
        Numbers source = new Numbers();
        try (Loader<ViewSource.Views> loader = loader(source, 4, 0, 1, 0, 1000, 3, 0)) {
            loader.next();
            int most = 4 * 4; // three ahead and the one in use
            for (int i = 0; i < 200 && source.made().get() < most; i++) {
                Thread.sleep(5);
            }
            Thread.sleep(50);
            assertEquals(most, source.made().get());
            loader.next();
            for (int i = 0; i < 200 && source.made().get() < most + 4; i++) {
                Thread.sleep(5);
            }
            assertEquals(most + 4, source.made().get());
            assertTrue(loader.waitSeconds() > 0 && loader.waitShare() > 0 && loader.waitShare() < 1);
        }
    }

    @Test
    void whatCannotBeDecodedIsListedAndReplacedAlike() {
        try (Loader<ViewSource.Views> one = loader(new Numbers(2, 9), 4, 0, 1, 0, 20, 1, 0.1); Loader<ViewSource.Views> two = loader(new Numbers(2, 9), 4, 0, 1, 0, 20, 4, 0.1)) {
            List<int[]> expected = read(one, 0, 20);
            List<int[]> found = read(two, 0, 20);
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(expected.get(i), found.get(i));
                assertTrue(IntStream.of(found.get(i)).noneMatch(m -> m == 2 || m == 9));
            }
            assertEquals(Set.of(2, 9), two.bad().keySet());
            assertEquals("picture-9: damaged", two.bad().get(9));
        }
    }

    @Test
    void tooManyDamagedSamplesEndTheRun() {
        try (Loader<ViewSource.Views> loader = loader(new Numbers(2, 9, 11), 4, 0, 1, 0, 50, 2, 0.1)) {
            UserError error = assertThrows(UserError.class, () -> read(loader, 0, 50));
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
            assertTrue(error.getMessage().contains("3 of 23 samples cannot be decoded") && error.getMessage().contains("picture-2"),
                    error.getMessage());
        }
    }

    @Test
    void anErrorOfAThreadReachesTheReader() {
        ViewSource broken = new ViewSource() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public int size() {
                return 8;
            }

            @Override
            public int[] sides() {
                return new int[] {1};
            }

            @Override
            public void views(long seed, int epoch, int member, byte[][] out) {
                throw new IllegalStateException("a bug");
            }
        };
        try (Loader<ViewSource.Views> loader = loader(broken, 2, 0, 1, 0, 3, 2, 1)) {
            assertEquals("a bug", assertThrows(IllegalStateException.class, loader::next).getMessage());
        }
    }
}
