// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages with descriptors: what arrives, and that nothing else stays open. */
@ExtendWith(NoLeaks.class)
final class DescriptorSocketTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Syscalls syscalls = Syscalls.get();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ReceivedDescriptors receive(DescriptorSocket socket, int expected) {
        ReceivedDescriptors received = socket.receive(expected, SOON);
        assertNotNull(received, "nothing came");
        return received;
    }

    private static void close(DescriptorSocket.Pair pair) {
        pair.first().close();
        pair.second().close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassDescriptorsInOrderAlongWithAPayload(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe one = new Pipe();
                Pipe two = new Pipe()) {
            byte[] payload = bytes("two pipes");
            Sending sending = pair.first().trySend(payload, one.writing(), two.writing());
            assertEquals(Sending.SENT, sending);

            try (ReceivedDescriptors received = receive(pair.second(), 2)) {
                assertArrayEquals(payload, received.payload());
                assertEquals(2, received.count());
                Pipe.write(received.fd(0), "to one");
                Pipe.write(received.fd(1), "to two");
                assertNotEquals(one.writing(), received.fd(0));
                int flags = syscalls.descriptors().fcntl(received.fd(0), Fcntl.F_GETFD, 0);
                assertEquals(Fcntl.FD_CLOEXEC, flags & Fcntl.FD_CLOEXEC);
            }
            assertEquals("to one", one.read());
            assertEquals("to two", two.read());
            one.closeWriting();
            assertTrue(one.abandoned(), "the receiver's copy is open");
        }
        close(pair);
    }

    @Test
    void shouldCloseOnlyWhatNobodyTook() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(bytes("x"), pipe.writing(), pipe.writing(), pipe.writing());
            int first;
            List<PassedDescriptor> rest;
            try (ReceivedDescriptors received = receive(pair.second(), 3)) {
                first = received.take(0);
                assertThrows(IllegalStateException.class, () -> received.take(0));
                rest = received.takeAll();
                assertTrue(received.takeAll().isEmpty());
            }
            pipe.closeWriting();
            Pipe.write(first, "still open");
            assertEquals("still open", pipe.read());
            assertEquals(2, rest.size());
            PassedDescriptor.own(first).close();
            rest.forEach(PassedDescriptor::close);
            assertTrue(pipe.abandoned());
        }
        close(pair);
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassAsManyDescriptorsAsTheKernelTakesAndRefuseMore(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe()) {
            int[] fds = new int[DescriptorSocket.DESCRIPTORS_MAX + 1];
            Arrays.fill(fds, pipe.writing());
            assertThrows(
                    IllegalArgumentException.class, () -> pair.first().trySend(bytes("x"), fds));
            int[] most = Arrays.copyOf(fds, DescriptorSocket.DESCRIPTORS_MAX);
            assertEquals(Sending.SENT, pair.first().trySend(bytes("x"), most));
            try (ReceivedDescriptors received = receive(pair.second(), most.length)) {
                assertEquals(most.length, received.count());
            }
            pipe.closeWriting();
            assertTrue(pipe.abandoned());
        }
        close(pair);
    }

    // Trap: descriptors travel with at least one byte.
    @Test
    void shouldRefuseToSendDescriptorsWithoutAByte() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        assertThrows(IllegalArgumentException.class, () -> pair.first().trySend(new byte[0], 0));
        close(pair);
    }

    @Test
    void shouldSendAnEmptyPayloadBehindAHeader() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(new byte[0], pipe.writing());
            try (ReceivedDescriptors received = receive(pair.second(), 1)) {
                assertEquals(0, received.payload().length);
                assertEquals(1, received.count());
            }
        }
        close(pair);
    }

    // Trap: on a stream the boundaries of bytes and of descriptors do not line up.
    @Test
    void shouldKeepDescriptorsWithTheirFrameOnAStream() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        SocketOption.SO_SNDBUF.set(syscalls.sockets(), pair.first().fd(), 4096);
        Random random = new Random(7);
        try (Pipe pipe = new Pipe()) {
            for (int sent = 0, received = 0; received < 300; ) {
                if (sent < 300
                        && pair.first().trySend(payload(sent), fds(pipe, sent)) == Sending.SENT) {
                    sent++;
                }
                if (random.nextBoolean()) {
                    received += receiveNumbered(pair.second(), received) ? 1 : 0;
                }
                pair.first().flush();
            }
            pipe.closeWriting();
            assertTrue(pipe.abandoned());
        }
        close(pair);
    }

    /** Lengths from nothing to more than the socket takes at once. */
    private static byte[] payload(int number) {
        byte[] payload = new byte[number * 977 % DescriptorSocket.PAYLOAD_BYTES];
        Arrays.fill(payload, (byte) number);
        return payload;
    }

    private static int[] fds(Pipe pipe, int number) {
        int[] fds = new int[number % 4];
        Arrays.fill(fds, pipe.writing());
        return fds;
    }

    private static boolean receiveNumbered(DescriptorSocket socket, int number) {
        try (ReceivedDescriptors received = socket.tryReceive(3)) {
            if (received == null) {
                return false;
            }
            assertArrayEquals(payload(number), received.payload(), "message " + number);
            assertEquals(number % 4, received.count(), "message " + number);
            return true;
        }
    }

    // Trap: only recvmsg may take the bytes that carry descriptors, wherever a peer puts them.
    @Test
    void shouldCloseDescriptorsThatComeWithinAPayload() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        DescriptorSocket raw = DescriptorSocket.adopt(pair.first().release(), Framing.SOCKET);
        try (Pipe pipe = new Pipe()) {
            raw.trySend(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 1});
            raw.trySend(new byte[] {2, 3, 4}, pipe.writing());
            pipe.closeWriting();

            PassingException failure =
                    assertThrows(PassingException.class, () -> pair.second().tryReceive(1));

            assertEquals(PassingException.Reason.NO_FRAME, failure.reason());
            assertTrue(pipe.abandoned());
            assertThrows(PassingException.class, () -> pair.second().tryReceive(1));
        }
        raw.close();
        pair.second().close();
    }

    @Test
    void shouldRejectFramesThatAreNone() {
        byte[][] bad = {
            {0, 0, 0, 0, 0, 0, 0, 2}, // Declares two descriptors, one comes.
            {0, 0, 0, 0, 0, 0, 0, 0}, // Declares none, one comes.
            {0, 1, 0, 0, 0, 0, 0, 1}, // A payload of 64 KiB.
            {-1, -1, -1, -1, 0, 0, 0, 1},
        };
        for (byte[] header : bad) {
            DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
            DescriptorSocket raw = DescriptorSocket.adopt(pair.first().release(), Framing.SOCKET);
            try (Pipe pipe = new Pipe()) {
                raw.trySend(header, pipe.writing());
                pipe.closeWriting();
                PassingException failure =
                        assertThrows(PassingException.class, () -> pair.second().tryReceive(9));
                assertEquals(PassingException.Reason.NO_FRAME, failure.reason());
                assertTrue(pipe.abandoned(), Arrays.toString(header));
            }
            raw.close();
            pair.second().close();
        }
    }

    @Test
    void shouldCloseWhatCameWithAFrameThatWasCutShort() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        DescriptorSocket raw = DescriptorSocket.adopt(pair.first().release(), Framing.SOCKET);
        try (Pipe pipe = new Pipe()) {
            raw.trySend(new byte[] {0, 0, 0, 9, 0, 0, 0, 1, 'c', 'u', 't'}, pipe.writing());
            assertNull(pair.second().tryReceive(1));
            assertFalse(pair.second().ended());
            raw.close();
            assertNull(pair.second().tryReceive(1));
            assertTrue(pair.second().ended());
            pipe.closeWriting();
            assertTrue(pipe.abandoned());
        }
        pair.second().close();
    }

    // Trap: with MSG_CTRUNC those that fitted are open in this process.
    @ParameterizedTest
    @EnumSource
    void shouldCloseWhatFittedWhenTheKernelDroppedDescriptors(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        DescriptorSocket narrow =
                DescriptorSocket.adopt(syscalls, pair.second().release(), framing, 64, 1);
        try (Pipe pipe = new Pipe()) {
            int[] many = new int[DescriptorSocket.DESCRIPTORS_MAX];
            Arrays.fill(many, pipe.writing());
            pair.first().trySend(bytes("x"), many);
            pipe.closeWriting();

            PassingException failure =
                    assertThrows(PassingException.class, () -> narrow.tryReceive(many.length));

            assertEquals(PassingException.Reason.DESCRIPTORS_DROPPED, failure.reason());
            assertTrue(pipe.abandoned());
        }
        pair.first().close();
        narrow.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseAllWhenMoreCameThanWereExpected(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(bytes("x"), pipe.writing(), pipe.writing());
            pair.first().trySend(bytes("next"), pipe.writing());
            pipe.closeWriting();
            PassingException failure =
                    assertThrows(PassingException.class, () -> pair.second().tryReceive(1));
            assertEquals(PassingException.Reason.SURPLUS, failure.reason());
            try (ReceivedDescriptors next = receive(pair.second(), 1)) {
                assertArrayEquals(bytes("next"), next.payload());
            }
            assertTrue(pipe.abandoned());
        }
        close(pair);
    }

    @Test
    void shouldCloseWhatCameWithAPayloadThatIsTooLong() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        int fd = pair.second().release();
        DescriptorSocket small = DescriptorSocket.adopt(fd, Framing.SOCKET, 4);
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(bytes("12345"), pipe.writing());
            pipe.closeWriting();
            PassingException failure =
                    assertThrows(PassingException.class, () -> small.tryReceive(1));
            assertEquals(PassingException.Reason.TOO_LONG, failure.reason());
            assertTrue(pipe.abandoned());
            assertThrows(IllegalArgumentException.class, () -> small.trySend(bytes("12345")));
        }
        pair.first().close();
        small.close();
    }

    // Trap: a full queue is a result, and what is in flight stays open.
    @ParameterizedTest
    @EnumSource
    void shouldSayThatTheQueueIsFullAndSendWhenItIsNot(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe()) {
            int sent = 0;
            while (pair.first().trySend(bytes("x"), pipe.writing()) == Sending.SENT) {
                sent++;
            }
            assertEquals(Sending.FULL, pair.first().send(bytes("x"), SHORT, pipe.writing()));
            pipe.closeWriting();
            assertFalse(pipe.abandoned(), "descriptors in flight are open");
            for (int i = 0; i < sent; i++) {
                receive(pair.second(), 1).close();
            }
            assertTrue(pipe.abandoned());
            assertNull(pair.second().tryReceive(1));
            assertEquals(Sending.SENT, pair.first().trySend(bytes("x")));
        }
        close(pair);
    }

    @Test
    void shouldDropWhatIsInFlightWhenBothEndsAreClosed() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(bytes("x"), pipe.writing());
            pipe.closeWriting();
            pair.first().close();
            assertFalse(pipe.abandoned());
            pair.second().close();
            assertTrue(pipe.abandoned());
        }
    }

    @Test
    void shouldGiveErrorsThatPassAsResults() {
        assertEquals(Sending.FULL, Sending.of(-Errno.EAGAIN, 3));
        assertEquals(Sending.FULL, Sending.of(-Errno.ENOBUFS, 3));
        assertEquals(Sending.TOO_MANY_IN_FLIGHT, Sending.of(-Errno.ETOOMANYREFS, 3));
        assertEquals(Sending.PEER_GONE, Sending.of(-Errno.EPIPE, 3));
        assertThrows(SyscallException.class, () -> Sending.of(-Errno.EBADF, 3));
    }

    @Test
    void shouldReportADescriptorThatIsNone() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        SyscallException failure =
                assertThrows(
                        SyscallException.class,
                        () -> pair.first().trySend(bytes("x"), Integer.MAX_VALUE));
        assertEquals(Errno.EBADF, failure.errno());
        close(pair);
    }

    // Trap: O_NONBLOCK belongs to what is open, so to every process that holds it.
    @Test
    void shouldPassADescriptorWithTheModeThatBothEndsShare() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        assertFalse(nonblocking(pair.first().fd()), "the socket's own mode is left alone");
        try (Pipe pipe = new Pipe()) {
            pair.first().trySend(bytes("x"), pipe.writing());
            try (ReceivedDescriptors received = receive(pair.second(), 1)) {
                assertTrue(nonblocking(received.fd(0)));
                syscalls.descriptors().fcntl(received.fd(0), Fcntl.F_SETFL, Fcntl.O_WRONLY);
                assertFalse(nonblocking(pipe.writing()));
            }
        }
        assertNull(pair.second().tryReceive(1));
        assertFalse(nonblocking(pair.second().fd()));
        close(pair);
    }

    private boolean nonblocking(int fd) {
        int flags = syscalls.descriptors().fcntl(fd, Fcntl.F_GETFL, 0);
        return (flags & Fcntl.O_NONBLOCK) != 0;
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatThePeerIsGone(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        pair.first().trySend(bytes("last"));
        // What the peer did not read makes the kernel report a reset before its last words.
        pair.second().trySend(bytes("unread"));
        pair.first().close();
        assertArrayEquals(bytes("last"), receive(pair.second(), 0).payload());
        assertNull(pair.second().receive(0, SOON));
        assertTrue(pair.second().ended());
        assertEquals(Sending.PEER_GONE, pair.second().trySend(bytes("x"), pair.second().fd()));
        pair.second().close();
        pair.second().close();
    }

    @Test
    void shouldWaitForAMessageNoLongerThanAsked() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        assertNull(pair.second().receive(0, SHORT));
        assertFalse(pair.second().ended());
        CompletableFuture<Sending> sending =
                CompletableFuture.supplyAsync(() -> pair.first().send(bytes("late"), SOON));
        assertArrayEquals(bytes("late"), receive(pair.second(), 0).payload());
        assertEquals(Sending.SENT, sending.join());
        close(pair);
    }

    @Test
    void shouldSendAPayloadThatIsLongerThanTheSocketsBuffer() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        SocketOption.SO_SNDBUF.set(syscalls.sockets(), pair.first().fd(), 4096);
        byte[] payload = payload(16);
        CompletableFuture<Sending> sending =
                CompletableFuture.supplyAsync(() -> pair.first().send(payload, SOON, 0));
        try (ReceivedDescriptors received = receive(pair.second(), 1)) {
            assertArrayEquals(payload, received.payload());
        }
        assertEquals(Sending.SENT, sending.join());
        assertFalse(pair.first().wantsWrite());
        close(pair);
    }

    @Test
    void shouldRefuseToFrameWhatKeepsBoundariesItself() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        assertThrows(
                IllegalArgumentException.class,
                () -> DescriptorSocket.adopt(pair.first().fd(), Framing.HEADER));
        try (Pipe pipe = new Pipe()) {
            SyscallException failure =
                    assertThrows(
                            SyscallException.class,
                            () -> DescriptorSocket.adopt(pipe.reading(), Framing.SOCKET));
            assertEquals(Errno.ENOTSOCK, failure.errno());
        }
        close(pair);
    }

    // Trap: what else comes with a message may hold a descriptor.
    @Test
    void shouldCloseAPidfdThatNobodyExpects() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            int asked =
                    syscalls.sockets()
                            .setsockopt(
                                    pair.second().fd(),
                                    SocketConstants.SOL_SOCKET,
                                    SocketConstants.SO_PASSPIDFD,
                                    on,
                                    Integer.BYTES);
            assumeTrue(asked == 0, "the kernel sends no pidfds along");
        }
        try (Pipe pipe = new Pipe()) {
            List<String> before = NoLeaks.open();
            pair.first().trySend(bytes("x"), pipe.writing());
            try (ReceivedDescriptors received = receive(pair.second(), 1)) {
                assertEquals(1, received.count());
            }
            assertEquals(before, NoLeaks.open());
        }
        close(pair);
    }

    // Trap: a process at its limit gets MSG_CTRUNC, whatever room it has for descriptors.
    @Test
    void shouldCloseWhatFittedWhenThisProcessIsAtItsLimit() {
        assumeTrue(Platform.current().linux(), "macOS fails the call instead");
        // Once with room, so that every class is loaded when no file can be opened.
        shouldCloseWhatFittedWhenTheKernelDroppedDescriptors(Framing.SOCKET);
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Pipe pipe = new Pipe();
                Arena arena = Arena.ofConfined()) {
            pair.first().trySend(bytes("x"), fds(pipe, 3));
            pipe.closeWriting();
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            syscalls.processes().getrlimit(ProcessConstants.RLIMIT_NOFILE, limit);
            long before = limit.get(ValueLayout.JAVA_LONG, 0);
            PassedDescriptor lowest = PassedDescriptor.own(syscalls.descriptors().dup(0));
            // The number that the next descriptor gets is the only one below the limit.
            limit.set(ValueLayout.JAVA_LONG, 0, lowest.fd() + 1L);
            lowest.close();
            PassingException failure = null;
            syscalls.processes().setrlimit(ProcessConstants.RLIMIT_NOFILE, limit);
            try {
                receive(pair.second(), 3).close();
            } catch (PassingException expected) {
                failure = expected;
            } finally {
                limit.set(ValueLayout.JAVA_LONG, 0, before);
                syscalls.processes().setrlimit(ProcessConstants.RLIMIT_NOFILE, limit);
            }
            assertNotNull(failure);
            assertEquals(PassingException.Reason.DESCRIPTORS_DROPPED, failure.reason());
            assertTrue(failure.toString().contains("ulimit -n"), failure.toString());
            assertTrue(pipe.abandoned());
        }
        close(pair);
    }
}
