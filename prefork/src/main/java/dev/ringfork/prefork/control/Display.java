// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.control.Request.Format;
import dev.ringfork.prefork.control.Request.Verb;
import dev.ringfork.prefork.master.MasterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a master shows of itself to those who ask, by its control socket or by a signal. Confined to
 * the master's loop, which it does not block.
 */
public final class Display {
    private final Syscalls syscalls;
    private final Supplier<? extends Map<String, Integer>> listeners;
    private final SequencedMap<String, String> configuration;

    /**
     * Makes one.
     *
     * @param listeners the descriptors that the master's workers accept from, by name, to show how
     *     full their queues are
     * @param configuration what the master was started with
     */
    public Display(
            Syscalls syscalls,
            Supplier<? extends Map<String, Integer>> listeners,
            SequencedMap<String, String> configuration) {
        this.syscalls = syscalls;
        this.listeners = listeners;
        this.configuration = configuration;
    }

    /**
     * Shows the status as {@code ctl status} does.
     *
     * @param lines is given the lines in order, by another thread
     */
    public void status(MasterState master, Consumer<String> lines) {
        look(master, new Request(Verb.STATUS, Format.TEXT), shown -> shown.forEach(lines));
    }

    /**
     * Looks at the master and its workers, by another thread: the kernel takes its time to tell
     * what they take of the machine.
     */
    void look(MasterState master, Request request, Consumer<List<String>> lines) {
        List<ListenQueue> queues = ListenQueue.all(syscalls, listeners.get());
        Thread.ofPlatform()
                .name("ringfork-status")
                .daemon()
                .start(() -> lines.accept(written(Status.look(master, queues), request)));
    }

    private static List<String> written(Status status, Request request) {
        boolean json = request.format() == Format.JSON;
        return switch (request.verb()) {
            case STATUS -> json ? List.of(StatusJson.status(status)) : StatusText.status(status);
            case WORKERS -> json ? List.of(StatusJson.workers(status)) : StatusText.workers(status);
            default ->
                    switch (request.format()) {
                        case OPENMETRICS -> OpenMetrics.of(status);
                        case JSON -> List.of(StatusJson.stats(status));
                        case TEXT -> StatusText.stats(status);
                    };
        };
    }

    /** What the master was started with. */
    List<String> configuration(Format format) {
        if (format == Format.JSON) {
            return List.of(Json.write(configuration));
        }
        List<String> lines = new ArrayList<>();
        configuration.forEach((name, value) -> lines.add(name + "=" + value));
        return lines;
    }
}
