// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.probe.ProbeReport;
import dev.ringfork.examples.probe.Probed;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code ringfork probe}. */
@Command(
        name = "probe",
        description =
                "Shows what servers find here: kernel, limits, filters, engines, and each feature of"
                        + " io_uring, found by trying it, with the reason where it does not work.")
final class ProbeCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ProbeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Probed found = Probed.look(Syscalls.get());
        if (json) {
            console.out().println(ProbeReport.json(found));
        } else {
            ProbeReport.text(found).forEach(console.out()::println);
        }
        return ExitCode.OK;
    }
}
