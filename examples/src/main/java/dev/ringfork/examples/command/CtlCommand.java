// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.prefork.control.ControlCall;
import dev.ringfork.prefork.control.Request;
import dev.ringfork.prefork.control.Verdict;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ringfork ctl}. */
@Command(
        name = "ctl",
        description = {
            "Asks a running master, and waits until it is done. Exit code 1 if it was not done.",
            "",
            "status, workers [json]     how the master and its workers are",
            "stats [json|openmetrics]   what all workers have counted together",
            "config [json]              what the master was started with",
            "inc, dec, set NUMBER       one worker more, one fewer, so many",
            "reload                     all workers anew, one after the other",
            "upgrade                    a new master in this one's place, with the listeners; or none, and all goes on",
            "refork                     workers anew, forked from one that has served (--spawn warm)",
            "vacate                     no workers, the listeners stay; reload brings them back",
            "reopen                     open log files again",
            "dump                       each worker writes into the log what its threads do",
            "drain                      let the workers finish, then end",
            "stop                       end at once; asked again the workers are killed",
            ""
        })
final class CtlCommand implements Runnable {
    private final Console console;

    @Parameters(paramLabel = "REQUEST", arity = "1..*", description = "One of those above.")
    private List<String> words = List.of();

    @Mixin private final ControlOptions control = new ControlOptions();

    CtlCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Request request = request();
        boolean shows = request.verb().command() == null;
        try {
            Verdict verdict =
                    ControlCall.ask(control.path(), request, console.out()::println, console::note);
            if (!verdict.good()) {
                throw Refusal.failure("%s: %s".formatted(request, verdict.text()), null);
            }
            if (!shows) {
                console.result("%s: %s".formatted(request, verdict.text()));
            }
        } catch (IOException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    private Request request() {
        try {
            return Request.parse(String.join(" ", words));
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }
}
