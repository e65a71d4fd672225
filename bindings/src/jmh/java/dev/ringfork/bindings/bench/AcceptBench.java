// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Connections as they come and go. */
public class AcceptBench extends SyscallBench {
    private static final int BACKLOG = 8;
    private static final int FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;

    private final MemorySegment ends = memory(2 * Integer.BYTES);
    private final MemorySegment name = memory(Address.BYTES_MAX);
    private int nameLength;
    private int quiet;
    private int busy;
    private Path path;

    /** Listens on TCP, where nobody comes, and on a unix path. */
    @Setup
    public void listen() {
        quiet = listener(AF_INET, Address.parse("127.0.0.1:0"));
        // As deep as that of C: the kernel looks each folder of it up.
        path = Path.of("/tmp/ringfork-bench-%d.sock".formatted(ProcessHandle.current().pid()));
        busy = listener(AF_UNIX, Address.parse("unix:" + path));
    }

    private int listener(int domain, Address address) {
        int fd = keep("socket", SOCKETS.socket(domain, SOCK_STREAM | FLAGS, 0));
        nameLength = address.encode(name);
        Errno.check("bind", SOCKETS.bind(fd, name, nameLength), address);
        Errno.check("listen", SOCKETS.listen(fd, BACKLOG), address);
        return fd;
    }

    @Override
    protected void end() throws IOException {
        Files.delete(path);
    }

    /** accept4(2) when nobody has come. */
    @Benchmark
    public void miss() {
        all(SOCKETS.accept4(quiet, 0, 0, FLAGS), -Errno.EAGAIN);
    }

    /** socket(2), connect(2), accept4(2), and close(2) of both ends. */
    @Benchmark
    public void connectAcceptClose() {
        int client = SOCKETS.socket(AF_UNIX, SOCK_STREAM, 0);
        ok(client);
        ok(SOCKETS.connect(client, name, nameLength));
        int accepted = SOCKETS.accept4(busy, 0, 0, FLAGS);
        ok(accepted);
        ok(DESCRIPTORS.close(accepted));
        ok(DESCRIPTORS.close(client));
    }

    /** socketpair(2), and close(2) of both ends. */
    @Benchmark
    public void socketpairClose() {
        ok(SOCKETS.socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
        ok(DESCRIPTORS.close(ends.get(JAVA_INT, 0)));
        ok(DESCRIPTORS.close(ends.get(JAVA_INT, Integer.BYTES)));
    }
}
