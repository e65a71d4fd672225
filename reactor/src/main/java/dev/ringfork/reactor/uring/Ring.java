// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_EXT_ARG;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_GETEVENTS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_NO_IOWAIT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_REGISTERED_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_SQ_WAKEUP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_EXT_ARG;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_FAST_POLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_NODROP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_NO_IOWAIT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_SINGLE_MMAP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_SUBMIT_STABLE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_OFF_SQES;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_OFF_SQ_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_ENABLE_RINGS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_IOWQ_MAX_WORKERS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_NAPI;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_RING_FDS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_NO_SQARRAY;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQPOLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_RING_FDS;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_POPULATE;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_SHARED;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_READ;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_WRITE;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance of io_uring(7): two queues in memory that is shared with the kernel.
 *
 * <p>Confined to one platform thread, the one that calls {@link #enable}; it may be made, and its
 * queue filled, on another before. Never used by a child after fork. Owns its descriptor, which is
 * close-on-exec, and its memory. Whoever closes it while operations are in flight must keep their
 * memory: {@link UringProactor} waits for them instead.
 */
public final class Ring implements AutoCloseable {
    /** Without these a kernel is too old: they came with Linux 5.5 to 5.11. */
    private static final int NEEDED =
            IORING_FEAT_SINGLE_MMAP
                    | IORING_FEAT_NODROP
                    | IORING_FEAT_SUBMIT_STABLE
                    | IORING_FEAT_FAST_POLL
                    | IORING_FEAT_EXT_ARG;

    private static final long NS_PER_S = 1_000_000_000L;

    private final Syscalls syscalls;
    private final IoUring calls;
    private final RingSettings settings;
    private final int fd;
    private final int setupFlags;
    private final int features;
    private final List<String> missing;
    private final MemorySegment rings;
    private final MemorySegment sqes;
    private final SubmissionQueue submissions;
    private final CompletionQueue completions;
    private final boolean sqPoll;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment timespec = arena.allocate(2 * Long.BYTES, Long.BYTES);
    private final MemorySegment waitArg =
            arena.allocate(Layouts.current().size("io_uring_getevents_arg"), Long.BYTES);

    // What enter is called with: the descriptor, or its place among the thread's registered ones.
    private int enterFd;
    private int enterFlags;
    private @Nullable Thread owner;
    private boolean closed;

    private Ring(Syscalls syscalls, RingSettings settings, int fd, SetupLadder ladder, Maps maps) {
        this.syscalls = syscalls;
        this.calls = syscalls.ioUring();
        this.settings = settings;
        this.fd = fd;
        this.setupFlags = ladder.flags();
        this.features = maps.features;
        this.missing = List.copyOf(ladder.missing());
        this.rings = maps.rings;
        this.sqes = maps.sqes;
        this.submissions = new SubmissionQueue(rings, sqes, maps.layout);
        this.completions = new CompletionQueue(rings, maps.layout);
        this.sqPoll = (setupFlags & IORING_SETUP_SQPOLL) != 0;
        this.enterFd = fd;
        waitArg.set(
                ValueLayout.JAVA_LONG,
                Layouts.current().offset("io_uring_getevents_arg", "ts"),
                timespec.address());
    }

    private record Maps(MemorySegment rings, MemorySegment sqes, RingLayout layout, int features) {}

    /**
     * Makes a ring that takes no submissions before {@link #enable}.
     *
     * @throws SyscallException if the kernel refuses: {@code ENOSYS}, {@code EPERM} (the sysctl
     *     kernel.io_uring_disabled, or seccomp), {@code ENOMEM} (RLIMIT_MEMLOCK before Linux 5.12),
     *     {@code EMFILE}; {@code ENOTSUP} if it has io_uring but an old one
     */
    public static Ring open(Syscalls syscalls, RingSettings settings) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params =
                    arena.allocate(Layouts.current().size("io_uring_params"), Long.BYTES);
            SetupLadder ladder = new SetupLadder(syscalls, settings, params);
            int fd = Errno.check("io_uring_setup", ladder.climb(), asked(settings));
            try {
                int features = RingLayout.param(params, "features");
                if ((features & NEEDED) != NEEDED) {
                    throw new SyscallException("io_uring_setup", Errno.ENOTSUP, "of this kernel");
                }
                boolean array = (ladder.flags() & IORING_SETUP_NO_SQARRAY) == 0;
                Maps maps = map(syscalls, fd, RingLayout.of(params, array), features);
                return new Ring(syscalls, settings, fd, ladder, maps);
            } catch (RuntimeException e) {
                syscalls.descriptors().close(fd);
                throw e;
            }
        }
    }

    /** What of the settings this machine may be without. */
    private static @Nullable String asked(RingSettings settings) {
        return settings.sqPollCpu() < 0
                ? null
                : "with a polling thread on processor " + settings.sqPollCpu();
    }

    private static Maps map(Syscalls syscalls, int fd, RingLayout layout, int features) {
        MemorySegment rings = map(syscalls, fd, layout.bytes(), IORING_OFF_SQ_RING);
        try {
            long bytes = (long) Sqe.BYTES * layout.sqEntries();
            MemorySegment sqes = map(syscalls, fd, bytes, IORING_OFF_SQES);
            return new Maps(rings, sqes, layout, features);
        } catch (RuntimeException e) {
            syscalls.mappings().munmap(rings.address(), rings.byteSize());
            throw e;
        }
    }

    private static MemorySegment map(Syscalls syscalls, int fd, long bytes, long offset) {
        int protection = PROT_READ | PROT_WRITE;
        int flags = MAP_SHARED | MAP_POPULATE;
        long address = syscalls.mappings().mmap(0, bytes, protection, flags, fd, offset);
        Errno.check("mmap", address, "the memory of a ring");
        return Memory.at(address, bytes);
    }

    /**
     * Lets it work from now on, on the calling thread, which is its only one. Does nothing when it
     * was done.
     *
     * @throws SyscallException if the kernel refuses
     * @throws IllegalStateException on a virtual thread: the kernel knows only what carries it
     */
    public void enable() {
        if (owner != null) {
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a ring is used by a platform thread");
        }
        Errno.check("io_uring_register", register(IORING_REGISTER_ENABLE_RINGS, 0, 0), "enable");
        owner = Thread.currentThread();
        boundWorkers();
        registerDescriptor();
        askCards();
    }

    /** An unbounded number of threads would come with the first slow disk. */
    private void boundWorkers() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment limits = scratch.allocate(2L * Integer.BYTES, Integer.BYTES);
            limits.setAtIndex(ValueLayout.JAVA_INT, 0, settings.workersMax());
            limits.setAtIndex(ValueLayout.JAVA_INT, 1, settings.workersMax());
            // Before Linux 5.15 there is no bound to set.
            register(IORING_REGISTER_IOWQ_MAX_WORKERS, limits.address(), 2);
        }
    }

    /** Asked for and not to be had is an error, not a wait that is like any other. */
    private void askCards() {
        if (settings.napi().isZero()) {
            return;
        }
        Layouts layouts = Layouts.current();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment napi = scratch.allocate(layouts.size("io_uring_napi"), Long.BYTES);
            int us = (int) settings.napi().toNanos() / 1000;
            napi.set(ValueLayout.JAVA_INT, layouts.offset("io_uring_napi", "busy_poll_to"), us);
            int result = register(IORING_REGISTER_NAPI, napi.address(), 1);
            Errno.check("io_uring_register", result, "asking network cards (NAPI)");
        }
    }

    /**
     * Looking a descriptor up costs a process of many threads; a registered one is found without.
     */
    private void registerDescriptor() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment update = update(scratch, fd);
            if (register(IORING_REGISTER_RING_FDS, update.address(), 1) == 1) {
                enterFd = update.get(ValueLayout.JAVA_INT, 0);
                enterFlags = IORING_ENTER_REGISTERED_RING;
            }
        }
    }

    private void forgetDescriptor() {
        // The places are the thread's own: on another one this would forget another ring.
        if (enterFlags == 0 || !usable()) {
            return;
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment update = update(scratch, enterFd);
            update.set(ValueLayout.JAVA_INT, 0, enterFd);
            register(IORING_UNREGISTER_RING_FDS, update.address(), 1);
        }
    }

    /** An io_uring_rsrc_update that says: any place, for this descriptor. */
    private static MemorySegment update(Arena scratch, int fd) {
        MemorySegment update = scratch.allocate(2L * Long.BYTES, Long.BYTES);
        update.set(ValueLayout.JAVA_INT, 0, -1);
        update.set(ValueLayout.JAVA_LONG, Long.BYTES, fd);
        return update;
    }

    /**
     * The kernel would say so with EEXIST, or not at all: a registered descriptor's place is that
     * of another ring on another thread.
     */
    private void requireOwner() {
        if (!usable()) {
            throw new IllegalStateException(
                    "a ring is used by the thread that enabled it, which is " + owner);
        }
    }

    /** Whether the calling thread may use it. */
    boolean usable() {
        return owner == null || owner.equals(Thread.currentThread());
    }

    /** Only its own thread closes a ring, as long as that runs. */
    void requireClosable() {
        if (!usable() && owner != null && owner.isAlive()) {
            throw new IllegalStateException("a ring is closed by the thread that enabled it");
        }
    }

    /** Whether it was closed: what was registered with it has gone. */
    public boolean closed() {
        return closed;
    }

    // ---- use

    /** Whether completions did not fit into the queue and wait in the kernel, until an enter. */
    public boolean overflown() {
        return submissions.overflown();
    }

    /** Where operations are put. */
    public SubmissionQueue submissions() {
        return submissions;
    }

    /** Where they come out. */
    public CompletionQueue completions() {
        return completions;
    }

    /** The way to the kernel. */
    public Syscalls syscalls() {
        return syscalls;
    }

    /** The descriptor, for those who poll it or send messages to it. */
    public int fd() {
        return fd;
    }

    /** {@code IORING_FEAT_…} bits. */
    public int features() {
        return features;
    }

    /** {@code IORING_SETUP_…} bits that the kernel has taken. */
    public int setupFlags() {
        return setupFlags;
    }

    /** The names of the setup flags that this kernel does not take and the ring does without. */
    public List<String> missing() {
        return missing;
    }

    /**
     * io_uring_register(2).
     *
     * @return what it returns, {@code -errno} for instance
     */
    public int register(int opcode, long argument, int count) {
        return calls.io_uring_register(fd, opcode, argument, count);
    }

    /**
     * Has the kernel begin what was prepared; waits for nothing.
     *
     * @param prompt whether all of it is over at once or put off; false if there is a file to read
     *     or to write, for which the kernel may take the time of a disk
     * @return how many it has begun, or {@code -errno}: {@code -EAGAIN} for want of memory, {@code
     *     -EBUSY} when completions must be read first. Then what is left stays queued
     */
    public int submit(boolean prompt) {
        requireOwner();
        submissions.publish();
        if (sqPoll) {
            return submissions.needsWakeup() ? enter(0, IORING_ENTER_SQ_WAKEUP, true) : 0;
        }
        int pending = submissions.pending();
        return pending == 0 ? 0 : enter(pending, 0, prompt);
    }

    private int enter(int pending, int flags, boolean prompt) {
        return prompt
                ? calls.io_uring_submit(enterFd, pending, enterFlags | flags)
                : calls.io_uring_enter(enterFd, pending, 0, enterFlags | flags, 0, 0);
    }

    /**
     * Submits, and waits until there is a completion.
     *
     * @param timeoutNs 0 does not wait, negative waits for ever
     * @param prompt as in {@link #submit}
     * @return 0 or more; {@code -ETIME} at the time-out; {@code -EINTR}; or as {@link #submit}
     */
    public int submitAndWait(long timeoutNs, boolean prompt) {
        requireOwner();
        submissions.publish();
        boolean wait = timeoutNs != 0 && completions.ready() == 0;
        int pending = sqPoll ? 0 : submissions.pending();
        int flags = IORING_ENTER_GETEVENTS;
        if (sqPoll && submissions.needsWakeup()) {
            flags |= IORING_ENTER_SQ_WAKEUP;
        } else if (!wait && pending == 0 && !submissions.needsEnter()) {
            return 0;
        }
        return wait ? enterAndWait(pending, flags, timeoutNs) : enter(pending, flags, prompt);
    }

    private int enterAndWait(int pending, int wanted, long timeoutNs) {
        int flags = enterFlags | wanted;
        if (!settings.ioWait() && (features & IORING_FEAT_NO_IOWAIT) != 0) {
            // An idle server is not waiting for a disk: do not let it look like that.
            flags |= IORING_ENTER_NO_IOWAIT;
        }
        if (timeoutNs < 0) {
            return calls.io_uring_enter(enterFd, pending, 1, flags, 0, 0);
        }
        timespec.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutNs / NS_PER_S);
        timespec.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutNs % NS_PER_S);
        return calls.io_uring_enter(
                enterFd,
                pending,
                1,
                flags | IORING_ENTER_EXT_ARG,
                waitArg.address(),
                waitArg.byteSize());
    }

    /**
     * Gives the descriptor and the memory back. On the ring's thread, or when that has ended.
     *
     * @throws IllegalStateException if the ring is that of another thread that runs
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        requireClosable();
        closed = true;
        forgetDescriptor();
        syscalls.mappings().munmap(sqes.address(), sqes.byteSize());
        syscalls.mappings().munmap(rings.address(), rings.byteSize());
        syscalls.descriptors().close(fd);
        arena.close();
    }
}
