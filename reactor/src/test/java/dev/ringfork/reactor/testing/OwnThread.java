// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread for an object that is confined to one.
 *
 * <p>A ring must not be used on a thread that runs other tests: when the kernel has taken a closed
 * ring apart, some time later, it interrupts the threads that used it, and whatever they wait with
 * then returns EINTR.
 */
public final class OwnThread implements AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own thread").factory());

    /** Makes an object on the thread, and returns one that is called there whoever calls it. */
    public <T> T make(Class<T> type, Supplier<? extends T> maker) {
        Object[] object = new Object[1];
        call(() -> object[0] = maker.get());
        return Proxies.of(
                type,
                (self, method, arguments) ->
                        call(() -> {
                            try {
                                return Proxies.invoke(method, object[0], arguments);
                            } catch (Throwable e) {
                                throw new AssertionError(method.getName() + " failed", e);
                            }
                        }));
    }

    /** What may fail in any way. */
    public interface Body<T extends @Nullable Object> {
        /** Does it. */
        T run() throws Throwable;
    }

    /** Does something there, and returns or throws what that does. */
    @SuppressWarnings("unchecked") // It is a T that was put there.
    public <T extends @Nullable Object> T ask(Body<T> body) throws Throwable {
        Object[] result = new Object[1];
        Throwable[] thrown = new Throwable[1];
        call(() -> {
            try {
                result[0] = body.run();
            } catch (Throwable e) {
                thrown[0] = e;
            }
            return null;
        });
        if (thrown[0] != null) {
            throw thrown[0];
        }
        return (T) result[0];
    }

    private @Nullable Object call(Callable<@Nullable Object> body) {
        FutureTask<@Nullable Object> task = new FutureTask<>(body);
        thread.execute(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError("on the other thread", e.getCause());
        } catch (InterruptedException e) {
            throw Waiting.interrupted(e);
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        thread.close();
    }
}
