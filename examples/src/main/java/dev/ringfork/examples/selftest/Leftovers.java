// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Finds what the checks have left open, and clears their folder away. */
final class Leftovers {
    /** Where descriptors are looked for: the kernel hands out the lowest number that is free. */
    private static final int DESCRIPTORS = 1024;

    private Leftovers() {}

    /**
     * The descriptors that are open, files, folders and devices aside: those the JVM opens and
     * closes itself at any time.
     */
    static BitSet descriptors(Syscalls syscalls) {
        Layouts layouts = Layouts.current();
        Descriptors descriptors = syscalls.descriptors();
        BitSet open = new BitSet(DESCRIPTORS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(layouts.size("stat"), Long.BYTES);
            int mode = layouts.offset("stat", "st_mode");
            for (int fd = 0; fd < DESCRIPTORS; fd++) {
                if (descriptors.fstat(fd, stat) == 0) {
                    int type = stat.get(JAVA_SHORT, mode) & Fcntl.S_IFMT;
                    boolean file =
                            type == Fcntl.S_IFREG || type == Fcntl.S_IFDIR || type == Fcntl.S_IFCHR;
                    open.set(fd, !file);
                }
            }
        }
        return open;
    }

    /** A check that nothing is open now that was not before. */
    static Check check(Syscalls syscalls, BitSet before) {
        return new Check(
                "afterwards: no descriptor is left",
                bench -> {
                    BitSet left = descriptors(syscalls);
                    left.andNot(before);
                    Bench.equal("the set of descriptors that are left", new BitSet(), left);
                });
    }

    /** Deletes a folder and all that is in it. */
    static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            List<Path> innermostFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : innermostFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
