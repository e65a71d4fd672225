// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whoever started this process as a service and wants to know how it is doing: systemd, by {@link
 * Notify}, or Einhorn, which counts a process as up when that says so.
 *
 * <p>Safe for use by many threads. To tell never fails: the first time that nobody can be told is
 * reported, and the service goes on.
 *
 * <pre>{@code
 * ServiceManager manager = ServiceManager.of(System.getenv(), System.err::println);
 * manager.ready("serving");
 * }</pre>
 */
public final class ServiceManager {
    private final Notify notify;
    private final EinhornAck einhorn;
    private final Consumer<String> report;
    private boolean failed;
    private boolean acknowledged;

    private ServiceManager(Notify notify, EinhornAck einhorn, Consumer<String> report) {
        this.notify = notify;
        this.einhorn = einhorn;
        this.report = report;
    }

    /**
     * The manager that an environment names; nobody may be.
     *
     * @param report is told if the manager cannot be
     * @throws IllegalArgumentException if a variable makes no sense
     */
    public static ServiceManager of(Map<String, String> environment, Consumer<String> report) {
        int parent = Syscalls.get().processes().getppid();
        return new ServiceManager(
                Notify.of(environment), EinhornAck.of(environment, parent), report);
    }

    /** Nobody. */
    public static ServiceManager none() {
        return of(Map.of(), _ -> {});
    }

    /** Whether somebody wants to be told. */
    public boolean wanted() {
        return notify.wanted() || einhorn.wanted();
    }

    /** Within which time {@link #alive} has to be called again; null when nobody watches. */
    public @Nullable Duration watchdogInterval() {
        return notify.wanted() ? notify.watchdogInterval() : null;
    }

    /**
     * The service serves, after its start or after it was {@link #reloading}.
     *
     * @param status a line for people
     */
    public void ready(String status) {
        tell("READY=1\n" + line(status));
        acknowledge();
    }

    /** The service reads its configuration again; {@link #ready} ends that. */
    public void reloading(String status) {
        tell(Notify.reloadingNow() + "\n" + line(status));
    }

    /** The service is about to end. */
    public void stopping(String status) {
        tell("STOPPING=1\n" + line(status));
    }

    /** A line for people. */
    public void status(String status) {
        tell(line(status));
    }

    /** The service has not got stuck. */
    public void alive() {
        tell("WATCHDOG=1");
    }

    /**
     * Another process stands for the service from now on and is ready; told by that process or by
     * the one before it.
     */
    public void mainPid(int pid) {
        tell("READY=1\nMAINPID=" + pid);
    }

    private static String line(String status) {
        return "STATUS=" + status.replace('\n', ' ');
    }

    private void tell(String state) {
        try {
            notify.send(state);
        } catch (SyscallException e) {
            complain(e);
        }
    }

    private synchronized void acknowledge() {
        if (acknowledged) {
            return;
        }
        acknowledged = true;
        try {
            einhorn.send();
        } catch (SyscallException e) {
            complain(e);
        }
    }

    private synchronized void complain(SyscallException e) {
        if (!failed) {
            failed = true;
            report.accept("the service manager cannot be told: " + e.getMessage());
        }
    }
}
