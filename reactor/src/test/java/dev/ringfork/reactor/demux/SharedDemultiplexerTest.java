// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.ParkingPort;
import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.TurnPort;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
// A ring cannot be shared.
@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IO_URING")
@ExtendWith(NoLeakedDescriptors.class)
final class SharedDemultiplexerTest {
    private static final long MINUTE_NS = 60_000_000_000L;

    private final EngineUnderTest engine;
    private final Plumbing plumbing = new Plumbing();
    private final AtomicInteger wakeups = new AtomicInteger();
    private SharedDemultiplexer shared;
    private TurnPort port;

    SharedDemultiplexerTest(EngineUnderTest engine) {
        this.engine = engine;
    }

    @BeforeEach
    void openPort() {
        Syscalls syscalls = engine.over(Syscalls.get());
        shared = new SharedDemultiplexer(syscalls, engine.open(syscalls));
        port = new TurnPort(shared, wakeups::getAndIncrement);
    }

    @AfterEach
    void closeAll() {
        port.close();
        shared.close();
        plumbing.close();
    }

    private void pollOnce() {
        shared.poll(() -> false);
    }

    private void pollUntilWoken() {
        while (wakeups.get() == 0) {
            shared.poll(() -> true);
        }
    }

    private Pair watchedPipe(long token) {
        Pair pipe = plumbing.pipe();
        assertEquals(0, port.add(pipe.near(), READ, token));
        return pipe;
    }

    private void expectOne(long token) {
        assertEquals(1, port.poll(0));
        assertEquals(token, port.token(0));
        assertEquals(READ, port.ready(0));
    }

    @Test
    void shouldWakeThePortThatItHasAnEventFor() {
        AtomicInteger others = new AtomicInteger();
        try (TurnPort other = new TurnPort(shared, others::getAndIncrement)) {
            Pair pipe = watchedPipe(5);
            other.add(plumbing.pipe().near(), READ, 5);
            plumbing.write(pipe.far(), "x");

            pollOnce();

            assertEquals(1, wakeups.get());
            assertEquals(0, others.get());
            expectOne(5);
            assertEquals(0, other.poll(0));
        }
    }

    @Test
    void shouldNotReportAgainWhatTheLoopHasNotSeen() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        pollOnce();
        pollOnce();
        pollOnce();

        assertEquals(1, wakeups.get());
        expectOne(1);
        assertEquals(0, port.poll(0));
    }

    @Test
    void shouldReportAgainWhenAskedAgain() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        pollOnce();
        expectOne(1);

        assertEquals(0, port.modify(pipe.near(), READ, 2));
        plumbing.write(pipe.far(), "y");
        pollOnce();

        expectOne(2);
    }

    @Test
    void shouldForgetWhatWasRemoved() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        assertEquals(0, port.remove(pipe.near()));
        pollOnce();

        assertEquals(0, wakeups.get());
        assertEquals(0, port.add(pipe.near(), READ, 2));
        pollOnce();
        expectOne(2);
    }

    @Test
    void shouldKeepNothingOfAClosedPort() {
        AtomicInteger others = new AtomicInteger();
        TurnPort other = new TurnPort(shared, others::getAndIncrement);
        Pair pipe = plumbing.pipe();
        other.add(pipe.near(), READ, 1);
        other.poll(1);
        other.close();
        plumbing.write(pipe.far(), "x");
        port.poll(1);

        pollUntilWoken();

        assertEquals(0, others.get());
        assertEquals(0, port.add(pipe.near(), READ, 2));
    }

    @Test
    void shouldChangeWhileAnotherThreadPolls() throws InterruptedException {
        AtomicInteger stop = new AtomicInteger();
        Thread poller =
                Thread.ofPlatform()
                        .start(() -> {
                            while (stop.get() == 0) {
                                shared.poll(() -> stop.get() == 0);
                            }
                        });
        for (int i = 1; i <= 200; i++) {
            Pair pipe = watchedPipe(i);
            int before = wakeups.get();
            plumbing.write(pipe.far(), "x");
            Waiting.until(() -> wakeups.get() > before, "the wake-up of pipe");
            expectOne(i);
            assertEquals(0, port.remove(pipe.near()));
            plumbing.close(pipe.near());
            plumbing.close(pipe.far());
        }
        stop.set(1);
        shared.wakeup();
        Waiting.of(poller);
    }

    @Test
    void shouldWakeAPortWhenItsTimeIsOver() {
        assertEquals(0, port.poll(1_000_000));
        assertTrue(port.idle());

        pollUntilWoken();
    }

    @Test
    void shouldNotPutOffATimeThatIsSet() {
        port.poll(1_000_000);
        port.poll(MINUTE_NS);

        pollUntilWoken();
    }

    @Test
    void shouldBeIdleOnlyWhenThereWasNothing() {
        Pair pipe = watchedPipe(1);
        port.poll(-1);
        assertTrue(port.idle());

        plumbing.write(pipe.far(), "x");
        pollOnce();

        assertEquals(1, port.poll(-1));
        assertFalse(port.idle());
        port.poll(0);
        assertFalse(port.idle());
    }

    @Test
    void shouldParkAThreadUntilItsEvent() throws InterruptedException {
        BlockingQueue<Long> seen = new ArrayBlockingQueue<>(1);
        Pair pipe = plumbing.pipe();
        CountDownLatch watched = new CountDownLatch(1);
        Thread loop =
                Thread.startVirtualThread(() -> {
                    try (ParkingPort parking = new ParkingPort(shared)) {
                        parking.add(pipe.near(), READ, 8);
                        watched.countDown();
                        while (parking.poll(-1) == 0) {}
                        seen.add(parking.token(0));
                    }
                });
        Waiting.of(watched, "the registration");
        plumbing.write(pipe.far(), "x");
        pollOnce();

        assertEquals(8, Waiting.of(seen, "the event"));
        Waiting.of(loop);
    }

    @Test
    void shouldNotLoseAWakeupThatComesBeforeTheWait() throws InterruptedException {
        try (ParkingPort parking = new ParkingPort(shared)) {
            parking.wakeup();
            Thread.currentThread().interrupt();

            assertEquals(0, parking.poll(-1));
            assertTrue(Thread.interrupted(), "the wait was not needed, so the interrupt stays");

            // A wait that an interrupt ends takes it: the next one would not wait at all.
            Thread.currentThread().interrupt();
            assertEquals(0, parking.poll(-1));
            assertFalse(Thread.interrupted());
        }
    }
}
