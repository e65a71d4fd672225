// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.selftest.Selftest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code ringfork selftest}. */
@Command(
        name = "selftest",
        description =
                "Tries on this system what servers are built on, call by call, and prints a report to"
                        + " paste. Exit code 1 if something failed.")
final class SelftestCommand implements Callable<Integer> {
    private final Console console;

    SelftestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean good = new Selftest(Syscalls.get(), console.out()).run(Main.Version.number());
        return good ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
