// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.prefork.spawn.Notice;
import dev.ringfork.prefork.spawn.Order;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.demux.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a new master hears of the one before it, which is this test. */
final class SuccessionTest {
    private final Syscalls syscalls = Syscalls.get();
    private final List<String> heard = new ArrayList<>();
    private Reactor reactor;
    private ExitWatch exits;
    private Channel before;
    private Succession succession;

    @BeforeEach
    void open() {
        reactor =
                new Reactor(
                        syscalls,
                        Demultiplexers.best(syscalls, Trigger.LEVEL),
                        TimeUnit.SECONDS.toNanos(1),
                        _ -> {});
        exits = ExitWatch.open(syscalls, reactor);
        Channel.Pair pair = Channel.open(syscalls);
        before = pair.here();
        long own = ProcessHandle.current().pid();
        succession =
                Succession.of(syscalls, Map.of("RINGFORK_PREDECESSOR", own + "," + pair.there()));
        succession.attach(
                reactor,
                exits,
                _ -> {},
                new Succession.Heir() {
                    @Override
                    public void takeOver() {
                        heard.add("take over");
                    }

                    @Override
                    public void alone() {
                        heard.add("alone");
                    }
                });
    }

    @AfterEach
    void close() {
        succession.close();
        before.close();
        exits.close();
        reactor.close();
    }

    /** Hears what has been said. */
    private void listen() {
        reactor.runOnce(TimeUnit.MILLISECONDS.toNanos(10));
    }

    @Test
    void shouldTakeOverWhenItIsToldTo() {
        succession.announce();
        assertEquals(Notice.READY, Channel.notice(before.receive()));
        listen();
        assertEquals(List.of(), heard, "the other one may wait no longer");

        before.send(Order.TAKE_OVER);
        listen();
        assertEquals(List.of("take over"), heard);
        assertNotNull(succession.obstacle(), "the other one drains");

        before.close();
        listen();
        assertEquals(List.of("take over", "alone"), heard);
        assertNull(succession.obstacle());
    }

    @Test
    void shouldBeAloneWhenTheOtherOneEndsWithoutAWord() {
        before.close();
        listen();
        assertEquals(List.of("alone"), heard);
    }

    @Test
    void shouldNotTakeOverWhenItEndsItself() {
        succession.announce();
        succession.close();
        listen();
        assertEquals(List.of(), heard);
    }
}
