// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.master.MasterState;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The status that {@code ctl status} shows, for those who ask by a signal. */
public final class StatusReport {
    private StatusReport() {}

    /**
     * Shows it, on a thread of its own: the kernel takes its time to tell what workers take.
     *
     * @param listeners their descriptors by name
     * @param lines is given the lines in order, safe for use by many threads
     */
    public static void begin(
            Syscalls syscalls,
            MasterState master,
            Map<String, Integer> listeners,
            Consumer<String> lines) {
        List<ListenQueue> queues = ListenQueue.all(syscalls, listeners);
        Thread.ofPlatform()
                .name("ringfork-status")
                .daemon()
                .start(() -> StatusText.status(Status.look(master, queues)).forEach(lines));
    }
}
