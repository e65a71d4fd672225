// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.abi.IoUringConstants;
import dev.ringfork.bindings.abi.IoUringOperations;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.MappingConstants;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every provider's {@link IoUring} has to keep on Linux. */
public abstract class IoUringContract extends SyscallsContract {

    private static final int ENTRIES = 4;
    private static final long USER_DATA = 0x1234_5678_9abc_def0L;
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Deque<MemorySegment> mapped = new ArrayDeque<>();
    private MemorySegment params = MemorySegment.NULL;

    private IoUring calls() {
        return syscalls().ioUring();
    }

    private static int size(String type) {
        return Layouts.current().size(type);
    }

    private static int offset(String type, String field) {
        return Layouts.current().offset(type, field);
    }

    @BeforeEach
    void requireRings() {
        String absence = syscalls().absence("io_uring_setup");
        assumeTrue(absence == null, absence);
        params = bytes(size("io_uring_params"));
    }

    @AfterEach
    void unmap() {
        mapped.forEach(
                part -> assertOk(syscalls().mappings().munmap(part.address(), part.byteSize())));
    }

    private int ring() {
        return opened(calls().io_uring_setup(ENTRIES, params.address()));
    }

    private int param(String field) {
        return params.get(JAVA_INT, offset("io_uring_params", field));
    }

    /** Where the kernel has put a part of the submission queue. */
    private int sq(String field) {
        return params.get(
                JAVA_INT, offset("io_uring_params", "sq_off") + offset("io_sqring_offsets", field));
    }

    /** Where the kernel has put a part of the completion queue. */
    private int cq(String field) {
        return params.get(
                JAVA_INT, offset("io_uring_params", "cq_off") + offset("io_cqring_offsets", field));
    }

    private MemorySegment map(int ring, long offset, long bytes) {
        int access = MappingConstants.PROT_READ | MappingConstants.PROT_WRITE;
        int flags = MappingConstants.MAP_SHARED | MappingConstants.MAP_POPULATE;
        long address = syscalls().mappings().mmap(0, bytes, access, flags, ring, offset);
        if (address < 0 && address >= -Errno.MAX) {
            assertOk(address);
        }
        MemorySegment part = Memory.at(address, bytes);
        mapped.push(part);
        return part;
    }

    private MemorySegment submissions(int ring) {
        long bytes = sq("array") + (long) param("sq_entries") * Integer.BYTES;
        return map(ring, IoUringConstants.IORING_OFF_SQ_RING, bytes);
    }

    private MemorySegment completions(int ring) {
        long bytes = cq("cqes") + (long) param("cq_entries") * size("io_uring_cqe");
        return map(ring, IoUringConstants.IORING_OFF_CQ_RING, bytes);
    }

    private MemorySegment entries(int ring) {
        long bytes = (long) param("sq_entries") * size("io_uring_sqe");
        return map(ring, IoUringConstants.IORING_OFF_SQES, bytes);
    }

    /** Puts one operation that does nothing into the queue. */
    private void prepareNop(int ring) {
        MemorySegment queue = submissions(ring);
        MemorySegment entry = entries(ring).asSlice(0, size("io_uring_sqe"));
        byte nop = (byte) IoUringOperations.IORING_OP_NOP;
        entry.set(JAVA_BYTE, offset("io_uring_sqe", "opcode"), nop);
        entry.set(JAVA_LONG, offset("io_uring_sqe", "user_data"), USER_DATA);
        queue.set(JAVA_INT, sq("array"), 0);
        // Release: the kernel that sees the tail sees the entry.
        INT.setRelease(queue, (long) sq("tail"), 1);
    }

    private void assertCompleted(int ring) {
        MemorySegment queue = completions(ring);
        // Acquire: what the kernel wrote before the tail is read after it.
        assertEquals(1, (int) INT.getAcquire(queue, (long) cq("tail")));
        MemorySegment completion = queue.asSlice(cq("cqes"), size("io_uring_cqe"));
        assertEquals(USER_DATA, completion.get(JAVA_LONG, offset("io_uring_cqe", "user_data")));
        assertEquals(0, completion.get(JAVA_INT, offset("io_uring_cqe", "res")));
        // Release: the kernel may use the room again once this has been read.
        INT.setRelease(queue, (long) cq("head"), 1);
    }

    @Test
    void shouldMakeARingThatIsNotInherited() {
        int ring = opened(calls().io_uring_setup(ENTRIES - 1, params.address()));

        assertTrue(cloexec(ring));
        assertEquals(ENTRIES, param("sq_entries"));
        assertEquals(2 * ENTRIES, param("cq_entries"));
        assertNotEquals(0, param("features") & IoUringConstants.IORING_FEAT_NODROP);
        assertEquals(ENTRIES - 1, submissions(ring).get(JAVA_INT, sq("ring_mask")));
        assertEquals(2 * ENTRIES, completions(ring).get(JAVA_INT, cq("ring_entries")));
    }

    @Test
    void shouldRefuseRingsThatCannotBe() {
        assertErrno(Errno.EINVAL, calls().io_uring_setup(0, params.address()));
        assertErrno(Errno.EINVAL, calls().io_uring_setup(-1, params.address()));
        assertErrno(Errno.EFAULT, calls().io_uring_setup(ENTRIES, 8));
        params.set(JAVA_INT, offset("io_uring_params", "flags"), 1 << 31);
        assertErrno(Errno.EINVAL, calls().io_uring_setup(ENTRIES, params.address()));
    }

    @Test
    void shouldCompleteWhatIsSubmittedAndWaitedFor() {
        int ring = ring();
        prepareNop(ring);
        int flags = IoUringConstants.IORING_ENTER_GETEVENTS;
        assertEquals(1, calls().io_uring_enter(ring, 1, 1, flags, 0, 0));
        assertCompleted(ring);
    }

    @Test
    void shouldCompleteWhatIsSubmittedWithoutWaiting() {
        int ring = ring();
        prepareNop(ring);
        assertEquals(1, calls().io_uring_submit(ring, 1, 0));
        assertCompleted(ring);
    }

    @Test
    void shouldSubmitNoMoreThanIsThere() {
        int ring = ring();
        assertEquals(0, calls().io_uring_submit(ring, 1, 0));
        prepareNop(ring);
        assertEquals(1, calls().io_uring_submit(ring, ENTRIES, 0));
        assertEquals(0, calls().io_uring_enter(ring, ENTRIES, 0, 0, 0, 0));
    }

    @Test
    void shouldNotWaitWhenItSubmits() {
        int ring = ring();
        assertEquals(0, calls().io_uring_submit(ring, 0, IoUringConstants.IORING_ENTER_GETEVENTS));
        assertErrno(
                Errno.EINVAL,
                calls().io_uring_submit(ring, 0, IoUringConstants.IORING_ENTER_SQ_WAIT));
    }

    @Test
    void shouldEndTheWaitAtTheTimeout() {
        int ring = ring();
        assumeTrue(
                (param("features") & IoUringConstants.IORING_FEAT_EXT_ARG) != 0,
                "time-outs of io_uring_enter need Linux 5.11");
        Duration timeout = Duration.ofMillis(20);
        MemorySegment time = bytes(size("__kernel_timespec"));
        time.set(JAVA_LONG, offset("__kernel_timespec", "tv_nsec"), timeout.toNanos());
        MemorySegment arg = bytes(size("io_uring_getevents_arg"));
        arg.set(JAVA_LONG, offset("io_uring_getevents_arg", "ts"), time.address());
        int flags = IoUringConstants.IORING_ENTER_GETEVENTS | IoUringConstants.IORING_ENTER_EXT_ARG;

        long start = System.nanoTime();
        assertErrno(
                Errno.ETIME,
                calls().io_uring_enter(ring, 0, 1, flags, arg.address(), arg.byteSize()));
        assertTrue(System.nanoTime() - start >= timeout.toNanos());

        assertErrno(Errno.EINVAL, calls().io_uring_enter(ring, 0, 1, flags, arg.address(), 1));
    }

    @Test
    void shouldBeInterruptedByASignal() throws InterruptedException {
        int ring = ring();
        int flags = IoUringConstants.IORING_ENTER_GETEVENTS;
        assertErrno(
                Errno.EINTR,
                InterruptedCall.result(() -> calls().io_uring_enter(ring, 0, 1, flags, 0, 0)));
    }

    @Test
    void shouldTellWhichOperationsThereAre() {
        int known = IoUringOperations.IORING_OP_ACCEPT + 1;
        int operationBytes = size("io_uring_probe_op");
        MemorySegment probe = bytes(size("io_uring_probe") + known * operationBytes);

        assertOk(
                calls().io_uring_register(
                                ring(),
                                IoUringConstants.IORING_REGISTER_PROBE,
                                probe.address(),
                                known));

        assertEquals(known, probe.get(JAVA_BYTE, offset("io_uring_probe", "ops_len")));
        assertTrue(
                probe.get(JAVA_BYTE, offset("io_uring_probe", "last_op"))
                        >= IoUringOperations.IORING_OP_ACCEPT);
        for (int op = 0; op < known; op++) {
            long at = size("io_uring_probe") + (long) op * operationBytes;
            assertEquals(op, probe.get(JAVA_BYTE, at + offset("io_uring_probe_op", "op")));
            int flags = probe.get(JAVA_SHORT, at + offset("io_uring_probe_op", "flags"));
            assertEquals(
                    IoUringConstants.IO_URING_OP_SUPPORTED,
                    flags & IoUringConstants.IO_URING_OP_SUPPORTED);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeRegistered() {
        int ring = ring();
        assertErrno(Errno.EINVAL, calls().io_uring_register(ring, 0xffff, 0, 0));
        int files = IoUringConstants.IORING_UNREGISTER_FILES;
        assertErrno(Errno.ENXIO, calls().io_uring_register(ring, files, 0, 0));
        int eventfd = IoUringConstants.IORING_REGISTER_EVENTFD;
        assertErrno(Errno.EFAULT, calls().io_uring_register(ring, eventfd, 8, 1));
    }

    @Test
    void shouldReportWhatIsNoRing() {
        int pipe = pipe(0)[0];
        int probe = IoUringConstants.IORING_REGISTER_PROBE;
        assertErrno(Errno.EOPNOTSUPP, calls().io_uring_enter(pipe, 0, 0, 0, 0, 0));
        assertErrno(Errno.EOPNOTSUPP, calls().io_uring_submit(pipe, 0, 0));
        assertErrno(Errno.EOPNOTSUPP, calls().io_uring_register(pipe, probe, 0, 0));
        assertErrno(Errno.EBADF, calls().io_uring_enter(-1, 0, 0, 0, 0, 0));
        assertErrno(Errno.EBADF, calls().io_uring_submit(-1, 0, 0));
        assertErrno(Errno.EBADF, calls().io_uring_register(1_000_000, probe, 0, 0));
        assertErrno(Errno.EINVAL, calls().io_uring_enter(pipe, 0, 0, 1 << 30, 0, 0));
    }
}
