// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.examples.bench.Ballast;
import dev.ringfork.prefork.Hooks;
import dev.ringfork.prefork.Prefork;
import dev.ringfork.prefork.Worker;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.listeners.ServiceManager;
import dev.ringfork.prefork.master.Master;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.proxied.ProxiedProtocol;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerBuilder;
import dev.ringfork.reactor.server.ServerSettings;
import dev.ringfork.reactor.tls.TlsContext;
import dev.ringfork.reactor.tls.TlsProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of a master and its workers in the foreground; the same command is each of them, see
 * {@link Prefork}.
 */
final class PreforkRun {
    private final Console console;
    private final ServerOptions options;
    private final WorkerOptions workers;
    private final CommonOptions common;
    private final String name;

    /** Whether this process is, or will become, a worker. */
    private final boolean child;

    /** Whether this process is one that listens. */
    private boolean master;

    PreforkRun(
            Console console, ServerOptions options, WorkerOptions workers, CommonOptions common) {
        this.name = console.name();
        this.console = console;
        this.child = Prefork.isChild();
        Worker current = Worker.current();
        if (current != null) {
            become(current);
        } else if (child) {
            console.rename(name + ": template");
        }
        this.options = options;
        this.workers = workers;
        this.common = common;
    }

    private void become(Worker worker) {
        console.rename("%s: %s".formatted(name, worker));
    }

    /**
     * Runs until all has ended, or only looks at the configuration.
     *
     * @throws Refusal if it cannot start or fails later
     */
    void run(WorkerParts parts, Service service) {
        if (common.printOnly) {
            common.print(console.out());
            return;
        }
        if (parts.sample() == null && common.given("--warm-requests")) {
            throw Refusal.usage("--warm-requests: it is for serve only, leave it out", null);
        }
        options.address();
        ServerSettings settings = options.settings(console::note);
        TlsContext tls = options.tls.context(service, console);
        Prefork.Builder prefork =
                Prefork.builder(() ->
                                behindProxy(
                                        tls == null
                                                ? parts.protocol()
                                                : TlsProtocol.around(
                                                        parts.protocol(), tls, settings)))
                        .settings(
                                workers.settings(
                                        options.drainDelay.duration(),
                                        options.drainTimeout.duration()))
                        .server(settings)
                        .arrange(options::arrange)
                        .spawn(workers.spawn)
                        .accept(workers.accepting())
                        .service(workers.service.settings())
                        .hooks(new Told(service, tls != null, parts, settings));
        LongSupplier requests = parts.requests();
        if (requests != null) {
            prefork.requests(requests);
        }
        if (workers.pidFile != null) {
            prefork.pidFile(workers.pidFile);
        }
        if (workers.control != null) {
            prefork.control(workers.control).configuration(common.values());
        }
        check();
        if (common.checkOnly) {
            console.result("the configuration is good");
            return;
        }
        run(prefork);
    }

    /** Without TLS: the client of this is none for that. */
    private void warmUp(@Nullable Protocol sample, ServerSettings settings) {
        if (sample == null || workers.warmRequests == 0) {
            return;
        }
        ServerBuilder builder = Server.builder(sample).settings(settings);
        options.arrange(builder);
        try (Server server = builder.listen(Address.parse("127.0.0.1:0")).start()) {
            Address.Inet4 where = (Address.Inet4) server.addresses().getFirst();
            WarmClient.ask(where.port(), workers.warmRequests);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header comes before the handshake, so it goes around everything else. */
    private Protocol behindProxy(Protocol protocol) {
        return options.proxyProtocol ? ProxiedProtocol.around(protocol) : protocol;
    }

    /** A worker has its listeners from the master. */
    private void attend(Prefork.Builder prefork) {
        if (child) {
            return;
        }
        Places.of(options, common, console, unstorable()).listen(prefork);
        prefork.serviceManager(ServiceManager.of(System.getenv(), console::note));
    }

    /** Why listeners cannot be kept in the service manager's store, or null. */
    private @Nullable String unstorable() {
        if (workers.service.daemon) {
            return "--daemon: what is stored comes back to the process that the manager starts; leave --daemon out (systemd: Type=notify)";
        }
        return workers.accepting().strategy() == AcceptStrategy.REUSEPORT
                ? "--accept reuseport: there are as many as workers; choose another --accept"
                : null;
    }

    private void check() {
        List<Address> where = List.of(options.address());
        try {
            workers.accepting().strategy().check(Platform.current(), where, false);
            workers.scale().check(workers.accepting().strategy());
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }

    private void run(Prefork.Builder prefork) {
        try {
            attend(prefork);
            int exitCode = prefork.run();
            if (exitCode != 0) {
                throw ended(exitCode);
            }
        } catch (IllegalArgumentException e) {
            throw child
                    ? Refusal.ended(Master.EXIT_CONFIGURATION, Refusal.message(e))
                    : Refusal.usage(e);
        } catch (SyscallException e) {
            throw Explanation.of(e, options);
        }
    }

    /** Who only starts a master has passed on what that said, until it spoke to its log. */
    private Refusal ended(int exitCode) {
        if (master) {
            return Refusal.ended(exitCode, "no worker can start; what they said is above");
        }
        boolean logged = workers.service.log != null && exitCode >= Master.EXIT_CANNOT_BOOT;
        return logged
                ? Refusal.ended(
                        exitCode,
                        "no worker can start; what they said is in " + workers.service.log)
                : Refusal.said(exitCode);
    }

    /** Tells the operator what happens. */
    private final class Told implements Hooks {
        private final Service service;
        private final boolean tls;
        private final WorkerParts parts;
        private final ServerSettings settings;

        Told(Service service, boolean tls, WorkerParts parts, ServerSettings settings) {
            this.service = service;
            this.tls = tls;
            this.parts = parts;
            this.settings = settings;
        }

        @Override
        public void warmUp() {
            Ballast.hold(workers.ballast.bytes());
            PreforkRun.this.warmUp(parts.sample(), settings);
        }

        @Override
        public void afterFork(Worker worker) {
            become(worker);
            Ballast.hold(workers.ballast.bytes());
        }

        @Override
        public void masterStarted(List<Address> addresses) {
            master = true;
            ServerRun.warnOfBacklog(options, console);
            console.result(
                    "%s (master, workers: %s, spawn: %s, accept: %s) - %s drains"
                            .formatted(
                                    service.places(addresses, tls),
                                    workers.number(),
                                    Word.of(workers.spawn),
                                    Word.of(workers.accepting().strategy()),
                                    workers.service.daemon
                                            ? "kill " + ProcessHandle.current().pid()
                                            : "Ctrl-C"));
        }

        @Override
        public void workerReady(int slot, int generation, int pid) {
            if (workers.perConnection()) {
                return;
            }
            console.note("worker %d (pid %d) serves".formatted(slot, pid));
        }

        @Override
        public void workerExit(int slot, int generation, int pid, WaitStatus status) {
            boolean clean = status.exited() && status.exitStatus() == 0;
            if (clean && !workers.perConnection()) {
                console.note("worker %d (pid %d) has ended".formatted(slot, pid));
            }
        }

        @Override
        public void promoted(Worker worker) {
            parts.promoted();
            console.rename("%s: template, once %s".formatted(name, worker));
        }

        @Override
        public void beforeReload() {
            // New workers read the files again: what is wrong with them is to be known before.
            options.tls.context(service, console);
        }

        @Override
        public void leaving() {
            parts.leaving();
        }

        @Override
        public void beforeUpgrade() {
            options.tls.context(service, console);
        }

        @Override
        public void reopen() {
            parts.reopen();
        }
    }
}
