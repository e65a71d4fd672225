// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.FD_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFD;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_NAPI;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.testing.OpenDescriptors;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traps 45, 51 and 52: kernels that lack something, and what making rings leaves behind. */
final class SetupTest extends RingTest {
    private static final List<String> FLAGS =
            List.of("NO_SQARRAY", "DEFER_TASKRUN", "SINGLE_ISSUER", "COOP_TASKRUN", "SUBMIT_ALL");

    private void refuseSetup(int times, int errno) {
        for (int i = 0; i < times; i++) {
            calls.refuse("io_uring_setup", errno);
        }
    }

    @Test
    void shouldTakeEveryFlagOfThisKernel() {
        assertEquals(List.of(), proactor.ring().missing());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void shouldWorkWithoutTheFlagsThatAKernelLacks(int lacking) {
        refuseSetup(lacking, Errno.EINVAL);
        proactor.close();
        proactor = new UringProactor(Ring.open(calls.syscalls(), settings()));
        assertEquals(FLAGS.subList(0, lacking), proactor.ring().missing());
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        Outcome bound = new Outcome();
        proactor.link();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        proactor.linkTimeout(bound.operation, MS);
        finish(recv, bound);
        assertEquals(-Errno.ECANCELED, recv.result());
        for (int i = 0; i < 100; i++) {
            proactor.nop(new Outcome().operation);
        }
        until(() -> proactor.inFlight() == 0, "all that was begun");
        Outcome poll = new Outcome();
        proactor.timeoutMultishot(poll.operation, MS, 3);
        finish(poll);
        assertEquals(3, poll.completions());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldWorkWithAPollingThreadAndWithoutFlags(int lacking) {
        RingSettings settings = settings().withSqPoll(Duration.ofMillis(1), -1);
        refuseSetup(lacking, Errno.EINVAL);
        proactor.close();
        proactor = new UringProactor(Ring.open(calls.syscalls(), settings));
        assertEquals(lacking, proactor.ring().missing().size());
        Outcome timeout = new Outcome();
        proactor.timeout(timeout.operation, MS);
        assertEquals(-Errno.ETIME, resultOf(timeout));
    }

    @Test
    void shouldSayWhyThereIsNoRing() {
        assertNull(RingSupport.absence(calls.syscalls()));
        for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM, Errno.ENOMEM, Errno.EACCES}) {
            refuseSetup(1, errno);
            String absence = RingSupport.absence(calls.syscalls());
            assertNotNull(absence);
            assertTrue(absence.contains(Errno.name(errno)), absence);
            refuseSetup(1, errno);
            SyscallException refused =
                    assertThrows(
                            SyscallException.class, () -> Ring.open(calls.syscalls(), settings()));
            assertEquals(errno, refused.errno());
        }
        refuseSetup(FLAGS.size() + 1, Errno.EINVAL);
        assertNotNull(RingSupport.absence(calls.syscalls()));
        refuseSetup(1, Errno.EMFILE);
        // For want of descriptors: that is not the absence of rings.
        assertNull(RingSupport.absence(calls.syscalls()));
        calls.miss("io_uring_setup", "not on this one");
        assertEquals("not on this one", RingSupport.absence(calls.syscalls()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldLeaveNothingOfARingWhoseMemoryIsRefused(int refusedMap) throws IOException {
        long mapsBefore = maps();
        List<String> before = OpenDescriptors.list();
        AtomicInteger maps = new AtomicInteger();
        calls.before(
                "mmap",
                () -> {
                    if (maps.incrementAndGet() == refusedMap) {
                        calls.refuse("mmap", Errno.ENOMEM);
                    }
                });
        SyscallException refused =
                assertThrows(SyscallException.class, () -> Ring.open(calls.syscalls(), settings()));
        assertEquals(Errno.ENOMEM, refused.errno());
        assertEquals(before, OpenDescriptors.list());
        assertEquals(mapsBefore, maps());
    }

    /** How many mappings are of rings. */
    private static long maps() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("io_uring")).count();
        }
    }

    private static long allMaps() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    private static void openAndClose(int times) {
        RingSettings small = RingSettings.DEFAULT.withSubmissions(2).withCompletions(4);
        for (int i = 0; i < times; i++) {
            UringProactor own = new UringProactor(Ring.open(Syscalls.get(), small));
            Outcome nop = new Outcome();
            own.nop(nop.operation);
            BufferRing group = BufferRing.register(own.ring(), 0, 2, 0);
            own.await(0);
            own.complete();
            assertEquals(0, nop.result());
            if (i % 2 == 0) {
                group.close();
            }
            own.close();
            group.close();
        }
    }

    @Test
    void shouldLeakNothingInAThousandRings() throws IOException {
        openAndClose(20);
        List<String> before = OpenDescriptors.list();
        long rings = maps();
        long all = allMaps();
        openAndClose(1000);
        assertEquals(before, OpenDescriptors.list());
        assertEquals(rings, maps());
        // The JVM maps what it likes, but not a thousand times.
        assertTrue(allMaps() < all + 300, "mappings are left");
    }

    @Test
    void shouldNotBeInheritedByPrograms() {
        int flags = calls.syscalls().descriptors().fcntl(proactor.ring().fd(), F_GETFD, 0);
        assertEquals(FD_CLOEXEC, flags & FD_CLOEXEC);
    }

    @Test
    void shouldTakeNothingBeforeItIsEnabled() {
        Ring ring = Ring.open(Syscalls.get(), settings());
        try (ring) {
            Sqe sqe = ring.submissions().next();
            assertNotNull(sqe);
            sqe.prepNop();
            assertEquals(-Errno.EBADFD, ring.submit(true));
            ring.enable();
            ring.enable();
            assertEquals(1, ring.submit(true));
            ring.submitAndWait(PATIENCE_NS, true);
            assertEquals(1, ring.completions().ready());
        }
    }

    @Test
    void shouldBoundTheKernelsThreads() {
        RingSettings two = settings().withWorkers(2);
        try (UringProactor own = new UringProactor(Ring.open(Syscalls.get(), two))) {
            Pair out = blockingPipe();
            for (int i = 0; i < 12; i++) {
                Pair in = blockingPipe();
                own.splice(new Outcome().operation, in.near(), -1, out.far(), -1, 8);
            }
            own.submit();
            // A third would be there as soon as these wait, as all twelve do.
            Waiting.until(() -> workers() >= 2, "the kernel's threads");
            own.await(20 * MS);
            long workers = workers();
            assertTrue(workers <= 4, () -> workers + " threads");
        }
    }

    @Test
    void shouldAskNetworkCardsForAsLongAsItWasTold() {
        RingSettings asking = settings().withNapi(Duration.ofNanos(50_999));
        try (UringProactor own = new UringProactor(Ring.open(Syscalls.get(), asking))) {
            Outcome nop = new Outcome();
            own.nop(nop.operation);
            try {
                own.await(PATIENCE_NS);
            } catch (SyscallException e) {
                assumeTrue(false, "this kernel has no NAPI for rings: " + e.getMessage());
            }
            own.complete();
            assertEquals(0, nop.result());
            assertEquals(50, asked(own.ring()));
        }
    }

    /** What the ring does until now, as the kernel tells when it is taken back. */
    private static int asked(Ring ring) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment napi = arena.allocate(Layouts.current().size("io_uring_napi"), 8);
            assertEquals(0, ring.register(IORING_UNREGISTER_NAPI, napi.address(), 1));
            return napi.get(JAVA_INT, Layouts.current().offset("io_uring_napi", "busy_poll_to"));
        }
    }

    private static long workers() {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> name(task).startsWith("iou-wrk")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            // It has ended meanwhile.
            return "";
        }
    }

    @Test
    void shouldRefuseSettingsThatCannotBe() {
        RingSettings settings = RingSettings.DEFAULT;
        for (int entries : new int[] {0, -1, 32_769}) {
            assertThrows(IllegalArgumentException.class, () -> settings.withSubmissions(entries));
        }
        assertThrows(IllegalArgumentException.class, () -> settings.withCompletions(511));
        assertThrows(IllegalArgumentException.class, () -> settings.withCompletions(65_537));
        assertThrows(IllegalArgumentException.class, () -> settings.withWorkers(0));
        Duration idle = Duration.ofMillis(1);
        assertThrows(IllegalArgumentException.class, () -> settings.withSqPoll(idle, -2));
        assertThrows(IllegalArgumentException.class, () -> settings.withSqPoll(idle.negated(), -1));
    }
}
