// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What fstat(2) says about an open file. Confined to a thread, which uses it again and again. */
final class FileStatus {
    private static final Layouts LAYOUTS = Layouts.current();
    private static final int MODE = LAYOUTS.offset("stat", "st_mode");
    private static final boolean WIDE_MODE = LAYOUTS.size("stat", "st_mode") == Integer.BYTES;
    private static final int SIZE = LAYOUTS.offset("stat", "st_size");

    /** A timespec, which begins with the seconds. */
    private static final int MODIFIED =
            LAYOUTS.offset("stat", Platform.current().macos() ? "st_mtimespec" : "st_mtim");

    private final MemorySegment stat = Arena.ofAuto().allocate(LAYOUTS.size("stat"), Long.BYTES);

    /** Asks the kernel; false if it does not say. */
    boolean read(Descriptors descriptors, int fd) {
        stat.fill((byte) 0);
        return descriptors.fstat(fd, stat) == 0;
    }

    boolean regular() {
        return type() == Fcntl.S_IFREG;
    }

    boolean folder() {
        return type() == Fcntl.S_IFDIR;
    }

    private int type() {
        int mode =
                WIDE_MODE
                        ? stat.get(ValueLayout.JAVA_INT, MODE)
                        : stat.get(ValueLayout.JAVA_SHORT, MODE);
        return mode & Fcntl.S_IFMT;
    }

    /** In bytes. */
    long size() {
        return stat.get(ValueLayout.JAVA_LONG, SIZE);
    }

    /** Seconds since 1970. */
    long modifiedSecond() {
        return stat.get(ValueLayout.JAVA_LONG, MODIFIED);
    }
}
