// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.passing.PassedDescriptor;
import dev.ringfork.prefork.passing.PassingWindow;
import dev.ringfork.prefork.passing.Transfer;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Order;
import dev.ringfork.prefork.spawn.Post;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.reactor.server.ServerSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker's life from its assignment to its end, in a process that workers will be copies of. What
 * a worker does once or twice is loaded and linked by then: each copy would be the first to do it.
 *
 * <p>The master of that life, too, is in this process, and works before it begins: a client has
 * connected and asked, and the order to finish is given. So one thread is enough, and nothing of it
 * is left. Confined to that thread.
 */
public final class Rehearsal implements AutoCloseable {
    private static final Address SOMEWHERE = Address.parse("127.0.0.1:0");

    private final Syscalls syscalls;
    private final Binder binder;
    private final Consumer<Assignment> life;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(Address.BYTES_MAX, Long.BYTES);
    private final PassedDescriptor client;
    private Nursery.@Nullable Born born;
    private @Nullable PassingWindow window;
    private @Nullable RuntimeException failure;

    private Rehearsal(Syscalls syscalls, Binder binder, Consumer<Assignment> life) {
        this.syscalls = syscalls;
        this.binder = binder;
        this.life = life;
        int type = SocketConstants.SOCK_STREAM | SocketConstants.SOCK_CLOEXEC;
        int fd = syscalls.sockets().socket(SocketConstants.AF_INET, type, 0);
        this.client = PassedDescriptor.own(Errno.check("socket", fd, "a client"));
    }

    /**
     * Plays it. Blocks until it has ended.
     *
     * @param accepting how the worker comes by its connection
     * @param life lives the worker's life, on this thread: a byte that its server is sent comes
     *     back
     * @throws RuntimeException what the life throws, or if the byte does not come back, or if there
     *     is no room for what it needs
     */
    public static void play(
            Syscalls syscalls,
            ServerSettings settings,
            Accepting accepting,
            Consumer<Assignment> life) {
        // To a worker, a listener of its own is like one that all share.
        boolean own = accepting.strategy() == AcceptStrategy.REUSEPORT;
        try (Binder binder = new Binder(syscalls, settings)) {
            binder.arrange(own ? AcceptStrategy.SHARED : accepting.strategy(), 1);
            binder.bind(SOMEWHERE, false);
            if (accepting.strategy() == AcceptStrategy.MUTEX) {
                binder.lock(accepting.mutex());
            }
            try (Rehearsal rehearsal = new Rehearsal(syscalls, binder, life)) {
                rehearsal.play();
            }
        }
    }

    private void play() {
        ask();
        try (Scoreboard scoreboard = Scoreboard.create(syscalls);
                Nursery nursery = new Nursery(syscalls, new Stage(), binder, scoreboard)) {
            nursery.spawn(new Action.Spawn(0, 0, 0), new Parent());
        }
        if (failure != null) {
            throw failure;
        }
        if (syscalls.sockets().recv(client.fd(), packet.address(), 1, 0) != 1) {
            throw new IllegalStateException("its client was not answered");
        }
    }

    /** Before anybody listens: it waits in the queue, and says at once that it has said all. */
    private void ask() {
        int length = binder.addresses().getFirst().encode(packet);
        Errno.check("connect", syscalls.sockets().connect(client.fd(), packet, length), "a client");
        packet.set(JAVA_BYTE, 0, (byte) 1);
        syscalls.sockets().send(client.fd(), packet.address(), 1, SocketConstants.MSG_NOSIGNAL);
        syscalls.sockets().shutdown(client.fd(), SocketConstants.SHUT_WR);
    }

    private void pass(PassingWindow window) {
        int flags = SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK;
        int fd = syscalls.sockets().accept4(binder.listeners().getFirst().fd(), 0, 0, flags);
        PassedDescriptor accepted = PassedDescriptor.own(Errno.check("accept4", fd, "a client"));
        window.offer(new Transfer(new byte[0], List.of(accepted)));
        window.finish();
    }

    @Override
    public void close() {
        if (window != null) {
            window.close();
        }
        if (born != null) {
            born.channel().close();
        }
        client.close();
        arena.close();
    }

    /** All that a master would say to the worker it says when that is born. */
    private final class Parent implements Nursery.Parent {
        @Override
        public boolean expects() {
            return true;
        }

        @Override
        public void born(Nursery.Born worker) {
            born = worker;
            if (worker.passing() != null) {
                window = new PassingWindow(worker.passing(), 1, PassingWindow.Keep.NOTHING);
                pass(window);
            }
            worker.channel().send(Order.DRAIN);
        }

        @Override
        public void failed(RuntimeException reason) {
            failure = reason;
        }
    }

    /** The worker is no other process. */
    private final class Stage implements Spawner {
        @Override
        public String name() {
            return "rehearsal";
        }

        @Override
        public void place(Placement placement) {}

        @Override
        public void spawn(Birth birth) {
            Assignment assignment = birth.assignment();
            if (assignment != null) {
                Post.Wanted wanted = order(assignment);
                birth.born(assignment.masterPid());
                life.accept(wanted.assignment());
            }
        }

        /** As it comes to a template: with descriptors that are the worker's to close. */
        private Post.Wanted order(Assignment assignment) {
            List<Integer> copies =
                    assignment.manifest().descriptors().stream().map(this::copy).toList();
            return new Post.Wanted(0, assignment.in(Map.of()), copies);
        }

        private int copy(int fd) {
            int copy = syscalls.descriptors().fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 0);
            return Errno.check("fcntl", copy, "a worker's descriptor");
        }
    }
}
