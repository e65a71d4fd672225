// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.faults.Fault;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import dev.ringfork.bindings.faults.Injection;
import dev.ringfork.reactor.demux.Trigger;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

/**
 * Calls that fail at random in every way that a kernel may make them fail, and no other: a server
 * over them has to do all that it does without.
 *
 * <p>Safe for use by many threads.
 */
public final class Faults {
    /** What a loop's wake-up uses: an event counter takes and gives whole words or nothing. */
    private static final Set<String> SPARED = Set.of("read", "write");

    /** Where a descriptor that is ready may say that it is not, if it is asked again. */
    private static final Set<String> STREAMS = Set.of("recv", "send", "writev", "sendfile");

    private static final int SHOWN = 10;

    private final long seed;
    private final boolean cutReads;
    private final FaultInjectingSyscalls everywhere;
    private final FaultInjectingSyscalls streams;
    private final FaultInjectingSyscalls accepting;
    private final Syscalls syscalls;

    /** Prepares the faults that are legal under a trigger. */
    public Faults(Syscalls real, Trigger trigger, long seed) {
        this.seed = seed;
        everywhere =
                new FaultInjectingSyscalls(real, seed)
                        .randomly(0.05, Fault.INTERRUPT, Fault.CONNECTION_ABORTED)
                        .randomly(0.10, Fault.SHORT_WRITE);
        streams = new FaultInjectingSyscalls(everywhere, seed + 1);
        cutReads = trigger != Trigger.EDGE;
        if (cutReads) {
            streams.randomly(0.05, Fault.NOT_READY).randomly(0.10, Fault.SHORT_READ);
        }
        // Rarely: each one makes the listener rest. Out of descriptors is not among them, because
        // then a connection is closed unserved, as it should be.
        accepting =
                new FaultInjectingSyscalls(everywhere, seed + 2)
                        .randomly(0.002, Fault.MEMORY_EXHAUSTED);
        Descriptors descriptors =
                Proxies.of(
                        Descriptors.class,
                        (self, method, arguments) -> {
                            Syscalls over = SPARED.contains(method.getName()) ? real : over(method);
                            return Proxies.invoke(method, over.descriptors(), arguments);
                        });
        Sockets sockets =
                Proxies.of(
                        Sockets.class,
                        (self, method, arguments) ->
                                Proxies.invoke(method, over(method).sockets(), arguments));
        syscalls =
                Proxies.of(
                        Syscalls.class,
                        (self, method, arguments) ->
                                switch (method.getName()) {
                                    case "descriptors" -> descriptors;
                                    case "sockets" -> sockets;
                                    default -> Proxies.invoke(method, everywhere, arguments);
                                });
    }

    private Syscalls over(Method method) {
        if (method.getName().equals("accept4")) {
            return accepting;
        }
        return STREAMS.contains(method.getName()) ? streams : everywhere;
    }

    /** The calls, with their faults. */
    public Syscalls syscalls() {
        return syscalls;
    }

    /** Whether a read may give less than there is: not legal under edge triggering. */
    public boolean cutReads() {
        return cutReads;
    }

    /** The seed, and the faults that came last. */
    @Override
    public String toString() {
        return "faults from seed %d, at last: %s, %s, %s"
                .formatted(seed, last(everywhere), last(streams), last(accepting));
    }

    private static List<Injection> last(FaultInjectingSyscalls faulty) {
        List<Injection> all = faulty.injected();
        return all.subList(Math.max(0, all.size() - SHOWN), all.size());
    }
}
