// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.reactor.uring.RegisteredFiles.slot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table itself: its bounds, what is put in, and who closes what. */
final class RegisteredFilesTest extends RingTest {

    @BeforeEach
    void requireTables() {
        assumeFeature("direct descriptors");
    }

    private RegisteredFiles files(int count) {
        return RegisteredFiles.register(proactor.ring(), count);
    }

    private int send(int slot) {
        Outcome send = new Outcome();
        proactor.send(send.operation, slot, text("abc").address(), 3, MSG_NOSIGNAL);
        return resultOf(send);
    }

    @Test
    void shouldTellSlotsFromDescriptors() {
        for (int number : new int[] {0, 1, 1000, RegisteredFiles.COUNT_MAX - 1}) {
            assertTrue(RegisteredFiles.isSlot(slot(number)));
            assertEquals(number, RegisteredFiles.number(slot(number)));
            assertFalse(RegisteredFiles.isSlot(number));
        }
        assertFalse(RegisteredFiles.isSlot(RegisteredFiles.ANY));
        assertThrows(IllegalArgumentException.class, () -> RegisteredFiles.number(3));
        assertThrows(IndexOutOfBoundsException.class, () -> slot(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> slot(RegisteredFiles.COUNT_MAX));
    }

    @Test
    void shouldHaveABound() {
        assertThrows(IllegalArgumentException.class, () -> files(0));
        assertThrows(IllegalArgumentException.class, () -> files(RegisteredFiles.COUNT_MAX + 1));
    }

    @Test
    void shouldBeTheOnlyTableOfItsRing() {
        try (RegisteredFiles files = files(2)) {
            assertEquals(2, files.count());
            SyscallException second = assertThrows(SyscallException.class, () -> files(2));
            assertEquals(Errno.EBUSY, second.errno());
        }
        files(3).close();
    }

    @Test
    void shouldSayThatThereAreMoreSlotsThanDescriptorsAllowed() {
        calls.refuse("io_uring_register", Errno.EMFILE);
        SyscallException thrown = assertThrows(SyscallException.class, () -> files(2));
        assertEquals(Errno.EMFILE, thrown.errno());
        assertTrue(thrown.toString().contains("a table of 2 slots"), thrown::toString);
    }

    @Test
    void shouldKeepOpenWhatIsInASlotAndCloseItsOwnOnly() {
        Pair pair = plumbing.socketpair();
        RegisteredFiles files = files(2);
        files.put(1, pair.near());
        assertTrue(plumbing.isOpen(pair.near()));
        plumbing.close(pair.near());
        assertEquals(3, send(slot(1)));
        assertEquals("abc", plumbing.read(pair.far(), 8));
        files.close();
        assertEquals(-Errno.EBADF, send(slot(1)));
        assertEquals("", plumbing.read(pair.far(), 8));
        files.close();
    }

    @Test
    void shouldReplaceAndEmptyASlot() {
        Pair first = plumbing.socketpair();
        Pair second = plumbing.socketpair();
        RegisteredFiles files = files(1);
        files.put(0, first.near());
        files.put(0, second.near());
        assertEquals(3, send(slot(0)));
        assertEquals("abc", plumbing.read(second.far(), 8));
        files.put(0, -1);
        assertEquals(-Errno.EBADF, send(slot(0)));
    }

    @Test
    void shouldNotPutInWhatIsNotThere() {
        Pair pair = plumbing.socketpair();
        RegisteredFiles files = files(1);
        assertThrows(IndexOutOfBoundsException.class, () -> files.put(1, pair.near()));
        assertThrows(IndexOutOfBoundsException.class, () -> files.put(-1, pair.near()));
        assertThrows(IndexOutOfBoundsException.class, () -> files.allocate(0, 2));
        plumbing.close(pair.near());
        for (int fd : new int[] {pair.near(), proactor.ring().fd()}) {
            SyscallException thrown = assertThrows(SyscallException.class, () -> files.put(0, fd));
            assertEquals(Errno.EBADF, thrown.errno());
        }
    }

    @Test
    void shouldGoWithItsRing() {
        Pair pair = plumbing.socketpair();
        RegisteredFiles files = files(1);
        files.put(0, pair.near());
        proactor.close();
        files.close();
        assertTrue(plumbing.isOpen(pair.near()));
    }
}
