package org.equirepro.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.equirepro.base.ProcessMeter;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.KnnClassifier;
import org.equirepro.evaluation.metrics.LogisticRegression;
import org.equirepro.tensor.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** k-NN and logistic regression on made-up features that all lie in memory; the scale is in the rows' names. */
@Command(name = "knn", mixinStandardHelpOptions = true,
        description = "k-NN and logistic regression on made-up features in memory: seconds and peak memory.")
final class KnnBench implements Callable<Integer> {

    private static final int PIECE = 2048;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "300000", description = "Training samples (${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--dim", paramLabel = "N", defaultValue = "1024", description = "Features of a sample (${DEFAULT-VALUE}).")
    private int dim;

    @Option(names = "--queries", paramLabel = "N", defaultValue = "512", description = "Test samples (${DEFAULT-VALUE}).")
    private int queries;

    @Option(names = "--classes", paramLabel = "N", defaultValue = "1000", description = "Classes (${DEFAULT-VALUE}).")
    private int classes;

    @Option(names = "--iterations", paramLabel = "N", defaultValue = "1", description = "Of the regression; 0 to leave it out (${DEFAULT-VALUE}).")
    private int iterations;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "2", description = "Threads of libtorch (${DEFAULT-VALUE}).")
    private int threads;

    /** Noise about a direction of the class, outside of the Java heap. */
    private record MadeUp(int rows, int columns, FloatBuffer[] pieces) implements Features {

        static MadeUp of(int rows, int columns, int classes, long seed) {
            FloatBuffer[] pieces = new FloatBuffer[(rows + PIECE - 1) / PIECE];
            float[] row = new float[columns];
            long state = seed;
            for (int i = 0; i < rows; i++) {
                if (i % PIECE == 0) {
                    int count = Math.min(PIECE, rows - i);
                    pieces[i / PIECE] = ByteBuffer.allocateDirect(4 * count * columns).order(ByteOrder.nativeOrder()).asFloatBuffer();
                }
                for (int d = 0; d < columns; d++) {
                    state = state * 6364136223846793005L + 1442695040888963407L;
                    row[d] = (float) (state >> 40) / (1 << 23) + ((d * 31 + i % classes * 17) % 7 == 0 ? 0.3f : 0);
                }
                pieces[i / PIECE].put(i % PIECE * columns, row, 0, columns);
            }
            return new MadeUp(rows, columns, pieces);
        }

        @Override
        public void copy(int row, float[] into, int at) {
            pieces[row / PIECE].get(row % PIECE * columns, into, at, columns);
        }
    }

    /** The features as the regression reads them. */
    private record Wide(Features features) implements LogisticRegression.Samples {

        @Override
        public int rows() {
            return features.rows();
        }

        @Override
        public int columns() {
            return features.columns();
        }

        @Override
        public double[] block(int from, int to) {
            float[] values = features.block(from, to).values();
            return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
        }
    }

    @Override
    public Integer call() {
        Features train = MadeUp.of(samples, dim, classes, 1);
        Features test = MadeUp.of(queries, dim, classes, 2);
        int[] labels = IntStream.range(0, samples).map(i -> i % classes).toArray();
        int[] own = IntStream.range(0, queries).map(i -> i % classes).toArray();
        String scale = "_" + samples + "x" + dim;
        System.out.println("what,queries_or_iterations,seconds,gflop_per_s,features_mb,peak_mb");
        try (Torch torch = Torch.start(threads)) {
            long begin = System.nanoTime();
            new KnnClassifier(torch, train, labels, classes, 0.07).answers(test, own, 10, 20, 100, 200);
            row("knn" + scale, queries, begin, 2.0 * samples * dim * queries);
            if (iterations > 0) {
                begin = System.nanoTime();
                LogisticRegression.fit(torch, new Wide(train), labels, classes, 1e-4,
                        new LogisticRegression.Search(1e-6, iterations, null, state -> { }));
                row("logreg" + scale, iterations, begin, 4.0 * samples * dim * classes * (iterations + 1));
            }
        }
        return 0;
    }

    private void row(String what, int count, long begin, double operations) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(Locale.ROOT, "%s,%d,%.1f,%.0f,%.0f,%.0f%n", what, count, seconds, operations / seconds / 1e9,
                4e-6 * samples * dim, ProcessMeter.peakMemory() / 1e6);
    }
}
