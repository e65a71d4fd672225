// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.F_SETFL;
import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.InOwnThread;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A proactor on a ring of this kernel, and what its operations work on. */
@ExtendWith(NoLeakedDescriptors.class)
@ExtendWith(InOwnThread.class)
abstract class RingTest {
    static final long MS = 1_000_000;

    /** How long one wait takes at most, before the deadline is looked at. */
    static final long PATIENCE_NS = 100 * MS;

    final Calls calls = new Calls(Syscalls.get());
    final Plumbing plumbing = new Plumbing();
    final Arena arena = Arena.ofConfined();
    private final List<Integer> opened = new ArrayList<>();
    UringProactor proactor;

    /** How the ring is made. */
    RingSettings settings() {
        return RingSettings.DEFAULT.withSubmissions(16);
    }

    @BeforeEach
    void openProactor() {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
        proactor = new UringProactor(Ring.open(calls.syscalls(), settings()));
    }

    /** Skips the test where this kernel has no such feature. */
    static void assumeFeature(String name) {
        for (Features.Result result : Tried.RESULTS) {
            if (result.name().equals(name)) {
                assumeTrue(result.works(), () -> name + ": " + result.detail());
                return;
            }
        }
        throw new AssertionError("nothing tries " + name);
    }

    /** All features, tried when the first test asks. */
    private static final class Tried {
        static final List<Features.Result> RESULTS = all();

        private static List<Features.Result> all() {
            try {
                return Features.tryAll(Syscalls.get());
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }

    @AfterEach
    void closeAll() {
        if (proactor != null) {
            proactor.close();
        }
        opened.forEach(calls.syscalls().descriptors()::close);
        plumbing.close();
        arena.close();
    }

    // ---- waiting

    /** Waits until something is so, and lets operations complete meanwhile. */
    void until(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + Waiting.DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for: " + what);
            }
            proactor.await(PATIENCE_NS);
            proactor.complete();
        }
    }

    /** Waits for the last completions. */
    void finish(Outcome... outcomes) {
        for (Outcome outcome : outcomes) {
            until(() -> !outcome.operation.inFlight(), "the last completion");
        }
    }

    /** The result of an operation that completes once. */
    int resultOf(Outcome outcome) {
        finish(outcome);
        return outcome.result();
    }

    /** Lets everything complete that can do so without waiting. */
    void turn() {
        do {
            proactor.await(0);
        } while (proactor.complete() > 0);
    }

    // ---- what operations work on

    /** Bytes that the kernel may use until the test has ended. */
    MemorySegment text(String text) {
        return arena.allocateFrom(text, US_ASCII).asSlice(0, text.length());
    }

    static String text(MemorySegment memory, long offset, long length) {
        byte[] bytes = new byte[(int) length];
        MemorySegment.copy(memory, offset, MemorySegment.ofArray(bytes), 0, length);
        return new String(bytes, US_ASCII);
    }

    /** A vector of pieces of text, as readv(2) takes it. */
    MemorySegment vector(String... pieces) {
        MemorySegment vector = arena.allocate(16L * pieces.length, 8);
        for (int i = 0; i < pieces.length; i++) {
            vector.setAtIndex(JAVA_LONG, 2L * i, text(pieces[i]).address());
            vector.setAtIndex(JAVA_LONG, 2L * i + 1, pieces[i].length());
        }
        return vector;
    }

    /** The same, closed after the test. */
    int opened(int fd) {
        opened.add(Errno.check("open", fd, null));
        return fd;
    }

    /** A pipe on which reading waits. */
    Pair blockingPipe() {
        Pair pipe = plumbing.pipe();
        for (int end : new int[] {pipe.near(), pipe.far()}) {
            Errno.check("fcntl", calls.syscalls().descriptors().fcntl(end, F_SETFL, 0), end);
        }
        return pipe;
    }

    /** A listening socket of the loopback interface. */
    int listener() {
        int fd = tcp();
        MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
        int length = Address.parse("127.0.0.1:0").encode(name);
        Errno.check("bind", calls.syscalls().sockets().bind(fd, name, length), fd);
        Errno.check("listen", calls.syscalls().sockets().listen(fd, 128), fd);
        return fd;
    }

    int tcp() {
        return opened(calls.syscalls().sockets().socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }

    Address addressOf(int fd) {
        MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        int result = calls.syscalls().sockets().getsockname(fd, name, length);
        Errno.check("getsockname", result, fd);
        return Address.decode(name, length.get(JAVA_INT, 0));
    }

    /** Two ends of a connection of TCP, both blocking. */
    Pair connection() {
        int listener = listener();
        int far = tcp();
        Outcome accept = new Outcome();
        Outcome connect = new Outcome();
        proactor.accept(accept.operation, listener, SOCK_CLOEXEC);
        proactor.connect(connect.operation, far, addressOf(listener));
        finish(accept, connect);
        assertEquals(0, connect.result());
        return new Pair(opened(accept.result()), far);
    }
}
