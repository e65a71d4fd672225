// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.RobustMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A robust mutex among threads: for the C library a thread that ends is as dead as a process. */
class RobustMutexTest {
    private static final long DEADLINE_MS = 10_000;
    private static final long NS_PER_MS = 1_000_000;

    private final Arena arena = Arena.ofShared();
    private RobustMutex mutex;

    @BeforeEach
    void make() {
        assumeTrue(Platform.current().linux(), "no robust mutexes here");
        mutex = RobustMutex.initialize(arena.allocate(RobustMutex.bytes(), Long.BYTES));
    }

    @AfterEach
    void free() {
        arena.close();
    }

    /** What a thread gets that ends afterwards. */
    private static int onAThread(IntSupplier action) throws InterruptedException {
        AtomicInteger result = new AtomicInteger(Integer.MIN_VALUE);
        Thread thread = new Thread(() -> result.set(action.getAsInt()));
        thread.start();
        thread.join(DEADLINE_MS);
        return result.get();
    }

    /** What is got when the owner has ended, which for the kernel is after the end of its Java. */
    private int tryLockAfterTheEnd() {
        long begin = System.nanoTime();
        int result;
        do {
            result = mutex.tryLock();
        } while (result == -Errno.EBUSY && System.nanoTime() - begin < DEADLINE_MS * NS_PER_MS);
        return result;
    }

    @Test
    void shouldExcludeOthersUntilUnlocked() throws InterruptedException {
        RobustMutex other = RobustMutex.at(mutex.memory());

        assertEquals(0, mutex.tryLock());
        assertEquals(-Errno.EBUSY, onAThread(other::tryLock));
        assertEquals(0, mutex.unlock());
        assertEquals(0, onAThread(() -> other.tryLock() + other.unlock()));
        assertEquals(0, mutex.destroy());
    }

    @Test
    void shouldTellTheNextThatTheOwnerDied() throws InterruptedException {
        assertEquals(0, onAThread(mutex::tryLock));

        assertEquals(-Errno.EOWNERDEAD, tryLockAfterTheEnd());
        assertEquals(-Errno.EBUSY, onAThread(mutex::tryLock));
        assertEquals(0, mutex.consistent());
        assertEquals(0, mutex.unlock());
        assertEquals(0, mutex.tryLock());
        assertEquals(-Errno.EINVAL, mutex.consistent());
        assertEquals(0, mutex.unlock());
    }

    @Test
    void shouldBeLostIfNobodyPutsItInOrder() throws InterruptedException {
        assertEquals(0, onAThread(mutex::tryLock));
        assertEquals(-Errno.EOWNERDEAD, tryLockAfterTheEnd());
        assertEquals(0, mutex.unlock());

        assertEquals(-Errno.ENOTRECOVERABLE, mutex.tryLock());
    }

    @Test
    void shouldLetOnlyTheOwnerUnlock() throws InterruptedException {
        assertEquals(0, mutex.tryLock());

        assertEquals(-Errno.EPERM, onAThread(mutex::unlock));
        assertEquals(0, mutex.unlock());
        assertEquals(-Errno.EPERM, mutex.unlock());
    }

    @Test
    void shouldSayWhereThereIsNone() {
        if (Platform.current().linux()) {
            assertNull(RobustMutex.absence());
        } else {
            assertNotNull(RobustMutex.absence());
        }
    }

    @Test
    void shouldRefuseMemoryThatIsTooSmall() {
        MemorySegment small = arena.allocate(RobustMutex.bytes() - 1, Long.BYTES);

        assertThrows(IllegalArgumentException.class, () -> RobustMutex.at(small));
    }
}
