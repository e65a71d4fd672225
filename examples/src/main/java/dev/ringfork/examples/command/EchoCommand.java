// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.echo.EchoProtocol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ringfork echo}. */
@Command(name = "echo", description = "Sends back what it receives: nc 127.0.0.1 7000")
final class EchoCommand implements Runnable {
    private final Console console;
    @Mixin private final ServerOptions server = new ServerOptions(7000);
    @Mixin private final CommonOptions common = new CommonOptions();

    EchoCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        new ServerRun(console, server, common)
                .run(new EchoProtocol(server.idleTimeout.duration()), "tcp://%s");
    }
}
