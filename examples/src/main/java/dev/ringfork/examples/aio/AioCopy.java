// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.aio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SignalConstants;
import dev.ringfork.examples.signals.SignalPipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A file copy by POSIX asynchronous I/O, the last of the classical five models: an operation is
 * submitted, and when it is done, not when it could be begun, a signal says which one.
 *
 * <p>Each block of the file has an operation that reads it and then writes it. Several are in
 * flight; each comes back as a real-time signal whose {@code si_value} is its number, which a
 * handler in C hands on through a pipe.
 *
 * <p>What it is made of decides what it is worth. On Linux it is glibc, not the kernel: threads
 * that call pread(2) and pwrite(2), up to 20 at a time, which come and go (a copy of 20 MB was seen
 * to start forty). They work on <em>one operation of a descriptor at a time</em>, however many are
 * in flight; {@link Settings#descriptors} opens the files more than once, and {@link
 * Summary#threads} shows the difference. Each operation takes a lock that all share, a wake-up of
 * another thread, and a signal. So it loses against a pool of threads that call pread(2)
 * themselves, and against io_uring, where the kernel does it. On macOS, where this was never
 * executed, the kernel has threads for it; its signals bring no value along, so each one makes
 * everybody be asked.
 *
 * <ul>
 *   <li>Memory in flight is not ours: it is freed when aio_error(3) no longer says {@code
 *       EINPROGRESS}, also if the operation was cancelled, and if everything has failed.
 *   <li>A signal may be missing: a user has a queue of {@code RLIMIT_SIGPENDING}. When it is full,
 *       glibc writes the failure to notify over the result: a read that was done is said to have
 *       failed with {@code EAGAIN}. As it is at an offset it is simply done again, unnotified. And
 *       the wait for signals has an end, at which everybody is asked.
 *   <li>{@code EAGAIN} means that too much is in flight: the operation waits for another one's end.
 * </ul>
 *
 * <p>What is appended to the source meanwhile is not copied, and nothing is forced to the disk.
 *
 * <p>Threads: confined to the caller's.
 */
public final class AioCopy implements AutoCloseable {

    /** After so long without a signal all operations are asked how they stand. */
    private static final int SWEEP_MS = 100;

    /** The same while some of them end without a signal. */
    private static final int SILENT_SWEEP_MS = 1;

    private static final int PERMISSIONS = 0666;

    private final Syscalls syscalls;
    private final Descriptors descriptors;
    private final Settings settings;
    private final SignalPipe signals;
    private final HelperThreads helpers = new HelperThreads();
    private final List<Block> blocks = new ArrayList<>();
    private final Deque<Block> refused = new ArrayDeque<>();
    private final List<Integer> sources = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private long size;
    private long next;
    private int inFlight;
    private int silent;

    private long copied;
    private long operations;
    private int mostInFlight;
    private int mostThreads;
    private long told;
    private long found;
    private long repeated;
    private long refusals;

    /**
     * How to copy.
     *
     * @param inFlight the most operations at a time, 1 to 1024
     * @param blockBytes what one operation moves
     * @param descriptors how many times each file is opened
     */
    public record Settings(int inFlight, int blockBytes, int descriptors) {

        /** Checks the bounds. */
        public Settings {
            requireBetween("operations in flight", inFlight, 1, 1024);
            requireBetween("bytes of a block", blockBytes, 1, 16 << 20);
            requireBetween("descriptors", descriptors, 1, 64);
        }

        private static void requireBetween(String what, int number, int least, int most) {
            if (number < least || number > most) {
                throw new IllegalArgumentException(
                        "%s: %d is not between %d and %d".formatted(what, number, least, most));
            }
        }
    }

    /**
     * What happened.
     *
     * @param bytes copied
     * @param operations that were submitted
     * @param mostInFlight at a time
     * @param threads of the C library at a time, as far as was seen; 0 where they cannot be counted
     * @param told operations whose end a signal told
     * @param found operations whose end was found by asking
     * @param repeated operations that were done twice, as nobody could be told of their end
     * @param refusals submissions that had to wait for the end of another operation
     */
    public record Summary(
            long bytes,
            long operations,
            int mostInFlight,
            int threads,
            long told,
            long found,
            long repeated,
            long refusals) {}

    /** A block of the file from its first byte to be read to its last one written. */
    private final class Block {
        final AioOperation operation;
        final int source;
        final int target;
        long position;
        long end;
        long filled;
        long written;

        Block(int number) {
            operation =
                    new AioOperation(syscalls.aio(), settings.blockBytes, SignalPipe.EVENT, number);
            source = sources.get(number % sources.size());
            target = targets.get(number % targets.size());
        }

        /** Becomes the next block that nobody has; false if there is none. */
        boolean advance() {
            position = next;
            end = Math.min(size, position + settings.blockBytes);
            next = end;
            return position < end;
        }

        void read() {
            operation.reads(source, position, end - position);
            submit(this);
        }

        void write() {
            operation.writes(target, written, position + written, filled - written);
            submit(this);
        }

        /** Goes on after an operation: a read may be short, and a write too. */
        void completed(long bytes) {
            if (operation.isWrite()) {
                written += bytes;
            } else {
                filled = bytes;
                written = 0;
            }
            if (filled == 0) {
                throw new IllegalStateException("the source became shorter while it was copied");
            }
            if (written < filled) {
                write();
                return;
            }
            copied += filled;
            position += filled;
            if (position < end || advance()) {
                read();
            }
        }
    }

    private AioCopy(Syscalls syscalls, Settings settings) {
        String absence = syscalls.absence("aio_read");
        if (absence != null) {
            throw new IllegalStateException(absence);
        }
        this.syscalls = syscalls;
        this.descriptors = syscalls.descriptors();
        this.settings = settings;
        this.signals = SignalPipe.open(syscalls, SignalPipe.EVENT);
    }

    /**
     * Copies a file, and blocks until that is done. A target that exists is overwritten.
     *
     * @throws SyscallException if a file cannot be opened, read or written
     * @throws IllegalArgumentException if both are the same file
     * @throws IllegalStateException if signals or POSIX AIO cannot be had here, or the source
     *     became shorter
     */
    public static Summary copy(Syscalls syscalls, Path source, Path target, Settings settings) {
        try (AioCopy copy = new AioCopy(syscalls, settings)) {
            copy.open(source, target);
            copy.run();
            return copy.summary();
        }
    }

    private void open(Path source, Path target) {
        for (int i = 0; i < settings.descriptors; i++) {
            sources.add(open(source, Fcntl.O_RDONLY));
            targets.add(open(target, Fcntl.O_WRONLY | Fcntl.O_CREAT));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = status(arena, sources.getFirst(), source);
            MemorySegment to = status(arena, targets.getFirst(), target);
            if (same(from, to, "st_dev") && same(from, to, "st_ino")) {
                throw new IllegalArgumentException("%s is the source itself".formatted(target));
            }
            size = from.get(JAVA_LONG, Layouts.current().offset("stat", "st_size"));
        }
        // Only now: opened with O_TRUNC, a file copied onto itself would be lost already.
        Errno.check("ftruncate", descriptors.ftruncate(targets.getFirst(), 0), target);
    }

    private int open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd = descriptors.open(name, flags | Fcntl.O_CLOEXEC, PERMISSIONS);
            return Errno.check("open", fd, path);
        }
    }

    private MemorySegment status(Arena arena, int fd, Path path) {
        MemorySegment stat = arena.allocate(Layouts.current().size("stat"), Long.BYTES);
        Errno.check("fstat", descriptors.fstat(fd, stat), path);
        return stat;
    }

    private static boolean same(MemorySegment one, MemorySegment other, String field) {
        int offset = Layouts.current().offset("stat", field);
        int bytes = Layouts.current().size("stat", field);
        return MemorySegment.mismatch(one, offset, offset + bytes, other, offset, offset + bytes)
                < 0;
    }

    private void run() {
        for (int number = 0; number < settings.inFlight; number++) {
            Block block = new Block(number);
            blocks.add(block);
            if (block.advance()) {
                block.read();
            }
        }
        while (inFlight > 0) {
            boolean signalled = signals.await(silent > 0 ? SILENT_SWEEP_MS : SWEEP_MS);
            boolean missed = !signalled;
            for (int count = signals.read(); count > 0; count = signals.read()) {
                for (int i = 0; i < count; i++) {
                    missed |= !take(i);
                }
            }
            if (missed || signals.crowded() > 0) {
                askAll();
            }
        }
    }

    /** Asks the operation that a signal names; false if it names none. */
    private boolean take(int index) {
        long number = signals.value(index);
        if (signals.code(index) != SignalConstants.SI_ASYNCIO
                || number < 0
                || number >= blocks.size()) {
            return false;
        }
        // An old signal may name an operation that was found done before and is another one by now:
        // it is asked, and has the last word.
        if (settle(blocks.get((int) number))) {
            told++;
        }
        return true;
    }

    private void askAll() {
        for (Block block : blocks) {
            if (settle(block)) {
                found++;
            }
        }
    }

    /** Goes on with a block if its operation is done. */
    private boolean settle(Block block) {
        if (!block.operation.inFlight()) {
            return false;
        }
        boolean write = block.operation.isWrite();
        long result = block.operation.result();
        if (result == -Errno.EINPROGRESS) {
            return false;
        }
        inFlight--;
        if (Long.bitCount(operations - inFlight) == 1) {
            // Now and then, as it takes longer than to move a block.
            mostThreads = Math.max(mostThreads, helpers.count());
        }
        if (result == -Errno.EAGAIN && !block.operation.isSilent()) {
            repeatSilently(block);
        } else {
            silent -= block.operation.isSilent() ? 1 : 0;
            block.completed(Errno.check(write ? "aio_write" : "aio_read", result, null));
        }
        while (!refused.isEmpty() && submitNow(refused.getFirst())) {
            refused.removeFirst();
        }
        return true;
    }

    /** No file says EAGAIN: it is the signal that could not be sent, and the result is lost. */
    private void repeatSilently(Block block) {
        repeated++;
        silent++;
        block.operation.silence();
        submit(block);
    }

    private void submit(Block block) {
        if (!refused.isEmpty() || !submitNow(block)) {
            refused.addLast(block);
            refusals++;
        }
    }

    /** False if it has to wait for the end of another one. */
    private boolean submitNow(Block block) {
        int result = block.operation.submit();
        if (result == -Errno.EAGAIN && inFlight > 0) {
            return false;
        }
        Errno.check(block.operation.isWrite() ? "aio_write" : "aio_read", result, null);
        operations++;
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        return true;
    }

    private Summary summary() {
        return new Summary(
                copied, operations, mostInFlight, mostThreads, told, found, repeated, refusals);
    }

    /** Waits for whatever is in flight, then gives memory, descriptors and the signal back. */
    @Override
    public void close() {
        blocks.forEach(block -> block.operation.cancel());
        blocks.forEach(block -> block.operation.close());
        sources.forEach(descriptors::close);
        targets.forEach(descriptors::close);
        signals.close();
    }
}
