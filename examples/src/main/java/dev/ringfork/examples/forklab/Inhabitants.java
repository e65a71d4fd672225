// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.EpollConstants;
import dev.ringfork.bindings.abi.Layouts;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** One inhabitant for each way in which threads of servers wait. */
final class Inhabitants {
    private static final long ANSWER_MS = 20_000;
    private static final int NOTHING = -1;

    private Inhabitants() {}

    static List<Inhabitant> settle(Calls calls) throws IOException {
        List<Inhabitant> all = new ArrayList<>();
        all.add(queue("queue", platform()));
        all.add(queue("virtual queue", Thread.ofVirtual()));
        all.add(monitor());
        all.add(sleeper());
        all.add(reader(calls));
        all.add(epoll(calls));
        all.add(selector());
        all.add(channel("channel", platform()));
        all.add(channel("virtual channel", Thread.ofVirtual()));
        return all;
    }

    /** Has each of them answer. */
    static void ask(List<Inhabitant> all) throws Exception {
        for (Inhabitant each : all) {
            each.ask(ANSWER_MS);
        }
    }

    private static Thread.Builder platform() {
        return Thread.ofPlatform().daemon();
    }

    private static Inhabitant queue(String name, Thread.Builder builder) {
        BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        return new Inhabitant(name, builder, queue::take, queue::put);
    }

    private static Inhabitant monitor() {
        Deque<Integer> told = new ArrayDeque<>();
        return new Inhabitant(
                "monitor",
                platform(),
                () -> {
                    synchronized (told) {
                        while (told.isEmpty()) {
                            told.wait();
                        }
                        return told.removeFirst();
                    }
                },
                value -> {
                    synchronized (told) {
                        told.addLast(value);
                        told.notifyAll();
                    }
                });
    }

    private static Inhabitant sleeper() {
        AtomicInteger told = new AtomicInteger(NOTHING);
        return new Inhabitant(
                "sleeper",
                platform(),
                () -> {
                    int value = told.getAndSet(NOTHING);
                    while (value == NOTHING) {
                        Thread.sleep(5);
                        value = told.getAndSet(NOTHING);
                    }
                    return value;
                },
                told::set);
    }

    private static Inhabitant reader(Calls calls) {
        int[] pipe = calls.pipe();
        return new Inhabitant(
                "reader",
                platform(),
                () -> calls.read(pipe[0]),
                value -> calls.write(pipe[1], value));
    }

    private static Inhabitant epoll(Calls calls) {
        int[] pipe = calls.pipe();
        Syscalls syscalls = calls.syscalls();
        int epfd = syscalls.epoll().epoll_create1(EpollConstants.EPOLL_CLOEXEC);
        Errno.check("epoll_create1", epfd, null);
        MemorySegment event = Arena.global().allocate(Layouts.current().size("epoll_event"), 8);
        event.set(JAVA_INT, 0, EpollConstants.EPOLLIN);
        int added =
                syscalls.epoll()
                        .epoll_ctl(epfd, EpollConstants.EPOLL_CTL_ADD, pipe[0], event.address());
        Errno.check("epoll_ctl", added, null);
        return new Inhabitant(
                "epoll",
                platform(),
                () -> {
                    int n;
                    do {
                        n = syscalls.epoll().epoll_wait(epfd, event.address(), 1, -1);
                    } while (n == -Errno.EINTR);
                    Errno.check("epoll_wait", n, null);
                    return calls.read(pipe[0]);
                },
                value -> calls.write(pipe[1], value));
    }

    private static Inhabitant selector() throws IOException {
        Pipe pipe = Pipe.open();
        Selector selector = Selector.open();
        pipe.source().configureBlocking(false);
        pipe.source().register(selector, SelectionKey.OP_READ);
        return new Inhabitant(
                "selector",
                platform(),
                () -> {
                    while (selector.selectedKeys().isEmpty()) {
                        selector.select();
                    }
                    selector.selectedKeys().clear();
                    return read(pipe);
                },
                value -> write(pipe, value));
    }

    private static Inhabitant channel(String name, Thread.Builder builder) throws IOException {
        Pipe pipe = Pipe.open();
        return new Inhabitant(name, builder, () -> read(pipe), value -> write(pipe, value));
    }

    private static int read(Pipe pipe) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        if (pipe.source().read(one) != 1) {
            throw new EOFException();
        }
        return one.get(0);
    }

    private static void write(Pipe pipe, int value) throws IOException {
        pipe.sink().write(ByteBuffer.wrap(new byte[] {(byte) value}));
    }
}
