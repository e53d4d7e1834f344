package org.equirepro.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;

/**
 * A process that does training steps when told to. It says its version when it is ready; {@code step} makes it do one, answered
 * by the seconds of forward, backward, update and of processor; {@code peak} asks for its greatest resident memory in bytes.
 */
final class StepProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final String version;

    private StepProcess(List<String> command, int threads) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment(); // LD_PRELOAD and the allocator's settings are the same for both
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        process = builder.start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = process.outputWriter(StandardCharsets.UTF_8);
        version = line();
    }

    /**
     * A program of this project, with the running JVM's options, class path and libtorch.
     *
     * @param main its class
     * @param words its arguments
     */
    static StepProcess java(Class<?> main, List<String> words, int threads) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(words);
        return new StepProcess(command, threads);
    }

    static StepProcess python(String python, Path program, StepSettings settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(python, program.toString()));
        command.addAll(settings.words());
        return new StepProcess(command, settings.threads());
    }

    /** Whether a command ends well. */
    static boolean runs(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    String version() {
        return version;
    }

    /** Seconds of forward, backward, update and of processor. */
    double[] step() {
        return Arrays.stream(ask("step").split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    long peakBytes() {
        return Long.parseLong(ask("peak"));
    }

    private String ask(String what) {
        try {
            in.write(what + "\n");
            in.flush();
            return line();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw UserError.failure("the measured process ended: " + String.join(" ", process.info().commandLine().orElse("?")), null);
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
