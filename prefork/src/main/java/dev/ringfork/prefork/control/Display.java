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
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a master shows of itself to those who ask, by its control socket or by a signal. Confined to
 * the master's loop, which it does not block.
 */
public final class Display {
    private static final String NO_THREAD =
            "cannot look now, no thread is to be had: raise RLIMIT_NPROC (ulimit -u, LimitNPROC of systemd), or pids.max of the control group";

    private final Syscalls syscalls;
    private final Supplier<? extends Map<String, Integer>> listeners;
    private final SequencedMap<String, String> configuration;
    private final ThreadFactory threads;

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
        this(
                syscalls,
                listeners,
                configuration,
                Thread.ofPlatform().name("ringfork-status").daemon().factory());
    }

    /** The same, looking by threads of somebody else's making. */
    Display(
            Syscalls syscalls,
            Supplier<? extends Map<String, Integer>> listeners,
            SequencedMap<String, String> configuration,
            ThreadFactory threads) {
        this.syscalls = syscalls;
        this.listeners = listeners;
        this.configuration = configuration;
        this.threads = threads;
    }

    /**
     * Shows the status as {@code ctl status} does, or says why it cannot.
     *
     * @param lines is given the lines in order, by another thread unless there is none
     */
    public void status(MasterState master, Consumer<String> lines) {
        Request request = new Request(Verb.STATUS, Format.TEXT);
        String obstacle = look(master, request, shown -> shown.forEach(lines));
        if (obstacle != null) {
            lines.accept(obstacle);
        }
    }

    /**
     * Looks at the master and its workers, by another thread: the kernel takes its time to tell
     * what they take of the machine.
     *
     * @return why that cannot be done now, or null
     */
    @Nullable String look(MasterState master, Request request, Consumer<List<String>> lines) {
        List<ListenQueue> queues = ListenQueue.all(syscalls, listeners.get());
        try {
            threads.newThread(() -> lines.accept(written(Status.look(master, queues), request)))
                    .start();
            return null;
        } catch (OutOfMemoryError e) {
            // So says a machine whose user may have no more threads; the master goes on without.
            return NO_THREAD;
        }
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
