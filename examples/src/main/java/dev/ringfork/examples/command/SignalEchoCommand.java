// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.signalio.SignalDrivenEcho;
import dev.ringfork.examples.signalio.SignalDrivenEcho.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringfork signal-echo}. */
@Command(
        name = "signal-echo",
        description =
                "An echo server by signal-driven I/O, to read and to watch: nc 127.0.0.1 7000")
final class SignalEchoCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on, 0 = the kernel chooses (default: ${DEFAULT-VALUE}).")
    private int port = 7000;

    @Option(
            names = "--plain",
            description =
                    "Plain SIGIO, which names no descriptor: every signal leads to a poll of all.")
    private boolean plain;

    SignalEchoCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Address address = address();
        try (SignalDrivenEcho server = new SignalDrivenEcho(Syscalls.get(), address, plain)) {
            Signals.on("INT", server::stop);
            Signals.on("TERM", server::stop);
            console.result("tcp://%s - Ctrl-C ends".formatted(server.address()));
            server.run();
            console.note(account(server.statistics()));
        } catch (IllegalStateException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    private Address address() {
        try {
            return Hosts.inet(host, port);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }

    private static String account(Statistics did) {
        return "connections: %d, signals: %d (stale: %d), SIGIO for a full queue: %d, pipe full: %d, polls: %d"
                .formatted(
                        did.accepted(),
                        did.received(),
                        did.stale(),
                        did.overflows(),
                        did.crowded(),
                        did.polls());
    }
}
