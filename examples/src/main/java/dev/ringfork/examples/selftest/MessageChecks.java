// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_CMSG_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.holds;

import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** sendmsg and recvmsg: several buffers, and descriptors that travel. */
final class MessageChecks {
    private static final int ROOM = 64;

    private MessageChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("messages: gather and scatter", MessageChecks::gather),
                new Check("messages: pass descriptors", MessageChecks::pass),
                new Check("messages: more descriptors than room", MessageChecks::overflow));
    }

    private static Message message(Bench bench, int buffers, int rights) {
        return new Message(bench.bytes(Message.bytes(buffers, rights)), buffers, rights);
    }

    private static void gather(Bench bench) {
        int[] pair = bench.socketpair(SOCK_STREAM);
        Message out =
                message(bench, 2, 0)
                        .buffer(bench.bytes("gat").address(), 3)
                        .buffer(bench.bytes("hered").address(), 5);
        long sent = bench.syscalls().sockets().sendmsg(pair[0], out.header(), MSG_NOSIGNAL);
        equal("what sendmsg returned", 8L, done("sendmsg", sent));

        MemorySegment room = bench.bytes(ROOM);
        Message in = message(bench, 2, 0).buffer(room.address(), 5).buffer(room.address() + 32, 32);
        bench.await(pair[1], POLLIN);
        long came = bench.syscalls().sockets().recvmsg(pair[1], in.header(), 0);
        equal("what recvmsg returned", 8L, done("recvmsg", came));
        equal("the first buffer", "gathe", Bench.text(room, 5));
        equal("the second buffer", "red", Bench.text(room.asSlice(32), 3));
    }

    private static void pass(Bench bench) {
        int[] pair = bench.socketpair(SOCK_STREAM);
        int[] pipe = bench.pipe(0);
        send(bench, pair[0], pipe[1], pipe[0]);
        Message in = receive(bench, pair[1], 2);
        equal("how many descriptors came", 2, in.rightsCount());
        int writer = bench.opened("recvmsg", in.right(0));
        int reader = bench.opened("recvmsg", in.right(1));
        int flags = bench.syscalls().descriptors().fcntl(writer, Fcntl.F_GETFD, 0);
        equal(
                "FD_CLOEXEC of what came",
                Fcntl.FD_CLOEXEC,
                done("fcntl F_GETFD", flags) & Fcntl.FD_CLOEXEC);
        bench.write(writer, "through");
        equal("what came", "through", bench.read(reader));
    }

    /** Copies that were lost or closed must not keep the pipe open. */
    private static void overflow(Bench bench) {
        if (Platform.current().macos()) {
            throw new Unavailable("macOS is known to leak those that do not fit");
        }
        int[] pair = bench.socketpair(SOCK_STREAM);
        int[] pipe = bench.pipe(0);
        send(bench, pair[0], pipe[1], pipe[1], pipe[1], pipe[1], pipe[1]);
        Message in = receive(bench, pair[1], 1);
        holds(in.controlTruncated(), "the flags are 0x%x".formatted(in.flags()), "MSG_CTRUNC");
        in.closeRights(bench.syscalls().descriptors());
        bench.close(pipe[1]);
        equal("what came when all copies were closed", "", bench.read(pipe[0]));
    }

    private static void send(Bench bench, int socket, int... fds) {
        Message message = message(bench, 1, fds.length).buffer(bench.bytes("!").address(), 1);
        for (int fd : fds) {
            message.putRight(fd);
        }
        long sent = bench.syscalls().sockets().sendmsg(socket, message.header(), MSG_NOSIGNAL);
        equal("what sendmsg returned", 1L, done("sendmsg", sent));
    }

    private static Message receive(Bench bench, int socket, int rights) {
        MemorySegment room = bench.bytes(ROOM);
        Message in = message(bench, 1, rights).buffer(room.address(), ROOM).expectRights();
        bench.await(socket, POLLIN);
        long came = bench.syscalls().sockets().recvmsg(socket, in.header(), MSG_CMSG_CLOEXEC);
        equal("what recvmsg returned", 1L, done("recvmsg", came));
        return in;
    }
}
