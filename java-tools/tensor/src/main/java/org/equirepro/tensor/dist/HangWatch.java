package org.equirepro.tensor.dist;

import com.sun.jna.Pointer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Cuda;

/** Looks, on a thread of its own, whether exchanges of a GPU end in time. They end in the order in which they were added. */
final class HangWatch implements AutoCloseable {

    private record Exchange(String what, Pointer mark, long startNanos) {}

    private static final long POLL_MILLIS = 5;

    private final Cuda cuda;
    private final Nccl nccl;
    private final double limit;
    private final Consumer<String> hung;
    private final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    private final Thread thread;

    HangWatch(Cuda cuda, int device, Nccl nccl, double limit, Consumer<String> hung) {
        this.cuda = cuda;
        this.nccl = nccl;
        this.limit = limit;
        this.hung = hung;
        thread = new Thread(() -> watch(device), "exchanges");
        thread.setDaemon(true);
        thread.start();
    }

    /** Watches the mark behind an exchange, and gives it back. */
    void add(String what, Pointer mark) {
        exchanges.add(new Exchange(what, mark, System.nanoTime()));
    }

    private void watch(int device) {
        try {
            cuda.use(device);
            while (true) {
                Exchange exchange = exchanges.take();
                while (!cuda.passed(exchange.mark)) {
                    nccl.requireSound();
                    double seconds = (System.nanoTime() - exchange.startNanos) / 1e9;
                    if (seconds > limit) {
                        hung.accept(String.format("%s has not ended after %.0f s: another rank hangs, or is not at the same place",
                                exchange.what, seconds));
                        return;
                    }
                    Thread.sleep(POLL_MILLIS);
                }
                cuda.forget(exchange.mark);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (UserError | IllegalStateException e) {
            hung.accept(e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
