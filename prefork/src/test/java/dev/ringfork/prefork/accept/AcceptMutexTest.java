// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static dev.ringfork.bindings.abi.Fcntl.F_DUPFD_CLOEXEC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every kind of accept mutex does, among threads and among processes. */
final class AcceptMutexTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** How many owners are killed for each kind; {@code -Dringfork.test.kills=1000} for a night. */
    private static final int KILLS = Integer.getInteger("ringfork.test.kills", 6);

    /** How many of them have been started before the first is killed. */
    private static final int STARTED_AHEAD = 2;

    private static final int COUNTED = 3_000;

    private final Syscalls syscalls = Syscalls.get();
    private final AtomicReference<AcceptMutex> created = new AtomicReference<>();

    private AcceptMutex create(AcceptMutexKind kind) {
        String absence = kind.absence();
        assumeTrue(absence == null, absence);
        created.set(AcceptMutex.create(kind));
        return created.get();
    }

    @AfterEach
    void close() {
        if (created.get() != null) {
            created.get().close();
        }
    }

    private int copy(int fd) {
        return Errno.check("fcntl", syscalls.descriptors().fcntl(fd, F_DUPFD_CLOEXEC, 0), fd);
    }

    private static boolean onAThread(AcceptMutex mutex) throws InterruptedException {
        AtomicReference<Boolean> got = new AtomicReference<>();
        Thread thread =
                new Thread(() -> {
                    got.set(mutex.tryAcquire());
                    if (got.get()) {
                        mutex.release();
                    }
                });
        thread.start();
        assertTrue(thread.join(DEADLINE));
        return got.get();
    }

    // ---- one at a time

    @ParameterizedTest
    @EnumSource
    void shouldBelongToOneThreadAtATime(AcceptMutexKind kind) throws InterruptedException {
        AcceptMutex mutex = create(kind);

        assertTrue(mutex.tryAcquire());
        assertFalse(mutex.tryAcquire());
        assertFalse(onAThread(mutex));
        mutex.release();
        assertTrue(onAThread(mutex));
        assertTrue(mutex.tryAcquire());
        mutex.release();

        assertEquals(new AcceptMutexStatistics(5, 3, 0, 0), mutex.statistics());
    }

    @ParameterizedTest
    @EnumSource
    void shouldBelongToOneProcessAtATime(AcceptMutexKind kind) {
        AcceptMutex mutex = create(kind);
        try (ContenderProcess other = ContenderProcess.start(mutex, Contender.Part.HOLD)) {
            other.await('h');
            assertFalse(mutex.tryAcquire());

            // Nor does one that is stopped hold up anybody: an attempt never waits.
            other.signal(ProcessConstants.SIGSTOP);
            assertFalse(mutex.tryAcquire());
            other.signal(ProcessConstants.SIGCONT);
            other.goOn();
            other.await('r');

            assertTrue(mutex.tryAcquire());
            mutex.release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGuardWhatProcessesShare(AcceptMutexKind kind, @TempDir Path folder)
            throws Exception {
        AcceptMutex mutex = create(kind);
        Path number = Files.write(folder.resolve("number"), new byte[Long.BYTES]);
        String[] arguments = {number.toString(), Integer.toString(COUNTED)};
        try (ContenderProcess one = ContenderProcess.start(mutex, Contender.Part.COUNT, arguments);
                ContenderProcess two =
                        ContenderProcess.start(mutex, Contender.Part.COUNT, arguments)) {
            Contender.count(mutex, number.toString(), COUNTED);
            for (WaitStatus end : new WaitStatus[] {one.awaitEnd(), two.awaitEnd()}) {
                assertTrue(end.exited() && end.exitStatus() == 0, end::toString);
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(number));
        assertEquals(3 * COUNTED, bytes.order(ByteOrder.nativeOrder()).getLong());
    }

    // ---- owners that die

    @ParameterizedTest
    @EnumSource
    void shouldBeFreeAgainWhenItsOwnerIsKilled(AcceptMutexKind kind) {
        AcceptMutex mutex = create(kind);
        int kills = 0;
        while (kills++ < Math.max(1, KILLS / 2)) {
            try (ContenderProcess owner = ContenderProcess.start(mutex, Contender.Part.HOLD)) {
                owner.await('h');
                assertFalse(mutex.tryAcquire());

                owner.kill();

                if (kind == AcceptMutexKind.FUTEX) {
                    assertFalse(mutex.tryAcquire());
                }
                assertEquals(kind == AcceptMutexKind.FUTEX, mutex.forceUnlock(owner.pid()));
                assertTrue(mutex.tryAcquire());
                mutex.release();
            }
        }
        AcceptMutexStatistics counted = mutex.statistics();
        assertEquals(kind == AcceptMutexKind.FUTEX ? kills - 1 : 0, counted.forced());
        assertEquals(kind == AcceptMutexKind.PTHREAD ? kills - 1 : 0, counted.recovered());
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeFreeAgainWhereverItsOwnerIsKilled(AcceptMutexKind kind) {
        AcceptMutex mutex = create(kind);
        ArrayDeque<ContenderProcess> alive = new ArrayDeque<>();
        for (int started = 0; started < KILLS + STARTED_AHEAD; started++) {
            if (started < KILLS) {
                alive.add(ContenderProcess.start(mutex, Contender.Part.CHURN));
            }
            if (started >= STARTED_AHEAD) {
                try (ContenderProcess oldest = alive.remove()) {
                    // It gets the mutex though another one goes on getting it.
                    oldest.await('h');
                    oldest.kill();
                    mutex.forceUnlock(oldest.pid());
                }
            }
        }

        assertTrue(mutex.tryAcquire());
        mutex.release();
    }

    // ---- what the master does

    @Test
    void shouldBeFreedForItsOwnerOnly() {
        AcceptMutex mutex = create(AcceptMutexKind.FUTEX);
        int pid = syscalls.processes().getpid();
        assertFalse(mutex.forceUnlock(pid));
        assertFalse(mutex.forceUnlock(0));
        assertTrue(mutex.tryAcquire());

        assertFalse(mutex.forceUnlock(pid + 1));
        assertFalse(mutex.forceUnlock(0));
        assertTrue(mutex.forceUnlock(pid));
        assertFalse(mutex.forceUnlock(pid));
    }

    @Test
    void shouldStayAnothersWhenAFormerOwnerGivesItBack() {
        AcceptMutex mutex = create(AcceptMutexKind.FUTEX);
        int pid = syscalls.processes().getpid();
        try (AcceptMutex next = AcceptMutex.adopt(mutex.kind(), copy(mutex.fd()))) {
            assertTrue(mutex.tryAcquire());
            assertTrue(next.forceUnlock(pid));
            assertTrue(next.tryAcquire());

            mutex.release();

            assertFalse(mutex.tryAcquire());
            next.release();
            assertTrue(mutex.tryAcquire());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatIsNoneOfItsKind(AcceptMutexKind kind) {
        AcceptMutexKind other =
                kind == AcceptMutexKind.FUTEX ? AcceptMutexKind.FCNTL : AcceptMutexKind.FUTEX;
        AcceptMutex mutex = create(kind);
        assertThrows(IllegalArgumentException.class, () -> AcceptMutex.adopt(other, mutex.fd()));
        // It is the caller's still, and as good as before.
        assertTrue(mutex.tryAcquire());
        mutex.release();
        assertThrows(IllegalArgumentException.class, () -> AcceptMutex.adopt(kind, 1_000_000));
    }

    @Test
    void shouldSayWhatToChooseWhereThereIsNone() {
        for (AcceptMutexKind kind : AcceptMutexKind.values()) {
            String absence = kind.absence();
            assertTrue(absence == null || absence.contains("choose --accept-mutex"), absence);
        }
    }
}
