// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import dev.ringfork.bindings.jvm.Machine;

/** Who this process takes itself for: {@link ProcessHandle#current}, which the JDK keeps. */
final class Identity {
    private static final Private CURRENT =
            new Private("java.lang.ProcessHandleImpl", "current", "java.lang.ProcessHandleImpl");
    private static final String PID = "pid";
    private static final String STARTED = "startTime";

    private Identity() {}

    /**
     * Tells this process its own number.
     *
     * @throws IllegalStateException if this JDK keeps it elsewhere
     */
    static void renew(int pid) {
        Class<?> type = CURRENT.declaring();
        Object current = CURRENT.get();
        Machine.setLong(current, type, PID, pid);
        // Another handle of the same process, made anew, has asked the system.
        ProcessHandle fresh = ProcessHandle.of(pid).orElseThrow();
        Machine.setLong(current, type, STARTED, Machine.getLong(fresh, type, STARTED));
        if (ProcessHandle.current().pid() != pid) {
            throw new IllegalStateException("ProcessHandle.current() is not " + CURRENT);
        }
    }
}
