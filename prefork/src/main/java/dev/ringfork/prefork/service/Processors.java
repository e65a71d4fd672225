// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which worker runs on which processor: the first on the first of a list, and from the start again
 * where there are more workers. Immutable.
 *
 * @param wanted their numbers in order; empty for all that this process may use
 */
public record Processors(List<Integer> wanted) {
    private static final String AUTO = "auto";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    /** A bit for each processor that Linux can know of. */
    private static final int MASK_BYTES = 1024;

    /** The highest number that a list may have. */
    private static final int HIGHEST = MASK_BYTES * Byte.SIZE - 1;

    /** Keeps a copy of the numbers. */
    public Processors {
        wanted = List.copyOf(wanted);
    }

    /**
     * Reads {@code auto} or a list, {@code 0,2,4-7}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Processors parse(String text) {
        List<Integer> numbers = new ArrayList<>();
        if (!text.equals(AUTO)) {
            for (String part : text.split(",", -1)) {
                add(numbers, part, text);
            }
        }
        return new Processors(numbers);
    }

    private static void add(List<Integer> numbers, String part, String text) {
        Matcher range = RANGE.matcher(part);
        int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
        int last = first;
        if (range.matches() && range.group(2) != null) {
            last = Integer.parseInt(range.group(2));
        }
        if (!range.matches() || last < first || last > HIGHEST) {
            throw new IllegalArgumentException(
                    "'%s' is not a list of processors: write auto, or numbers and ranges such as 0,2,4-7"
                            .formatted(text));
        }
        for (int number = first; number <= last; number++) {
            numbers.add(number);
        }
    }

    /**
     * The numbers, all of processors that this process may use.
     *
     * @throws IllegalStateException if that is not to be had here: the message says why
     */
    List<Integer> found(Syscalls syscalls) {
        String absence = syscalls.absence("sched_setaffinity");
        if (absence != null) {
            throw new IllegalStateException(absence);
        }
        List<Integer> allowed = allowed(syscalls, 0).stream().boxed().toList();
        for (int number : wanted) {
            if (!allowed.contains(number)) {
                throw new IllegalStateException(
                        "this process may not run on processor %d: choose among %s, or auto"
                                .formatted(number, allowed));
            }
        }
        return wanted.isEmpty() ? allowed : wanted;
    }

    /** Where a thread may run; 0 for this one. */
    static BitSet allowed(Syscalls syscalls, int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            int result = syscalls.processes().sched_getaffinity(tid, MASK_BYTES, mask);
            Errno.check("sched_getaffinity", result, tid);
            return BitSet.valueOf(mask.toArray(JAVA_BYTE));
        }
    }

    /** Says where a thread may run; 0 or {@code -errno}. */
    static int allow(Syscalls syscalls, int tid, BitSet processors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            byte[] bytes = processors.toByteArray();
            MemorySegment.copy(bytes, 0, mask, JAVA_BYTE, 0, bytes.length);
            return syscalls.processes().sched_setaffinity(tid, MASK_BYTES, mask);
        }
    }

    /** As it was written. */
    @Override
    public String toString() {
        return wanted.isEmpty()
                ? AUTO
                : String.join(",", wanted.stream().map(String::valueOf).toList());
    }
}
