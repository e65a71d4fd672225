// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.passing.PassingWindow.Keep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hand-over with acknowledgement: a descriptor is at one end or the other, never at none. */
@ExtendWith(NoLeaks.class)
final class PassingWindowTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LIMIT = 3;

    private final List<Transfer> refused = new ArrayList<>();

    private static Transfer transfer(String payload, PassedDescriptor... descriptors) {
        return new Transfer(payload.getBytes(StandardCharsets.UTF_8), List.of(descriptors));
    }

    private static ReceivedTransfer receive(PassingReceiver receiver) {
        ReceivedTransfer transfer = receiver.receive(SOON);
        assertNotNull(transfer, "nothing came");
        return transfer;
    }

    private static String text(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepACopyUntilThePeerHasAccepted(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe();
                PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED);
                PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
            Transfer transfer = transfer("one", pipe.giveWriting());
            assertEquals(Sending.SENT, window.offer(transfer));
            assertTrue(transfer.descriptors().getFirst().held());
            assertEquals(1, window.inFlight());

            ReceivedTransfer received = receive(receiver);
            assertEquals("one", text(received.payload()));
            assertEquals(1, received.count());
            List<PassedDescriptor> accepted = received.accept();
            assertThrows(IllegalStateException.class, received::refuse);

            assertEquals(1, window.settle(SOON, refused::add));
            assertEquals(0, window.inFlight());
            assertFalse(transfer.descriptors().getFirst().held());
            assertFalse(pipe.abandoned());
            accepted.forEach(PassedDescriptor::close);
            assertTrue(pipe.abandoned());
            assertTrue(refused.isEmpty());
        }
    }

    @Test
    void shouldCloseItsCopyAtOnceWhenAsked() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Pipe pipe = new Pipe();
                PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.NOTHING)) {
            Transfer transfer = transfer("one", pipe.giveWriting());
            assertEquals(Sending.SENT, window.offer(transfer));
            assertFalse(transfer.descriptors().getFirst().held());
            assertFalse(pipe.abandoned(), "it is in flight");

            pair.second().close();
            assertTrue(pipe.abandoned(), "it was lost with the peer");
            window.settle(SOON, refused::add);
            assertTrue(window.peerGone());
            assertEquals(List.of(transfer), window.reclaim());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellTheEndBehindAllThatWasSentAndHearTheAnswers(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED);
                PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
            assertEquals(Sending.SENT, window.offer(transfer("last")));
            window.finish();
            ReceivedTransfer last = receive(receiver);
            assertEquals("last", text(last.payload()));
            assertNull(receiver.receive(SOON));
            assertTrue(receiver.ended());
            last.accept();
            assertEquals(1, window.settle(SOON, refused::add));
            assertEquals(0, window.inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveBackWhatThePeerRefusedOrLeft(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe();
                PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED);
                PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
            window.offer(transfer("refused", pipe.giveWriting()));
            window.offer(transfer("left"));
            receive(receiver).refuse();
            try (ReceivedTransfer left = receive(receiver)) {
                assertEquals(0, left.count());
            }
            while (window.inFlight() > 0) {
                assertTrue(window.settle(SOON, refused::add) > 0);
            }
            assertEquals(
                    List.of("refused", "left"),
                    refused.stream().map(transfer -> text(transfer.payload())).toList());
            Pipe.write(refused.getFirst().descriptors().getFirst().fd(), "still here");
            assertEquals("still here", pipe.read());
            refused.forEach(Transfer::close);
            assertTrue(pipe.abandoned());
        }
    }

    @Test
    void shouldLetNoMoreThanTheLimitInFlight() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED);
                PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
            for (int i = 0; i < LIMIT; i++) {
                assertEquals(Sending.SENT, window.offer(transfer("")));
            }
            assertEquals(Sending.FULL, window.offer(transfer("")));
            receive(receiver).accept();
            assertEquals(1, window.settle(SOON, refused::add));
            assertEquals(Sending.SENT, window.offer(transfer("")));
            assertEquals(Sending.FULL, window.offer(transfer("")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveBackWhatADeadPeerDidNotAccept(Framing framing) {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
        try (Pipe pipe = new Pipe();
                PassingWindow window =
                        new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED)) {
            PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT);
            window.offer(transfer("accepted"));
            window.offer(transfer("seen", pipe.giveWriting()));
            window.offer(transfer("in the queue"));
            receive(receiver).accept();
            ReceivedTransfer seen = receive(receiver);
            receiver.close();
            seen.close();

            // One is unread, so the kernel reports a reset before the answer that it holds.
            assertEquals(1, window.settle(SOON, refused::add));
            assertTrue(window.peerGone());
            assertEquals(Sending.PEER_GONE, window.offer(transfer("late")));
            List<Transfer> back = window.reclaim();
            assertEquals(
                    List.of("seen", "in the queue"),
                    back.stream().map(transfer -> text(transfer.payload())).toList());
            Pipe.write(back.getFirst().descriptors().getFirst().fd(), "not lost");
            assertEquals("not lost", pipe.read());
            back.forEach(Transfer::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseNothingWhateverThePeerDoes(Framing framing) {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            DescriptorSocket.Pair pair = DescriptorSocket.pair(framing);
            PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT);
            List<PassedDescriptor> accepted = new ArrayList<>();
            List<Pipe> pipes = new ArrayList<>();
            try (PassingWindow window =
                    new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED)) {
                for (int step = 0; step < 60; step++) {
                    switch (random.nextInt(3)) {
                        case 0 -> offer(window, pipes);
                        case 1 -> answer(receiver, accepted, random);
                        default -> window.settle(refused::add);
                    }
                }
                receiver.close();
                while (!window.peerGone()) {
                    window.settle(SOON, refused::add);
                }
                refused.addAll(window.reclaim());
            }
            assertEquals(pipes.size(), accepted.size() + refused.size(), "seed " + seed);
            assertTrue(pipes.stream().noneMatch(Pipe::abandoned), "seed " + seed);
            accepted.forEach(PassedDescriptor::close);
            refused.forEach(Transfer::close);
            refused.clear();
            assertTrue(pipes.stream().allMatch(Pipe::abandoned), "seed " + seed);
            pipes.forEach(Pipe::close);
        }
    }

    private static void offer(PassingWindow window, List<Pipe> pipes) {
        Pipe pipe = new Pipe();
        Transfer transfer = transfer("", pipe.giveWriting());
        if (window.offer(transfer) == Sending.SENT) {
            pipes.add(pipe);
        } else {
            transfer.close();
            pipe.close();
        }
    }

    private static void answer(
            PassingReceiver receiver, List<PassedDescriptor> accepted, Random random) {
        try (ReceivedTransfer transfer = receiver.tryReceive()) {
            if (transfer != null && random.nextBoolean()) {
                accepted.addAll(transfer.accept());
            }
        }
    }

    @Test
    void shouldRejectAPeerThatSendsMoreThanTheLimit() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (Pipe pipe = new Pipe();
                PassingWindow window = new PassingWindow(pair.first(), 2, Keep.NOTHING);
                PassingReceiver receiver = new PassingReceiver(pair.second(), 1)) {
            window.offer(transfer("one"));
            window.offer(transfer("two", pipe.giveWriting()));
            ReceivedTransfer one = receive(receiver);
            PassingException failure =
                    assertThrows(PassingException.class, () -> receiver.receive(SOON));
            assertEquals(PassingException.Reason.NO_TRANSFER, failure.reason());
            assertTrue(pipe.abandoned());
            one.accept();
        }
    }

    @Test
    void shouldRejectMessagesThatAreNone() {
        byte[][] bad = {
            {}, {1}, {'T', 0, 0}, {'A', 0, 0, 0, 0, 0, 0, 0, 9}, {0, 1, 2, 3, 4, 5, 6, 7, 8}
        };
        for (byte[] message : bad) {
            DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
            try (Pipe pipe = new Pipe();
                    DescriptorSocket peer = pair.first();
                    PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
                peer.trySend(message, pipe.writing());
                pipe.closeWriting();
                assertThrows(PassingException.class, receiver::tryReceive);
                assertTrue(pipe.abandoned());
            }
        }
    }

    @Test
    void shouldRejectAnswersToWhatWasNotSent() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
        try (DescriptorSocket peer = pair.second();
                PassingWindow window =
                        new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED)) {
            peer.trySend(WindowMessage.answer(0, true));
            assertThrows(PassingException.class, () -> window.settle(refused::add));
            window.offer(transfer("one"));
            peer.trySend(WindowMessage.transfer(0, new byte[0]));
            assertThrows(PassingException.class, () -> window.settle(refused::add));
            assertEquals(1, window.inFlight());
        }
    }

    @Test
    void shouldSayWhenTheSenderIsGone() {
        DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.HEADER);
        try (PassingReceiver receiver = new PassingReceiver(pair.second(), LIMIT)) {
            PassingWindow window = new PassingWindow(pair.first(), LIMIT, Keep.UNTIL_ANSWERED);
            window.offer(transfer("last"));
            window.close();
            ReceivedTransfer last = receive(receiver);
            assertArrayEquals("last".getBytes(StandardCharsets.UTF_8), last.payload());
            last.accept();
            assertNull(receiver.tryReceive());
            assertTrue(receiver.ended());
            assertFalse(receiver.wantsWrite());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new PassingWindow(pair.first(), 0, Keep.NOTHING));
    }
}
