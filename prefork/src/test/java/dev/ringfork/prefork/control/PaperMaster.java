// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.master.Command;
import dev.ringfork.prefork.master.Input;
import dev.ringfork.prefork.master.MasterObserver;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.MasterView;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A master without workers that is told how it is, on a loop with a control socket, for tests. */
final class PaperMaster implements MasterView, AutoCloseable {
    static final long DEADLINE_S = 20;

    private final Reactor reactor;
    private final Thread loop;
    private final BlockingQueue<Input.Asked> asked = new LinkedBlockingQueue<>();
    private final CompletableFuture<ControlSocket> socket = new CompletableFuture<>();
    private MasterObserver observer = MasterObserver.NONE;
    private MasterState state;
    private volatile @Nullable String refusal;

    PaperMaster(Path path, MasterState state, long silenceNs) throws Exception {
        Syscalls syscalls = Syscalls.get();
        this.state = state;
        this.reactor =
                new Reactor(syscalls, new PollDemultiplexer(syscalls), Long.MAX_VALUE, line -> {});
        SequencedMap<String, String> configuration = new LinkedHashMap<>();
        configuration.put("--workers", "2");
        this.loop =
                Thread.ofPlatform()
                        .start(() -> {
                            socket.complete(
                                    ControlSocket.open(
                                            syscalls,
                                            this,
                                            path,
                                            new Display(
                                                    syscalls, LinkedHashMap::new, configuration),
                                            silenceNs));
                            reactor.run();
                        });
        socket.get(DEADLINE_S, TimeUnit.SECONDS);
    }

    /** Refuses from now on whatever it is asked for. */
    void refuse(String reason) {
        refusal = reason;
    }

    /** What it was asked for next. */
    Command nextAsked() throws InterruptedException {
        return next().command();
    }

    /** The same with its number. */
    Input.Asked next() throws InterruptedException {
        Input.Asked next = asked.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertNotNull(next, "nothing was asked for");
        return next;
    }

    void say(String line) {
        assertTrue(reactor.execute(() -> observer.said(line)));
    }

    void become(MasterState next) {
        assertTrue(
                reactor.execute(() -> {
                    state = next;
                    observer.changed();
                }));
    }

    @Override
    public Reactor reactor() {
        return reactor;
    }

    @Override
    public MasterState state() {
        return state;
    }

    @Override
    public @Nullable String ask(Command command, int workers) {
        asked.add(new Input.Asked(command, workers));
        return refusal;
    }

    @Override
    public void observe(MasterObserver observer) {
        this.observer = observer;
    }

    @Override
    public void close() throws IOException {
        assertTrue(
                reactor.execute(() -> {
                    socket.join().close();
                    reactor.stop();
                }));
        try {
            assertTrue(loop.join(Duration.ofSeconds(DEADLINE_S)), "the loop goes on");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        reactor.close();
        assertEquals(MasterObserver.NONE, observer);
    }
}
