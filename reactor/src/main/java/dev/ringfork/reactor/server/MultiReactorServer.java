// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several loops, each on a thread of its own: a connection is read, served and written by the one
 * that it came to.
 */
final class MultiReactorServer implements Server {
    private final List<LoopThread> accepting;
    private final List<LoopThread> serving;
    private final List<LoopThread> loops = new ArrayList<>();
    private final List<Address> addresses;
    private final String description;
    private final AtomicInteger nextGuest = new AtomicInteger();
    private volatile Duration drainAtMost = Duration.ZERO;
    // Set when the loop that accepts has handed over its last connection.
    private volatile boolean allHandedOver;

    private MultiReactorServer(
            List<LoopThread> accepting,
            List<LoopThread> serving,
            List<Address> addresses,
            String description) {
        this.accepting = accepting;
        this.serving = serving;
        this.addresses = addresses;
        this.description = description;
        loops.addAll(accepting);
        loops.addAll(serving);
    }

    /** Binds, listens and starts the loops' threads. */
    static Server start(ServerPlan plan, LoopChoice arrangement) {
        List<Address> asked = plan.addresses().stream().map(ListenAddress::address).toList();
        arrangement.accept().check(Platform.current(), asked);
        List<Listener> listeners = new ArrayList<>();
        List<LoopThread> loops = new ArrayList<>();
        try {
            for (ListenAddress address : plan.addresses()) {
                listeners.addAll(open(plan, arrangement, address));
            }
            long stallNs = plan.settings().stallThreshold().toNanos();
            for (int i = 1; i <= arrangement.loops(); i++) {
                // The system shows the first 15 characters of a thread's name.
                loops.add(LoopThread.open(plan, "reactor-" + i, stallNs));
            }
            boolean handsOver = arrangement.accept() == LoopAccept.ACCEPTOR;
            int accepting = handsOver ? 1 : loops.size();
            MultiReactorServer server =
                    new MultiReactorServer(
                            List.copyOf(loops.subList(0, accepting)),
                            List.copyOf(loops.subList(accepting, loops.size())),
                            listeners.stream().map(Listener::address).distinct().toList(),
                            arrangement.description() + ", " + plan.engine().description());
            server.listen(arrangement.accept(), listeners);
            loops.forEach(LoopThread::start);
            return server;
        } catch (RuntimeException e) {
            loops.forEach(LoopThread::abandon);
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private static List<Listener> open(
            ServerPlan plan, LoopChoice arrangement, ListenAddress address) {
        int loops = arrangement.loops();
        return switch (arrangement.accept()) {
            case SHARED -> List.of(Listener.open(plan.syscalls(), address, plan.settings(), loops));
            case REUSEPORT -> Listener.openGroup(plan.syscalls(), address, plan.settings(), loops);
            case ACCEPTOR -> List.of(Listener.open(plan.syscalls(), address, plan.settings(), 1));
        };
    }

    private void listen(LoopAccept accept, List<Listener> listeners) {
        for (LoopThread loop : loops) {
            loop.role(new Part(accept == LoopAccept.ACCEPTOR && accepting.contains(loop)));
        }
        switch (accept) {
            case SHARED -> loops.forEach(loop -> listeners.forEach(loop::listen));
            case REUSEPORT -> {
                for (int i = 0; i < listeners.size(); i++) {
                    loops.get(i % loops.size()).listen(listeners.get(i));
                }
            }
            case ACCEPTOR -> {
                LoopThread first = accepting.getFirst();
                HandOver handOver = new HandOver(first, serving);
                listeners.forEach(listener -> first.listen(listener, handOver));
            }
        }
    }

    /** What one loop is to the others. */
    private final class Part implements LoopThread.Role {
        private final boolean handsOver;

        Part(boolean handsOver) {
            this.handsOver = handsOver;
        }

        @Override
        public void drains(Duration atMost) {
            if (handsOver) {
                drainServing();
            }
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            if (failure != null) {
                stopAll();
            }
        }
    }

    @Override
    public List<Address> addresses() {
        return addresses;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public ServerStatistics statistics() {
        return loops.stream()
                .map(LoopThread::statistics)
                .reduce(ServerStatistics::plus)
                .orElseThrow();
    }

    @Override
    public boolean adopt(int fd) {
        List<LoopThread> takers = serving.isEmpty() ? accepting : serving;
        for (int i = 0; i < takers.size(); i++) {
            int next = Math.floorMod(nextGuest.getAndIncrement(), takers.size());
            if (takers.get(next).adopt(fd)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void pause() {
        accepting.forEach(loop -> loop.pause(true));
    }

    @Override
    public void resume() {
        accepting.forEach(loop -> loop.pause(false));
    }

    @Override
    public int onEachLoop(Runnable task) {
        return (int) loops.stream().filter(loop -> loop.execute(task)).count();
    }

    @Override
    public void drain(Duration atMost) {
        drainAtMost = atMost;
        accepting.forEach(loop -> loop.drain(atMost));
        // Read after the time was written: either this sees that the others drain already, or they
        // will see the time.
        if (allHandedOver) {
            serving.forEach(loop -> loop.drain(atMost));
        }
    }

    /**
     * On the thread that accepts: no other loop may end before what it was given has reached it.
     */
    private void drainServing() {
        allHandedOver = true;
        Duration atMost = drainAtMost;
        serving.forEach(loop -> loop.drain(atMost));
    }

    private void stopAll() {
        loops.forEach(LoopThread::stop);
    }

    @Override
    public void stop() {
        stopAll();
        // A loop that waited for the others could be waited for by one of them.
        if (loops.stream().noneMatch(LoopThread::current)) {
            loops.forEach(LoopThread::awaitEnd);
        }
    }

    @Override
    public void awaitStop() throws InterruptedException {
        Throwable first = null;
        for (LoopThread loop : loops) {
            @Nullable Throwable failure = loop.awaitFailure();
            first = first == null ? failure : first;
        }
        if (first != null) {
            throw new IllegalStateException("a loop of the server failed", first);
        }
    }
}
