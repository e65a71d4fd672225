// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.spawn.Spawner;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries {@link ServiceSettings} out, in a master or in a worker. Confined to one thread.
 *
 * <p>Only workers become another user. The master stays who it is, for it has to open the log and
 * the pid file again, and to start workers that become that user: it speaks to no client.
 */
public final class Service {
    /** Whose a worker is to be. */
    private static final String ACCOUNT = "RINGFORK_ACCOUNT";

    private final Syscalls syscalls;
    private final ServiceSettings settings;
    private final Output output;
    private final @Nullable Daemon daemon;
    private final Map<String, String> environment;
    private @Nullable ProcessorPlacement placement;

    /** Does nothing yet. */
    public Service(Syscalls syscalls, ServiceSettings settings, Map<String, String> environment) {
        this.syscalls = syscalls;
        this.settings = settings;
        this.environment = Map.copyOf(environment);
        this.output = new Output(syscalls, settings.log(), settings.account());
        this.daemon = settings.daemon() ? Daemon.of(syscalls, environment) : null;
    }

    /**
     * Gives up, in a worker, the rights that it is not to have. To be called before anything else
     * is done; a second call does nothing.
     *
     * <p>A worker that was forked from the launcher has done so before its virtual machine came to
     * be. One that is a program of its own cannot: posix_spawn(3) changes no user. It does so here,
     * through the C library, which changes all threads; the kernel's call changes one.
     *
     * @throws IllegalStateException if that cannot be done for good
     * @throws dev.ringfork.bindings.SyscallException if the system refuses
     */
    public static void becomeWorker(Syscalls syscalls, Map<String, String> environment) {
        String account = environment.get(ACCOUNT);
        if (account != null) {
            Account.parse(account).become(syscalls.processes());
        }
    }

    /** Whether this process is only to start the master in the background, see {@link #start}. */
    public boolean starter() {
        return settings.daemon() && daemon == null;
    }

    /**
     * Starts this program again in the background, and waits until it serves or has failed. What it
     * says meanwhile is passed on.
     *
     * @return 0 if it serves, else its exit code
     */
    public int start() {
        mask();
        output.check();
        return Daemon.start(syscalls, environment);
    }

    /**
     * Prepares the master, before it listens.
     *
     * @throws IllegalStateException if the system refuses: the message says why
     */
    public void prepare() {
        Account account = settings.account();
        if (account != null && !account.isMine() && !Account.isRoot()) {
            throw new IllegalStateException(
                    "only root may start workers that are another user's: start the master as root, or as that user");
        }
        findProcessors();
        mask();
        if (settings.files() > 0) {
            FileLimit.set(syscalls, settings.files());
        }
        output.check();
    }

    /** Both make the log: whoever comes first. */
    private void mask() {
        if (settings.umask() >= 0) {
            syscalls.processes().umask(settings.umask());
        }
    }

    /** Hands what a worker opens again by its path over to the workers' user. */
    public void own(int fd) {
        Account account = settings.account();
        if (account != null && fd >= 0) {
            syscalls.descriptors().fchown(fd, account.uid(), account.gid());
        }
    }

    /** What workers find in their environment, beside what is in another one. */
    public Map<String, String> workers(Map<String, String> environment) {
        Map<String, String> workers = new HashMap<>(environment);
        workers.remove(ACCOUNT);
        Account account = settings.account();
        if (account != null) {
            workers.put(ACCOUNT, account.toString());
        }
        return workers;
    }

    /**
     * Finds the processors of workers: in the master, or in a template.
     *
     * @throws IllegalStateException if they are not to be had here: the message says why
     */
    public void findProcessors() {
        Processors processors = settings.processors();
        if (processors != null) {
            placement = new ProcessorPlacement(syscalls, processors.found(syscalls));
        }
    }

    /** Has workers started on the processors that were found. */
    public void place(Spawner spawner) {
        if (placement != null) {
            spawner.place(placement);
        }
    }

    /** Moves a copy of this process, in the copy, to the processor of the worker that it is. */
    public void settle(int slot) {
        if (placement != null) {
            placement.settle(slot);
        }
    }

    /** In the master, which listens now: from here on it speaks to its log. */
    public void listening() {
        output.toLog();
    }

    /** In the master: a worker serves. */
    public void serving() {
        if (daemon != null && daemon.ready()) {
            output.toLogOrNowhere();
        }
    }

    /** In a worker that serves: who has started the service waits no longer for what it says. */
    public void workerServing() {
        if (settings.daemon()) {
            output.toLogOrNowhere();
        }
    }

    /**
     * Opens the log again, in the master or in a worker.
     *
     * @throws IllegalStateException if it cannot be written: all stays as it was
     */
    public void reopen() {
        output.toLog();
    }

    /** Whether there is a log. */
    public boolean logs() {
        return settings.log() != null;
    }
}
