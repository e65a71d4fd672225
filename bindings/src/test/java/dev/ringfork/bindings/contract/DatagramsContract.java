// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.MessageBatch;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider's recvmmsg and sendmmsg have to keep, with {@link MessageBatch}. */
public abstract class DatagramsContract extends SyscallsContract {
    private static final int SLOTS = 4;
    private static final int ROOM = 16;
    private static final int DATAGRAM = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_NONBLOCK;

    /** The calls, or those of a kernel that takes datagrams one by one. */
    private Sockets calls(boolean together) {
        if (together) {
            return syscalls().sockets();
        }
        FaultInjectingSyscalls lacking = new FaultInjectingSyscalls(syscalls(), 0);
        lacking.onCall("recvmmsg").always().fail(Errno.ENOSYS);
        lacking.onCall("sendmmsg").always().fail(Errno.ENOSYS);
        return lacking.sockets();
    }

    private int bound() {
        int fd = socket(SocketConstants.AF_INET, DATAGRAM);
        assertOk(bind(fd, Address.parse("127.0.0.1:0")));
        return fd;
    }

    private MessageBatch batch() {
        return new MessageBatch(bytes((int) MessageBatch.bytes(SLOTS)), SLOTS);
    }

    private MessageBatch saying(Address to, String... texts) {
        MessageBatch batch = batch();
        for (int i = 0; i < texts.length; i++) {
            batch.datagram(i, bytes(texts[i]).address(), texts[i].length());
            batch.peerLength(i, to.encode(batch.peer(i)));
        }
        return batch;
    }

    private MemorySegment room(MessageBatch batch) {
        MemorySegment room = bytes(SLOTS * ROOM);
        for (int i = 0; i < SLOTS; i++) {
            batch.datagram(i, room.address() + (long) i * ROOM, ROOM);
        }
        return room;
    }

    private static String text(MessageBatch batch, MemorySegment room, int slot) {
        return text(room.asSlice((long) slot * ROOM), batch.length(slot));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCarrySeveralDatagramsAndTheirSenders(boolean together) {
        Sockets calls = calls(together);
        int sender = bound();
        int receiver = bound();
        MessageBatch out = saying(nameOf(receiver), "one", "", "three");
        assertEquals(3, out.send(calls, sender, 0, 3, 0));
        assertEquals(5, out.length(2));

        MessageBatch in = batch();
        MemorySegment room = room(in);
        assertEquals(3, in.receive(calls, receiver, SLOTS, 0));

        assertEquals("one", text(in, room, 0));
        assertEquals("", text(in, room, 1));
        assertEquals("three", text(in, room, 2));
        for (int i = 0; i < 3; i++) {
            assertEquals(nameOf(sender), Address.decode(in.peer(i), in.peerLength(i)));
            assertFalse(in.truncated(i));
        }
        assertErrno(Errno.EAGAIN, in.receive(calls, receiver, SLOTS, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendFromAnySlot(boolean together) {
        Sockets calls = calls(together);
        int sender = bound();
        int receiver = bound();
        MessageBatch out = saying(nameOf(receiver), "a", "b", "c", "d");
        assertEquals(2, out.send(calls, sender, 2, 2, 0));

        MessageBatch in = batch();
        MemorySegment room = room(in);
        assertEquals(2, in.receive(calls, receiver, SLOTS, 0));
        assertEquals("c", text(in, room, 0));
        assertEquals("d", text(in, room, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellWhatWasCutOff(boolean together) {
        Sockets calls = calls(together);
        int receiver = bound();
        MessageBatch out = saying(nameOf(receiver), "much longer than the room", "short");
        assertEquals(2, out.send(calls, bound(), 0, 2, 0));

        MessageBatch in = batch();
        MemorySegment room = room(in);
        assertEquals(2, in.receive(calls, receiver, SLOTS, 0));

        assertTrue(in.truncated(0));
        assertEquals("much longer than", text(in, room, 0));
        assertFalse(in.truncated(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveWhatHasNoSlot(boolean together) {
        Sockets calls = calls(together);
        int receiver = bound();
        assertEquals(4, saying(nameOf(receiver), "1", "2", "3", "4").send(calls, bound(), 0, 4, 0));

        MessageBatch in = batch();
        MemorySegment room = room(in);
        assertEquals(3, in.receive(calls, receiver, 3, 0));
        assertEquals("3", text(in, room, 2));
        assertEquals(1, in.receive(calls, receiver, 3, 0));
        assertEquals("4", text(in, room, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStopAtTheDatagramThatCannotBeSent(boolean together) {
        Sockets calls = calls(together);
        int sender = bound();
        MessageBatch out = saying(nameOf(bound()), "good", "bad", "good");
        out.datagram(1, bytes(1 << 17).address(), 1 << 17);

        assertEquals(1, out.send(calls, sender, 0, 3, 0));
        assertErrno(Errno.EMSGSIZE, out.send(calls, sender, 1, 2, 0));
        assertEquals(1, out.send(calls, sender, 2, 1, 0));
    }

    @Test
    void shouldReportWhatIsNoSocket() {
        String absence = syscalls().absence("recvmmsg");
        assumeTrue(absence == null, absence);
        Sockets calls = syscalls().sockets();
        MessageBatch batch = batch();
        room(batch);
        int pipe = pipe(0)[0];

        assertErrno(Errno.ENOTSOCK, batch.receive(calls, pipe, SLOTS, 0));
        assertErrno(Errno.ENOTSOCK, batch.send(calls, pipe, 0, 1, 0));
    }
}
