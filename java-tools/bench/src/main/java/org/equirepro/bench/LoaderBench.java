package org.equirepro.bench;

import static org.equirepro.vision.image.EncodedPicture.Detail.FULL;
import static org.equirepro.vision.image.EncodedPicture.Detail.REDUCED;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.EncodedPicture;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.image.RandomResizedCrop;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;
import org.equirepro.vision.render.JpegWriter;
import org.equirepro.vision.render.Renderer;
import org.equirepro.vision.render.SolidClass;
import org.equirepro.vision.render.SolidObject;
import org.equirepro.vision.views.PictureViews;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How fast pictures get from JPEG bytes to views, beside Pillow: both do the same pictures and the same crops in turn, and rates
 * are by processor time, so that other work on the machine touches both alike.
 */
@Command(name = "loader", mixinStandardHelpOptions = true,
        description = "JPEGs of 500 x 375 to crops and views, pictures per second and thread, beside Pillow.")
final class LoaderBench implements java.util.concurrent.Callable<Integer> {

    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;
    private static final int PICTURES = 64;
    private static final int CROP = 224;
    private static final int BOXES = 1024;
    private static final String IBOT = "{\"size\":224,\"scale\":[0.25,1],\"flip\":0.5,\"jitter\":{\"strength\":[0.4,0.4,0.2,0.1],\"p\":0.8},"
            + "\"gray\":0.2,\"blur\":{\"p\":[1,0.1],\"sigma\":[0.1,2]},\"solarise\":0.2,"
            + "\"local\":{\"count\":10,\"size\":96,\"scale\":[0.05,0.25],\"blur\":0.5}}";

    @Option(names = "--pictures", paramLabel = "DIR",
            description = "JPEGs to make the sample of, cut and scaled to 500 x 375; without it, drawn ones.")
    private Path folder;

    @Option(names = "--python", paramLabel = "EXE", description = "A Python with Pillow to compare with.")
    private String python;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "3", description = "For each measurement (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Medians of so many are printed (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "2", description = "Threads of the last rows (${DEFAULT-VALUE}).")
    private int threads;

    private final List<byte[]> files = new ArrayList<>();
    /** The twelve crops of iBOT: two of 224, ten of 96; single crops take the first, drawn with the usual scale 0.08 .. 1. */
    private final Box[][] boxes = new Box[BOXES][12];
    /** Of the single crops, those large enough to be made from fewer than the eight eighths of the resolution. */
    private final List<Box> large = new ArrayList<>();
    private Path work;

    @Override
    public Integer call() throws IOException, InterruptedException {
        work = Files.createTempDirectory("equirepro-bench");
        try {
            prepare();
            measure();
        } finally {
            try (Stream<Path> paths = Files.list(work)) {
                for (Path path : paths.toList()) {
                    Files.delete(path);
                }
            }
            Files.delete(work);
        }
        return 0;
    }

    private void prepare() throws IOException {
        JpegWriter writer = new JpegWriter();
        long bytes = 0;
        for (Picture picture : folder == null ? drawn() : given()) {
            double scale = Math.max((double) WIDTH / picture.width(), (double) HEIGHT / picture.height());
            Picture covering = Resampling.BICUBIC.resize(picture, Math.max(WIDTH, (int) Math.round(scale * picture.width())),
                    Math.max(HEIGHT, (int) Math.round(scale * picture.height())));
            byte[] file = writer.encode(Geometry.centreCrop(covering, WIDTH, HEIGHT));
            Files.write(work.resolve(files.size() + ".jpg"), file);
            files.add(file);
            bytes += file.length;
        }
        StringBuilder rows = new StringBuilder();
        StringBuilder largeRows = new StringBuilder();
        for (int i = 0; i < BOXES; i++) {
            for (int k = 0; k < 12; k++) {
                double least = k == 0 ? 0.08 : k == 1 ? 0.25 : 0.05;
                boxes[i][k] = RandomResizedCrop.params(Draws.at(1, 0, i, k, "crop"), WIDTH, HEIGHT, least, k < 2 ? 1 : 0.25, 0.75, 4 / 3.0);
                rows.append(k == 0 ? "" : ",").append(cells(boxes[i][k], k < 2 ? CROP : 96));
            }
            rows.append('\n');
            Box box = boxes[i][0];
            if (7 * box.width() >= 8 * CROP && 7 * box.height() >= 8 * CROP) {
                large.add(box);
                largeRows.append(cells(box, CROP)).append('\n');
            }
        }
        Files.writeString(work.resolve("boxes.csv"), rows);
        Files.writeString(work.resolve("large.csv"), largeRows);
        System.err.printf("%d JPEGs of %d x %d, %d bytes in the mean%n", files.size(), WIDTH, HEIGHT, bytes / files.size());
    }

    private static String cells(Box box, int size) {
        return box.left() + "," + box.top() + "," + box.width() + "," + box.height() + "," + size;
    }

    private static List<Picture> drawn() {
        Renderer renderer = new Renderer(WIDTH, 1);
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            pictures.add(renderer.render(new SolidObject(0, SolidClass.values()[i % SolidClass.values().length], i).scene(i)));
        }
        return pictures;
    }

    private List<Picture> given() throws IOException {
        List<Picture> pictures = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(p -> p.toString().matches("(?i).*\\.jpe?g")).sorted().limit(PICTURES).toList()) {
                pictures.add(PictureDecoder.decode(path.toString(), Files.readAllBytes(path)));
            }
        }
        if (pictures.isEmpty()) {
            throw UserError.missing(folder, "holds no JPEG");
        }
        return pictures;
    }

    private void measure() throws IOException, InterruptedException {
        System.out.println("measurement,per_second,pillow_per_second,ratio");
        byte[] crop = new byte[3 * CROP * CROP];
        byte[] small = new byte[3 * 96 * 96];
        row("decode", "decode", "boxes", i -> open(i).decode());
        List<Box> single = Arrays.stream(boxes).map(row -> row[0]).toList();
        row("decode_crop224_bilinear", "bilinear", "boxes", i -> crop(i, single, Resampling.BILINEAR, FULL, crop));
        row("decode_crop224_bicubic", "bicubic", "boxes", i -> crop(i, single, Resampling.BICUBIC, FULL, crop));
        row("decode_reduced_crop224_bilinear", "bilinear", "boxes", i -> crop(i, single, Resampling.BILINEAR, REDUCED, crop));
        row("decode_reduced_crop224_bicubic", "bicubic", "boxes", i -> crop(i, single, Resampling.BICUBIC, REDUCED, crop));
        row("decode_large_crop224_bilinear", "bilinear", "large", i -> crop(i, large, Resampling.BILINEAR, FULL, crop));
        row("decode_reduced_large_crop224_bilinear", "bilinear", "large", i -> crop(i, large, Resampling.BILINEAR, REDUCED, crop));
        reducedError("all", single);
        reducedError("large", large);
        row("decode_12_crops_bicubic", "crops", "boxes", i -> {
            Picture picture = open(i).decode();
            for (int k = 0; k < 12; k++) {
                int side = k < 2 ? CROP : 96;
                Resampling.BICUBIC.crop(picture, boxes[i % BOXES][k], side, side, k < 2 ? crop : small);
            }
        });
        PictureViews views = new PictureViews(Settings.parseJson("ibot", IBOT));
        byte[][] out = Arrays.stream(views.sides()).mapToObj(side -> new byte[3 * side * side]).toArray(byte[][]::new);
        row("ibot_12_views", null, null, i -> new Jpegs(views).views(1, 0, i, out));
        double[][] one = new double[2][rounds];
        double[][] all = new double[2][rounds];
        for (int r = 0; r < rounds; r++) {
            loaded(views, 1, one, r);
            loaded(views, threads, all, r);
        }
        System.out.printf("loader_ibot_12_views_1_thread_wall,%.1f,,%n", median(one[0]));
        System.out.printf("loader_ibot_12_views_%d_threads_wall,%.1f,,%n", threads, median(all[0]));
        System.out.printf("loader_%d_threads_over_1_wall,,,%.2f%n", threads, median(all[0]) / median(one[0]));
        System.out.printf("loader_%d_threads_over_1_processor_time,,,%.2f%n", threads, threads * median(all[1]) / median(one[1]));
    }

    private void crop(int i, List<Box> from, Resampling resampling, EncodedPicture.Detail detail, byte[] out) {
        open(i).crop(from.get(i % from.size()), resampling, detail, CROP, CROP, out);
    }

    private EncodedPicture open(int i) {
        return EncodedPicture.open("sample", files.get(i % files.size()));
    }

    /** {@code peer}: what Pillow does of the crops in file {@code peerBoxes}, null for nothing. */
    private void row(String name, String peer, String peerBoxes, IntConsumer work) throws IOException, InterruptedException {
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        rate(work, 2); // compiles
        for (int r = 0; r < rounds; r++) {
            ours[r] = rate(work, seconds);
            theirs[r] = python == null || peer == null ? Double.NaN : pillow(peer, peerBoxes);
        }
        if (Double.isNaN(theirs[0])) {
            System.out.printf("%s,%.1f,,%n", name, median(ours));
        } else {
            double[] ratios = new double[rounds];
            Arrays.setAll(ratios, r -> ours[r] / theirs[r]);
            System.out.printf("%s,%.1f,%.1f,%.2f%n", name, median(ours), median(theirs), median(ratios));
        }
    }

    /** Calls per second of this thread's processor time. */
    private static double rate(IntConsumer work, double seconds) {
        var clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        int n = 0;
        while (clock.getCurrentThreadCpuTime() - start < seconds * 1e9) {
            work.accept(n++);
        }
        return n * 1e9 / (clock.getCurrentThreadCpuTime() - start);
    }

    private double pillow(String kind, String boxes) throws IOException, InterruptedException {
        Path script = work.resolve("peer.py");
        try (var in = LoaderBench.class.getResourceAsStream("pillow_peer.py")) {
            Files.write(script, in.readAllBytes());
        }
        Process process = new ProcessBuilder(python, script.toString(), work.toString(), Double.toString(seconds), kind,
                boxes).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String answer = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw UserError.failure(python + " cannot run the comparison; it needs Pillow", null);
        }
        return Double.parseDouble(answer);
    }

    /** What reduced decoding changes: levels of 255, over all pictures. */
    private void reducedError(String name, List<Box> from) {
        byte[] full = new byte[3 * CROP * CROP];
        byte[] reduced = new byte[3 * CROP * CROP];
        double sum = 0;
        double squares = 0;
        int n = Math.min(from.size(), 4 * files.size());
        for (int i = 0; i < n; i++) {
            crop(i, from, Resampling.BILINEAR, FULL, full);
            crop(i, from, Resampling.BILINEAR, REDUCED, reduced);
            for (int k = 0; k < full.length; k++) {
                int d = (full[k] & 0xFF) - (reduced[k] & 0xFF);
                sum += Math.abs(d);
                squares += d * d;
            }
        }
        double values = (double) n * full.length;
        System.out.printf("reduced_%s_mean_abs_error_levels,%.3f,,%n", name, sum / values);
        System.out.printf("reduced_%s_psnr_db,%.1f,,%n", name, 10 * Math.log10(255 * 255 / (squares / values)));
    }

    /** Samples through the loader per second, and per second of processor time of its threads, into column {@code r}. */
    private void loaded(PictureViews views, int count, double[][] rates, int r) {
        try (Loader<ViewSource.Views> loader = new Loader<>(new Jpegs(views), new Loader.Options(1, 16, 0, 1, 0, Long.MAX_VALUE, count, 0))) {
            for (int i = 0; i < 4; i++) {
                loader.next();
            }
            long start = System.nanoTime();
            long work = processorTime();
            int samples = 0;
            while (System.nanoTime() - start < 2 * seconds * 1e9) {
                samples += loader.next().members().length;
            }
            rates[0][r] = samples * 1e9 / (System.nanoTime() - start);
            rates[1][r] = samples * 1e9 / (processorTime() - work);
        }
    }

    /** Of the loader's threads; this one waits. */
    private static long processorTime() {
        var clock = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("loader-"))
                .mapToLong(thread -> Math.max(0, clock.getThreadCpuTime(thread.getId()))).sum();
    }

    /** The sample's pictures, decoded each time. */
    private final class Jpegs implements ViewSource {

        private final PictureViews views;

        private Jpegs(PictureViews views) {
            this.views = views;
        }

        @Override
        public String name() {
            return "sample";
        }

        @Override
        public int size() {
            return files.size();
        }

        @Override
        public int[] sides() {
            return views.sides();
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            Picture picture = open(member).decode();
            for (int view = 0; view < out.length; view++) {
                views.view(picture, seed, epoch, member, view, out[view]);
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
