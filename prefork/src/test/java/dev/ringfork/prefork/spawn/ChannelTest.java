// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import org.junit.jupiter.api.Test;

final class ChannelTest {
    private final Syscalls syscalls = Syscalls.get();

    @Test
    void shouldCarryOrdersAndNoticesOneByOne() {
        Channel.Pair pair = Channel.open(syscalls);
        try (Channel master = pair.here();
                Channel worker = Channel.adopt(syscalls, pair.there())) {
            for (Order order : Order.values()) {
                assertEquals(1, master.send(order));
            }
            for (Order order : Order.values()) {
                assertEquals(order, Channel.order(worker.receive()));
            }
            assertEquals(-Errno.EAGAIN, worker.receive());
            assertEquals(1, worker.send(Notice.READY));
            assertEquals(Notice.READY, Channel.notice(master.receive()));
        }
    }

    @Test
    void shouldNotTakeAnythingForAnOrder() {
        assertNull(Channel.order('?'));
        assertNull(Channel.notice('?'));
    }

    @Test
    void shouldTellThatTheOtherSideIsGone() {
        Channel.Pair pair = Channel.open(syscalls);
        try (Channel master = pair.here()) {
            syscalls.descriptors().close(pair.there());
            assertEquals(0, master.receive());
            assertEquals(-Errno.EPIPE, master.send(Order.DRAIN));
        }
    }

    @Test
    void shouldNotWaitForAWorkerThatDoesNotListen() {
        Channel.Pair pair = Channel.open(syscalls);
        try (Channel master = pair.here();
                Channel _ = Channel.adopt(syscalls, pair.there())) {
            int result = 1;
            while (result == 1) {
                result = master.send(Order.REOPEN);
            }
            assertEquals(-Errno.EAGAIN, result);
        }
    }
}
