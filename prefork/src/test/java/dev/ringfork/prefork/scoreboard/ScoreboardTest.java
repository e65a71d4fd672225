// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.SharedPlaces;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ScoreboardTest {
    private final Syscalls syscalls = Syscalls.get();

    private Scoreboard secondMapping(Scoreboard first) {
        return Scoreboard.adopt(
                syscalls, Errno.check("dup", syscalls.descriptors().dup(first.fd()), null));
    }

    @Test
    void shouldShowToOneMappingWhatIsWrittenToAnother() {
        try (Scoreboard master = Scoreboard.create(syscalls);
                Scoreboard worker = secondMapping(master)) {
            int record = master.take();
            Score written = worker.score(record);
            written.identify(123, 4, 5);
            written.state(Score.State.DRAINING);
            written.beat(77);
            Score read = master.score(record);
            assertEquals(123, read.pid());
            assertEquals(4, read.slot());
            assertEquals(5, read.generation());
            assertEquals(Score.State.DRAINING, read.state());
            assertEquals(77, read.heartbeat());
        }
    }

    @Test
    void shouldCountWhatAServerCounts() {
        try (Scoreboard board = Scoreboard.create(syscalls);
                Server server =
                        Server.builder(connection -> connection::write)
                                .listen(Address.parse("127.0.0.1:0"))
                                .start()) {
            Score score = board.score(board.take());
            score.count(server.statistics(), 42);
            assertEquals(42, score.requests());
            assertEquals(0, score.connections());
            assertEquals(0, score.accepted() + score.cut() + score.shed() + score.stalls());
            assertEquals(0, score.bytesIn() + score.bytesOut());
        }
    }

    @Test
    void shouldCountWhoWasWokenAndWhatWasAccepted() throws Exception {
        try (Scoreboard board = Scoreboard.create(syscalls);
                Server server =
                        Server.builder(connection -> connection::write)
                                .listen(Address.parse("127.0.0.1:0"))
                                .start()) {
            String address = server.addresses().getFirst().toString();
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(10_000);
                client.getOutputStream().write('x');
                assertEquals('x', client.getInputStream().read());
            }
            Score score = board.score(board.take());
            score.count(server.statistics(), 0);
            assertEquals(1, score.accepts());
            assertEquals(1, Counts.of(score).accepts());
            assertEquals(1, score.wakeups() - score.emptyWakeups());
            assertEquals(score.emptyAccepts(), Counts.of(score).emptyAccepts());
        }
    }

    @Test
    void shouldGiveEachWorkerARecordOfItsOwnAndClearedOnes() {
        try (Scoreboard board = Scoreboard.create(syscalls)) {
            int first = board.take();
            int second = board.take();
            board.score(first).beat(1);
            board.score(second).beat(2);
            assertEquals(1, board.score(first).heartbeat());
            board.release(first);
            assertEquals(Score.State.FREE, board.score(first).state());
            assertEquals(first, board.take());
            assertEquals(0, board.score(first).heartbeat());
            assertEquals(2, board.score(second).heartbeat());
        }
    }

    @Test
    void shouldCountThePlacesOfAllWorkersTogether() {
        try (Scoreboard board = Scoreboard.create(syscalls);
                Scoreboard worker = secondMapping(board)) {
            int gone = board.take();
            SharedPlaces first = worker.places(gone);
            SharedPlaces second = worker.places(board.take());
            assertTrue(first.take(3));
            assertTrue(second.take(3));
            assertTrue(first.take(3));
            assertFalse(second.take(3));
            assertEquals(3, second.taken());
            second.give();
            assertTrue(first.take(3));
            assertFalse(second.take(3));

            board.release(gone);

            assertEquals(0, second.taken());
            assertTrue(second.take(1));
        }
    }

    @Test
    void shouldCountWorkersThatServeAsThoseWhoShare() {
        try (Scoreboard board = Scoreboard.create(syscalls)) {
            int first = board.take();
            int second = board.take();
            SharedPlaces places = board.places(second);
            assertEquals(1, places.sharers());
            board.score(first).state(Score.State.SERVING);
            board.score(second).state(Score.State.SERVING);
            assertEquals(2, places.sharers());
            board.release(first);
            assertEquals(1, places.sharers());
        }
    }

    @Test
    void shouldNeverGiveMorePlacesThanThereAre() throws Exception {
        int most = 3;
        AtomicInteger held = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        try (Scoreboard board = Scoreboard.create(syscalls)) {
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SharedPlaces places = board.places(board.take());
                workers.add(Thread.ofPlatform().start(() -> use(places, most, held, tooMany)));
            }
            for (Thread worker : workers) {
                assertTrue(worker.join(Duration.ofSeconds(60)), "it goes on");
            }
            assertEquals(0, tooMany.get());
            assertEquals(0, board.places(0).taken());
        }
    }

    private static void use(
            SharedPlaces places, int most, AtomicInteger held, AtomicInteger tooMany) {
        for (int i = 0; i < 20_000; i++) {
            if (places.take(most)) {
                if (held.incrementAndGet() > most) {
                    tooMany.incrementAndGet();
                }
                held.decrementAndGet();
                places.give();
            }
        }
    }

    @Test
    void shouldHaveABound() {
        try (Scoreboard board = Scoreboard.create(syscalls)) {
            for (int i = 0; i < Scoreboard.RECORDS; i++) {
                assertEquals(i, board.take());
            }
            assertEquals(-1, board.take());
        }
    }

    @Test
    void shouldRefuseADescriptorThatIsNone() {
        assertThrows(SyscallException.class, () -> Scoreboard.adopt(syscalls, -1));
    }
}
