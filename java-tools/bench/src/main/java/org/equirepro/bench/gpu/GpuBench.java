package org.equirepro.bench.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.equirepro.tensor.Cuda;
import org.equirepro.tensor.doctor.ChildRows;
import org.equirepro.tensor.doctor.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All that this project claims about GPUs, shown on the GPU at hand: a table of what held, what did not, and how fast. */
@Command(name = "gpu", mixinStandardHelpOptions = true, description = "Proofs on a GPU: half precision, attention, AdamW, NCCL, copies,"
        + " fuser, memory, speed. Prints a table; exit code 1 if a proof failed, 0 without a GPU.")
public final class GpuBench implements Callable<Integer> {

    @Option(names = "--python", paramLabel = "PROGRAM", description = "A Python with PyTorch, whose training step is measured on the same GPU.")
    private String python;

    @Override
    public Integer call() throws IOException {
        String folder = System.getenv("PYTORCH_LIBRARY_PATH");
        int gpus = folder == null ? 0 : Cuda.in(Path.of(folder)).map(Cuda::count).orElse(0);
        if (gpus == 0) {
            for (GpuProof proof : GpuProof.values()) {
                System.out.println(Row.note(proof.title(), "no GPU", ""));
            }
            System.err.println("bench: no GPU found (equirepro doctor says why): nothing was proven");
            return 0;
        }
        boolean failed = false;
        for (GpuProof proof : GpuProof.values()) {
            for (Row row : proof == GpuProof.ALL_REDUCE ? allReduce(gpus) : child(0, proof)) {
                System.out.println(row);
                failed |= row.state() == Row.State.DEFECT;
            }
        }
        if (python != null) {
            System.out.println(peer());
        }
        return failed ? 1 : 0;
    }

    private static List<Row> child(int gpu, GpuProof proof, String... rest) {
        ChildRows child = new ChildRows(System.getenv());
        child.set("EQUIREPRO_DEVICE", "gpu");
        if (rest.length > 0) {
            child.set("CUDA_VISIBLE_DEVICES", Integer.toString(gpu));
        }
        List<String> arguments = new ArrayList<>(List.of(proof.name()));
        arguments.addAll(List.of(rest));
        return child.run(proof.title(), "", GpuProof.class, arguments.toArray(String[]::new));
    }

    /** Two processes where there are two GPUs; else one, which shows less. */
    private static List<Row> allReduce(int gpus) throws IOException {
        int ranks = Math.min(gpus, 2);
        Path folder = Files.createTempDirectory("equirepro-ranks");
        folder.toFile().deleteOnExit();
        List<CompletableFuture<List<Row>>> children = IntStream.range(0, ranks).mapToObj(rank -> CompletableFuture.supplyAsync(() ->
                child(rank, GpuProof.ALL_REDUCE, Integer.toString(rank), Integer.toString(ranks), folder.toString()))).toList();
        List<Row> rows = new ArrayList<>();
        children.forEach(ended -> rows.addAll(ended.join()));
        if (ranks == 1) {
            rows.add(Row.note(GpuProof.ALL_REDUCE.title(), "one GPU: a sum between two processes was not tried", ""));
        }
        return rows;
    }

    private Row peer() throws IOException {
        Process process = new ProcessBuilder(python, "-").redirectErrorStream(true).start();
        try (InputStream program = GpuBench.class.getResourceAsStream("peer.py"); var out = process.getOutputStream()) {
            program.transferTo(out);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? Row.ok("same, PyTorch", said)
                    : Row.note("same, PyTorch", said.lines().reduce((a, b) -> b).orElse("failed"), "give a Python with PyTorch for CUDA");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Row.note("same, PyTorch", "interrupted", "");
        }
    }
}
