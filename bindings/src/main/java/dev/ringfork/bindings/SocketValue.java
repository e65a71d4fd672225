// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How the value of a socket option lies in memory. */
interface SocketValue<T> {

    /** An int, 0 or not. */
    SocketValue<Boolean> FLAG =
            new SocketValue<>() {
                @Override
                public void write(MemorySegment memory, Boolean value) {
                    memory.set(JAVA_INT, 0, value ? 1 : 0);
                }

                @Override
                public Boolean read(Sockets sockets, int fd, MemorySegment memory) {
                    return memory.get(JAVA_INT, 0) != 0;
                }
            };

    /** An int. */
    SocketValue<Integer> NUMBER =
            new SocketValue<>() {
                @Override
                public void write(MemorySegment memory, Integer value) {
                    memory.set(JAVA_INT, 0, value);
                }

                @Override
                public Integer read(Sockets sockets, int fd, MemorySegment memory) {
                    return memory.get(JAVA_INT, 0);
                }
            };

    /** An int that is 0 or 1 to the kernel, and a number where another kernel takes one. */
    SocketValue<Integer> ANY_BUT_ZERO =
            new SocketValue<>() {
                @Override
                public void write(MemorySegment memory, Integer value) {
                    memory.set(JAVA_INT, 0, value == 0 ? 0 : 1);
                }

                @Override
                public Integer read(Sockets sockets, int fd, MemorySegment memory) {
                    return memory.get(JAVA_INT, 0);
                }
            };

    /** A {@code struct linger}: whether, and how many seconds. */
    SocketValue<Integer> LINGER =
            new SocketValue<>() {
                @Override
                public int bytes() {
                    return 2 * Integer.BYTES;
                }

                @Override
                public void write(MemorySegment memory, Integer seconds) {
                    memory.setAtIndex(JAVA_INT, 0, seconds < 0 ? 0 : 1);
                    memory.setAtIndex(JAVA_INT, 1, Math.max(seconds, 0));
                }

                @Override
                public Integer read(Sockets sockets, int fd, MemorySegment memory) {
                    boolean on = memory.getAtIndex(JAVA_INT, 0) != 0;
                    return on ? memory.getAtIndex(JAVA_INT, 1) : -1;
                }
            };

    /** A {@code struct ucred}; on macOS a {@code struct xucred}, which has no pid. */
    SocketValue<PeerCredentials> PEER =
            new SocketValue<>() {
                private final boolean macos = Platform.current().macos();
                private final Layouts layouts = Layouts.current();

                @Override
                public int bytes() {
                    return layouts.size(macos ? "xucred" : "ucred");
                }

                @Override
                public void write(MemorySegment memory, PeerCredentials value) {
                    throw new UnsupportedOperationException("a peer's credentials are read only");
                }

                @Override
                public PeerCredentials read(Sockets sockets, int fd, MemorySegment memory) {
                    if (macos) {
                        return new PeerCredentials(
                                peerPid(sockets, fd),
                                memory.get(JAVA_INT, layouts.offset("xucred", "cr_uid")),
                                memory.get(JAVA_INT, layouts.offset("xucred", "cr_groups")));
                    }
                    return new PeerCredentials(
                            memory.get(JAVA_INT, layouts.offset("ucred", "pid")),
                            memory.get(JAVA_INT, layouts.offset("ucred", "uid")),
                            memory.get(JAVA_INT, layouts.offset("ucred", "gid")));
                }

                private static int peerPid(Sockets sockets, int fd) {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment pid = arena.allocate(JAVA_INT);
                        MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
                        int result =
                                sockets.getsockopt(
                                        fd,
                                        SocketConstants.SOL_LOCAL,
                                        SocketConstants.LOCAL_PEERPID,
                                        pid,
                                        length);
                        Errno.check("getsockopt LOCAL_PEERPID", result, "descriptor " + fd);
                        return pid.get(JAVA_INT, 0);
                    }
                }
            };

    /** The bytes that the value takes. */
    default int bytes() {
        return Integer.BYTES;
    }

    /** Writes a value to set. */
    void write(MemorySegment memory, T value);

    /** Reads the value that getsockopt(2) stored; the socket is there for what it did not store. */
    T read(Sockets sockets, int fd, MemorySegment memory);
}
