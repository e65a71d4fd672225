// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.echo.DatagramEcho;
import dev.ringfork.examples.echo.EchoProtocol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringfork echo}. */
@Command(name = "echo", description = "Sends back what it receives: nc 127.0.0.1 7000")
final class EchoCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--udp",
            description = "Send back datagrams, not the bytes of connections: nc -u 127.0.0.1 7000")
    private boolean udp;

    @Option(
            names = "--seqpacket",
            description = "Send back packets, SOCK_SEQPACKET of unix(7), at --unix (Linux).")
    private boolean seqpacket;

    @Mixin private final ServerOptions server = new ServerOptions(7000);
    @Mixin private final WorkerOptions workers = new WorkerOptions();
    @Mixin private final CommonOptions common = new CommonOptions();

    EchoCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ServerRun run = new ServerRun(console, server, common);
        EchoProtocol echo = new EchoProtocol(server.idleTimeout.duration());
        if (seqpacket && (udp || server.unix == null)) {
            throw Refusal.usage(
                    "--seqpacket: packets come over Unix sockets alone, say where with --unix and leave"
                            + " --udp out",
                    null);
        }
        boolean alone = !workers.wanted(server.architecture, common);
        if (!alone && (udp || seqpacket)) {
            throw Refusal.usage(
                    "--workers: they take connections of bytes alone, leave --udp and --seqpacket out",
                    null);
        }
        if (alone) {
            workers.requireNoMaster();
        }
        if (!alone) {
            new PreforkRun(console, server, workers, common).run(() -> echo, Service.ECHO);
        } else if (udp) {
            run.runDatagrams(new DatagramEcho(), Service.DATAGRAM_ECHO);
        } else if (seqpacket) {
            run.runPackets(echo, Service.ECHO);
        } else {
            run.run(echo, Service.ECHO);
        }
    }
}
