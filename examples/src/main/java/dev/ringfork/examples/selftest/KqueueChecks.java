// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_PROC;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_READ;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_SIGNAL;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_TIMER;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_USER;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_VNODE;
import static dev.ringfork.bindings.abi.KqueueConstants.EVFILT_WRITE;
import static dev.ringfork.bindings.abi.KqueueConstants.EV_ADD;
import static dev.ringfork.bindings.abi.KqueueConstants.EV_CLEAR;
import static dev.ringfork.bindings.abi.KqueueConstants.EV_EOF;
import static dev.ringfork.bindings.abi.KqueueConstants.EV_ONESHOT;
import static dev.ringfork.bindings.abi.KqueueConstants.NOTE_EXIT;
import static dev.ringfork.bindings.abi.KqueueConstants.NOTE_TRIGGER;
import static dev.ringfork.bindings.abi.KqueueConstants.NOTE_WRITE;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;
import static dev.ringfork.examples.selftest.Bench.holds;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The filters of kqueue, as calls: what they tell, and that a token comes back. */
final class KqueueChecks {
    private static final long TOKEN = 0x1234_5678_9abc_def0L;
    private static final long TIMER_MS = 20;

    private KqueueChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("kqueue: reading and its end", KqueueChecks::reading),
                new Check("kqueue: writing", KqueueChecks::writing),
                new Check("kqueue: wake-up by EVFILT_USER", KqueueChecks::user),
                new Check("kqueue: a timer", KqueueChecks::timer),
                new Check("kqueue: the end of a process", KqueueChecks::process),
                new Check("kqueue: a signal", KqueueChecks::signal),
                new Check("kqueue: a file that grows", KqueueChecks::file),
                new Check("kqueue: errors", KqueueChecks::errors));
    }

    /** One kqueue and memory for one event. */
    private static final class Queue {
        private static final Layouts LAYOUTS = Layouts.current();

        private final Kqueue calls;
        private final int kq;
        private final MemorySegment event;

        Queue(Bench bench) {
            Unavailable.because(bench.syscalls().absence("kqueue"));
            calls = bench.syscalls().kqueue();
            kq = bench.opened("kqueue", calls.kqueue());
            event = bench.bytes(LAYOUTS.size("kevent"));
        }

        private static int at(String field) {
            return LAYOUTS.offset("kevent", field);
        }

        /** Applies one change, and returns what the call did. */
        int change(long ident, int filter, int flags, int notes, long data) {
            event.set(JAVA_LONG_UNALIGNED, at("ident"), ident);
            event.set(JAVA_SHORT_UNALIGNED, at("filter"), (short) filter);
            event.set(JAVA_SHORT_UNALIGNED, at("flags"), (short) flags);
            event.set(JAVA_INT_UNALIGNED, at("fflags"), notes);
            event.set(JAVA_LONG_UNALIGNED, at("data"), data);
            event.set(JAVA_LONG_UNALIGNED, at("udata"), TOKEN);
            return calls.kevent(kq, event.address(), 1, 0, 0, 0);
        }

        void add(long ident, int filter, int flags, int notes, long data) {
            done("kevent EV_ADD", change(ident, filter, EV_ADD | flags, notes, data));
        }

        /** How many events there are within a time, one at the most. */
        int take(long timeoutMs) {
            long timeoutNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            int result;
            do {
                result = calls.kevent(kq, 0, 0, event.address(), 1, timeoutNs);
            } while (result == -Errno.EINTR);
            return done("kevent", result);
        }

        /** Waits for the event of a registration. */
        void await(long ident, int filter) {
            int count = take(Bench.WAIT_MS);
            holds(count == 1, "kevent has no event in %d ms".formatted(Bench.WAIT_MS), "one");
            equal("ident", ident, event.get(JAVA_LONG_UNALIGNED, at("ident")));
            equal("filter", filter, (int) event.get(JAVA_SHORT_UNALIGNED, at("filter")));
            equal("udata", TOKEN, event.get(JAVA_LONG_UNALIGNED, at("udata")));
        }

        long data() {
            return event.get(JAVA_LONG_UNALIGNED, at("data"));
        }

        void requireFlag(String name, int flag) {
            int flags = event.get(JAVA_SHORT_UNALIGNED, at("flags")) & 0xffff;
            holds((flags & flag) != 0, "the flags are 0x%x".formatted(flags), name + " too");
        }

        void requireNote(String name, int note) {
            int notes = event.get(JAVA_INT_UNALIGNED, at("fflags"));
            holds((notes & note) != 0, "fflags is 0x%x".formatted(notes), name + " too");
        }
    }

    private static void reading(Bench bench) {
        Queue queue = new Queue(bench);
        int[] pipe = bench.pipe(0);
        queue.add(pipe[0], EVFILT_READ, 0, 0, 0);
        equal("events of an empty pipe", 0, queue.take(0));
        bench.write(pipe[1], "four");
        queue.await(pipe[0], EVFILT_READ);
        equal("data, the bytes to be read", 4L, queue.data());
        equal("what came", "four", bench.read(pipe[0]));
        bench.close(pipe[1]);
        queue.await(pipe[0], EVFILT_READ);
        queue.requireFlag("EV_EOF", EV_EOF);
    }

    private static void writing(Bench bench) {
        Queue queue = new Queue(bench);
        int[] pipe = bench.pipe(0);
        queue.add(pipe[1], EVFILT_WRITE, 0, 0, 0);
        queue.await(pipe[1], EVFILT_WRITE);
        holds(queue.data() > 0, "data, the room to write, is " + queue.data(), "more than 0");
    }

    private static void user(Bench bench) {
        Queue queue = new Queue(bench);
        queue.add(1, EVFILT_USER, EV_CLEAR, 0, 0);
        equal("events before the trigger", 0, queue.take(0));
        done("kevent NOTE_TRIGGER", queue.change(1, EVFILT_USER, 0, NOTE_TRIGGER, 0));
        queue.await(1, EVFILT_USER);
        equal("events after the trigger was told", 0, queue.take(0));
    }

    private static void timer(Bench bench) {
        Queue queue = new Queue(bench);
        long startNs = System.nanoTime();
        queue.add(1, EVFILT_TIMER, EV_ONESHOT, 0, TIMER_MS);
        queue.await(1, EVFILT_TIMER);
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        holds(
                ms >= TIMER_MS - 1,
                "the timer fired after %d ms".formatted(ms),
                TIMER_MS + " or more");
    }

    private static void process(Bench bench) {
        Queue queue = new Queue(bench);
        int[] pipe = bench.pipe(0);
        int pid = ProcessChecks.cat(bench, pipe[0]);
        queue.add(pid, EVFILT_PROC, EV_ONESHOT, NOTE_EXIT, 0);
        bench.close(pipe[0]);
        bench.close(pipe[1]);
        queue.await(pid, EVFILT_PROC);
        queue.requireNote("NOTE_EXIT", NOTE_EXIT);
        bench.reap(pid);
    }

    /** One that is ignored: nobody is interrupted, and a kqueue tells of it all the same. */
    private static void signal(Bench bench) {
        Queue queue = new Queue(bench);
        queue.add(ProcessConstants.SIGURG, EVFILT_SIGNAL, 0, 0, 0);
        var processes = bench.syscalls().processes();
        done("kill", processes.kill(processes.getpid(), ProcessConstants.SIGURG));
        queue.await(ProcessConstants.SIGURG, EVFILT_SIGNAL);
        equal("data, how often it came", 1L, queue.data());
    }

    private static void file(Bench bench) {
        Queue queue = new Queue(bench);
        MemorySegment path = bench.arena().allocateFrom(bench.file("watched").toString());
        int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC;
        int fd = bench.opened("open", bench.syscalls().descriptors().open(path, flags, 0600));
        queue.add(fd, EVFILT_VNODE, EV_CLEAR, NOTE_WRITE, 0);
        bench.write(fd, "more");
        queue.await(fd, EVFILT_VNODE);
        queue.requireNote("NOTE_WRITE", NOTE_WRITE);
    }

    private static void errors(Bench bench) {
        Queue queue = new Queue(bench);
        int[] pipe = bench.pipe(0);
        fails(
                "kevent of what is not there",
                Errno.ENOENT,
                queue.change(pipe[0], EVFILT_READ, 0, 0, 0));
        fails(
                "kevent of a closed descriptor",
                Errno.EBADF,
                queue.change(pipe[1] + 1000L, EVFILT_READ, EV_ADD, 0, 0));
    }
}
