package org.equirepro.tensor.dist;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.equirepro.base.UserError;

/** Does what it is given in order, on one thread of its own, while the giver goes on. */
final class CommunicationThread implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "communication");
        made.setDaemon(true); // a hung collective must not keep the process alive
        return made;
    });

    ProcessGroup.Work start(Runnable task) {
        Future<?> future = thread.submit(task);
        return () -> await(future);
    }

    private static void await(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UserError error) {
                throw error;
            }
            throw new IllegalStateException("communication failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for other ranks", e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
