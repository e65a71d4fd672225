// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.probe;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.uring.Features;
import dev.ringfork.reactor.uring.RingSupport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found. Immutable.
 *
 * @param facts about kernel, limits and filters, by name
 * @param engines each with {@code works} or why not
 * @param features of io_uring
 * @param choice the engine that auto takes for a proactor
 * @param why it is that one
 */
public record Probed(
        Map<String, String> facts,
        Map<String, String> engines,
        List<Features.Result> features,
        String choice,
        String why) {

    private static final String WORKS = "works";

    /**
     * Looks; takes less than a second.
     *
     * @throws InterruptedException if the caller is interrupted
     */
    public static Probed look(Syscalls syscalls) throws InterruptedException {
        Demultiplexers here = Demultiplexers.find(syscalls);
        RingSupport ring = RingSupport.find(syscalls);
        Map<String, String> engines = new LinkedHashMap<>();
        engines.put("io_uring", verdict(ring.absence()));
        engines.put("epoll", verdict(here.noEpoll()));
        engines.put("kqueue", verdict(here.noKqueue()));
        engines.put("poll", WORKS);
        engines.put("select", WORKS);
        return new Probed(
                new Surroundings(syscalls).facts(),
                engines,
                Features.tryAll(syscalls),
                ring.absence() == null ? "io_uring" : here.best(),
                ring.absence() == null
                        ? "a loop's operations work" + ring.without()
                        : "io_uring: " + ring.absence());
    }

    private static String verdict(@Nullable String absence) {
        return absence == null ? WORKS : absence;
    }

    /** Whether nothing of io_uring works, for one reason. */
    boolean ringless() {
        return features.stream().noneMatch(Features.Result::works);
    }
}
