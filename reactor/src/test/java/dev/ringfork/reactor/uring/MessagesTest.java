// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.reactor.uring.RegisteredFiles.ANY;
import static dev.ringfork.reactor.uring.RegisteredFiles.slot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values and direct descriptors that one ring gives another. */
final class MessagesTest extends RingTest {
    private final List<Integer> received = new ArrayList<>();
    private UringProactor other;

    @BeforeEach
    void openOther() {
        assumeFeature("MSG_RING");
        other = new UringProactor(Ring.open(calls.syscalls(), settings()));
    }

    @AfterEach
    void closeOther() {
        if (other != null) {
            other.close();
        }
    }

    private int send(UringProactor to, long token, int value) {
        Outcome message = new Outcome();
        proactor.message(message.operation, to.ring().fd(), token, value);
        return resultOf(message);
    }

    private void receiveAll(int count) {
        long deadline = System.nanoTime() + Waiting.DEADLINE.toNanos();
        while (received.size() < count) {
            assertTrue(System.nanoTime() - deadline < 0, () -> "received only " + received);
            other.await(PATIENCE_NS);
            other.complete();
        }
    }

    // ---- values

    @Test
    void shouldSendValuesInOrder() {
        long token = other.onMessage(received::add);
        other.await(0);
        for (int value : new int[] {1, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertEquals(0, send(other, token, value));
        }
        receiveAll(5);
        assertEquals(List.of(1, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE), received);
        assertEquals(0, other.inFlight());
    }

    @Test
    void shouldTellHandlersApart() {
        long first = other.onMessage(value -> received.add(value + 100));
        long second = other.onMessage(value -> received.add(value + 200));
        other.await(0);
        send(other, second, 1);
        send(other, first, 2);
        receiveAll(2);
        assertEquals(List.of(201, 102), received);
    }

    @Test
    void shouldSendToItself() {
        long token = proactor.onMessage(received::add);
        assertEquals(0, send(proactor, token, 7));
        until(() -> received.size() == 1, "the message");
        assertEquals(List.of(7), received);
    }

    @Test
    void shouldWakeWhoWaits() throws Exception {
        CompletableFuture<Long> token = new CompletableFuture<>();
        CompletableFuture<Integer> value = new CompletableFuture<>();
        Thread waiting =
                Thread.ofPlatform()
                        .start(() -> {
                            long own = other.onMessage(value::complete);
                            other.begin();
                            token.complete(own);
                            while (!value.isDone()) {
                                other.await(Waiting.DEADLINE.toNanos());
                                other.complete();
                            }
                            other.close();
                        });
        long to = token.get(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertEquals(0, send(other, to, 5));
        assertEquals(5, value.get(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS));
        Waiting.of(waiting);
    }

    @Test
    void shouldLoseNoMessageForWhichThereIsNoPlace() {
        RingSettings small = RingSettings.DEFAULT.withSubmissions(1).withCompletions(2);
        other.close();
        other = new UringProactor(Ring.open(calls.syscalls(), small));
        long token = other.onMessage(received::add);
        other.await(0);
        List<Integer> sent = new ArrayList<>();
        for (int value = 0; value < 100; value++) {
            int result = send(other, token, value);
            if (result == 0) {
                sent.add(value);
            } else {
                assertEquals(-Errno.EOVERFLOW, result);
            }
        }
        assertTrue(sent.size() >= 2);
        receiveAll(sent.size());
        assertEquals(sent, received);
    }

    @Test
    void shouldNotSendToWhatTakesNoMessages() {
        // Not enabled yet.
        assertEquals(-Errno.EBADFD, send(other, 1, 1));
        int fd = other.ring().fd();
        other.close();
        Outcome closed = new Outcome();
        proactor.message(closed.operation, fd, 1, 1);
        assertEquals(-Errno.EBADF, resultOf(closed));
        Outcome pipe = new Outcome();
        proactor.message(pipe.operation, plumbing.pipe().near(), 1, 1);
        assertEquals(-Errno.EBADFD, resultOf(pipe));
    }

    @Test
    void shouldSayThatAMessageHasNoHandler() {
        other.await(0);
        assertEquals(0, send(other, 77, 1));
        assertThrows(IllegalStateException.class, () -> receiveAll(1));
    }

    @Test
    void shouldDropWhatComesWhenItCloses() {
        long token = other.onMessage(received::add);
        other.await(0);
        IntStream.range(0, 3).forEach(value -> send(other, token, value));
        other.close();
        assertTrue(received.size() <= 3);
        assertEquals(0, proactor.inFlight());
    }

    // ---- direct descriptors

    private void assumeTables() {
        assumeFeature("direct descriptors");
        assumeFeature("MSG_SEND_FD");
    }

    private int pass(long token, int slot, int into) {
        Outcome pass = new Outcome();
        proactor.passSlot(pass.operation, other.ring().fd(), token, slot, into);
        return resultOf(pass);
    }

    private int sendFrom(UringProactor from, int slot) {
        Outcome send = new Outcome();
        from.send(send.operation, slot, text("abc").address(), 3, MSG_NOSIGNAL);
        while (send.operation.inFlight()) {
            from.await(PATIENCE_NS);
            from.complete();
        }
        return send.result();
    }

    @Test
    void shouldPassADirectDescriptor() {
        assumeTables();
        Pair pair = plumbing.socketpair();
        RegisteredFiles here = RegisteredFiles.register(proactor.ring(), 2);
        RegisteredFiles there = RegisteredFiles.register(other.ring(), 4);
        here.put(1, pair.near());
        there.put(0, pair.far());
        long token = other.onMessage(received::add);
        other.await(0);
        assertEquals(1, pass(token, slot(1), ANY));
        assertEquals(0, pass(token, slot(1), slot(3)));
        receiveAll(2);
        assertEquals(List.of(1, 0), received);
        here.close();
        plumbing.close(pair.near());
        assertEquals(3, sendFrom(other, slot(1)));
        assertEquals(3, sendFrom(other, slot(3)));
        assertEquals("abcabc", plumbing.read(pair.far(), 8));
    }

    @Test
    void shouldNotPassWhatIsNotThereOrHasNoPlace() {
        assumeTables();
        Pair pair = plumbing.socketpair();
        RegisteredFiles here = RegisteredFiles.register(proactor.ring(), 2);
        here.put(1, pair.near());
        long token = other.onMessage(received::add);
        assertEquals(-Errno.EBADFD, pass(token, slot(1), ANY));
        other.await(0);
        assertEquals(-Errno.EBADF, pass(token, slot(0), ANY));
        assertEquals(-Errno.EBADF, pass(token, pair.near(), ANY));
        assertEquals(-Errno.ENFILE, passAndTurn(token, slot(1), ANY));
        assertEquals(-Errno.ENXIO, passAndTurn(token, slot(1), slot(0)));
        RegisteredFiles there = RegisteredFiles.register(other.ring(), 1);
        there.put(0, pair.far());
        assertEquals(-Errno.ENFILE, passAndTurn(token, slot(1), ANY));
        assertEquals(-Errno.EINVAL, passAndTurn(token, slot(1), slot(1)));
        assertEquals(List.of(), received);
        Outcome self = new Outcome();
        proactor.passSlot(self.operation, proactor.ring().fd(), token, slot(1), ANY);
        assertEquals(-Errno.EINVAL, resultOf(self));
    }

    /** The same for what is refused when the other ring is entered, and not before. */
    private int passAndTurn(long token, int slot, int into) {
        Outcome pass = new Outcome();
        proactor.passSlot(pass.operation, other.ring().fd(), token, slot, into);
        until(
                () -> {
                    other.await(0);
                    other.complete();
                    return !pass.operation.inFlight();
                },
                "the refusal");
        return pass.result();
    }
}
