// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.control.ControlSocket;
import dev.ringfork.prefork.control.Display;
import dev.ringfork.prefork.listeners.ActivatedListeners;
import dev.ringfork.prefork.listeners.Activation;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.listeners.ListenerStore;
import dev.ringfork.prefork.listeners.ServiceManager;
import dev.ringfork.prefork.listeners.Supervision;
import dev.ringfork.prefork.master.MasterLoop;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.master.Rehearsal;
import dev.ringfork.prefork.master.Succession;
import dev.ringfork.prefork.process.ForkHooks;
import dev.ringfork.prefork.process.WarmFork;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.service.Service;
import dev.ringfork.prefork.service.ServiceSettings;
import dev.ringfork.prefork.signals.SignalWatch;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Post;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.prefork.spawn.WarmSpawner;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerBuilder;
import dev.ringfork.reactor.server.ServerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server of several processes: a master that binds the listeners and keeps the workers, and
 * workers that serve.
 *
 * <p>The same program is both: {@link Builder#run} looks at the environment, and is a worker if a
 * master has started this process. So it is called in the same way each time, early, and what is
 * costly or cannot be shared is left to suppliers and {@link Hooks#afterFork}, which run in the
 * worker.
 *
 * <p>Confined to the thread that makes it.
 *
 * <pre>{@code
 * System.exit(
 *         Prefork.builder(connection -> connection::write)
 *                 .listen(Address.parse("127.0.0.1:7000"))
 *                 .settings(MasterSettings.builder().workers(4).build())
 *                 .run());
 * }</pre>
 */
public final class Prefork {
    private final Builder described;
    private final Syscalls syscalls = Syscalls.get();
    private final Service service;
    private @Nullable SignalWatch signals;

    private Prefork(Builder described) {
        this.described = described;
        this.service = new Service(syscalls, described.service, System.getenv());
    }

    /** Begins the description of workers that all serve a protocol. */
    public static Builder builder(Protocol protocol) {
        return new Builder(() -> protocol);
    }

    /** The same for a protocol that is made in each worker. */
    public static Builder builder(Supplier<Protocol> protocol) {
        return new Builder(protocol);
    }

    /**
     * Whether a master has started this process: it is a worker, or will become some, and listens
     * nowhere by itself.
     */
    public static boolean isChild() {
        Syscalls syscalls = Syscalls.get();
        Map<String, String> environment = System.getenv();
        return WarmSpawner.isTemplate(syscalls, environment)
                || Assignment.read(syscalls, environment) != null;
    }

    private int run() {
        Post post = Post.of(syscalls, System.getenv());
        if (post != null) {
            return template(post);
        }
        Worker worker = Worker.of(syscalls, System.getenv());
        return worker == null ? master() : live(worker);
    }

    private int template(Post post) {
        Service.becomeWorker(syscalls, System.getenv());
        service.findProcessors();
        Template template = forkedFrom(post);
        return template.prepare(this::warmUp) ? live(become(template)) : 0;
    }

    private void warmUp() {
        described.hooks.warmUp();
        rehearse();
    }

    /**
     * With a protocol that is nobody's: what the program does in a worker is not for its template.
     */
    private void rehearse() {
        Builder other =
                builder(connection -> connection::write)
                        .settings(described.settings)
                        .server(described.server)
                        .accept(described.accepting);
        Prefork rehearsed = new Prefork(other);
        // The one pipe that there will be: copies go on with it.
        rehearsed.signals = signals();
        heed();
        try {
            Rehearsal.play(
                    syscalls,
                    described.server,
                    described.accepting,
                    assignment -> rehearsed.worker(Worker.of(assignment)));
        } catch (RuntimeException e) {
            // Workers can do without, and will say themselves what they cannot do.
            described
                    .server
                    .report()
                    .accept("workers will begin slowly, the rehearsal has failed: " + e);
        }
    }

    /** A worker that has finished may become a template, and its copy a worker again. */
    private int live(@Nullable Worker first) {
        Worker worker = first;
        while (worker != null) {
            Post post = worker(worker);
            worker = post == null ? null : promoted(worker, post);
        }
        return 0;
    }

    private @Nullable Worker promoted(Worker worker, Post post) {
        described.hooks.promoted(worker);
        Template template = forkedFrom(post);
        template.promote();
        return become(template);
    }

    private Template forkedFrom(Post post) {
        WarmFork warm = new WarmFork(syscalls);
        described.forkHooks.forEach(warm::hooks);
        return new Template(syscalls, post, warm, this::settle);
    }

    /** In a copy that nobody knows yet: what its master sends it then is not to be missed. */
    private void settle(int slot) {
        service.settle(slot);
        heed();
    }

    private void heed() {
        SignalWatch watch = signals();
        // Those of the worker that this one is a copy of.
        watch.drain(_ -> {});
        WorkerLoop.heed(watch);
    }

    /** In each copy of the template its worker; null in the template, when it has to end. */
    private @Nullable Worker become(Template template) {
        Assignment assignment = template.serve();
        return assignment == null ? null : Worker.of(assignment);
    }

    /** Serves; the socket of orders if it is to become a template then, else null. */
    private @Nullable Post worker(Worker worker) {
        try (WorkerLoop loop =
                        new WorkerLoop(
                                syscalls,
                                signals(),
                                worker,
                                described.settings,
                                described.hooks,
                                this::reopen,
                                described.server.report());
                AcceptMutex mutex = worker.acceptMutex(syscalls, described.accepting)) {
            described.hooks.afterFork(worker);
            ServerBuilder builder = Server.builder(described.protocol.get());
            builder.settings(described.server).sharedPlaces(loop.places());
            described.arrange.accept(builder);
            worker.listen(syscalls, described.accepting, builder);
            if (mutex != null) {
                builder.acceptGate(mutex, described.accepting.mutexDelay());
            }
            if (described.settings.scale().perConnection()) {
                builder.whenVacant(loop::served);
            }
            try (Server server = builder.start()) {
                LongSupplier requests = described.requests;
                service.workerServing();
                loop.run(
                        server, requests == null ? () -> server.statistics().accepted() : requests);
            }
            return loop.promoted() ? Post.adopt(syscalls, loop.releaseChannel()) : null;
        }
    }

    /** Never closed, so a copy of a worker goes on with the one that it has. */
    private SignalWatch signals() {
        SignalWatch watch = signals == null ? SignalWatch.open(syscalls) : signals;
        signals = watch;
        return watch;
    }

    Hooks hooks() {
        return described.hooks;
    }

    Service service() {
        return service;
    }

    Consumer<String> report() {
        return described.server.report();
    }

    /** In the master and in each worker. */
    void reopen() {
        try {
            service.reopen();
        } finally {
            described.hooks.reopen();
        }
    }

    private int master() {
        described.check();
        if (service.starter()) {
            return service.start();
        }
        service.prepare();
        Succession succession = Succession.of(syscalls, System.getenv());
        try (Binder binder = new Binder(syscalls, described.server)) {
            binder.arrange(described.accepting.strategy(), described.settings.workers());
            binder.inherit(succession.heritage());
            described.inherited.forEach(binder::adopt);
            for (Where where : described.addresses) {
                binder.expect(where.address, where.packets);
            }
            binder.keepIn(described.store, succession.stored());
            for (Where where : described.addresses) {
                binder.bind(where.address, where.packets);
            }
            if (described.accepting.strategy() == AcceptStrategy.MUTEX) {
                binder.lock(described.accepting.mutex());
                service.own(binder.acceptMutex());
            }
            return master(binder, succession);
        }
    }

    private int master(Binder binder, Succession succession) {
        // What the supervisor told this process is not for its children.
        Map<String, String> environment = Activation.forChildren(System.getenv());
        MasterNotices notices = new MasterNotices(described.manager);
        Display display = new Display(syscalls, binder::descriptors, described.configuration);
        Supervision supervision = Supervision.of(System.getenv(), syscalls.processes().getppid());
        PreforkEvents events =
                new PreforkEvents(this, binder, display, notices, succession, supervision);
        try (Spawner spawner =
                        described.spawn.spawner(
                                syscalls,
                                service.workers(environment),
                                described.server.report(),
                                described.settings.bootTimeout());
                Scoreboard scoreboard = Scoreboard.create(syscalls);
                MasterLoop loop =
                        new MasterLoop(
                                syscalls,
                                described.settings,
                                spawner,
                                binder,
                                scoreboard,
                                succession,
                                events);
                Seat seat =
                        new Seat(syscalls, loop, display, described.pidFile, described.control)) {
            events.sit(seat);
            service.place(spawner);
            if (!succession.succeeds() && !supervision.overlaps()) {
                seat.take();
            }
            described.hooks.masterStarted(binder.addresses());
            service.listening();
            if (described.settings.scale().startsEmpty()) {
                // The first worker comes with the first connection: nobody can wait for it.
                service.serving();
            }
            notices.watch(loop.reactor());
            return loop.run();
        }
    }

    /** Where to listen, and for what. */
    private record Where(Address address, boolean packets) {}

    /** A master and its workers in the making. Confined to one thread. */
    public static final class Builder {
        private final Supplier<Protocol> protocol;
        private final List<Where> addresses = new ArrayList<>();
        private final List<InheritedListener> inherited = new ArrayList<>();
        private MasterSettings settings = MasterSettings.DEFAULT;
        private ServerSettings server = ServerSettings.DEFAULT;
        private Consumer<ServerBuilder> arrange = builder -> {};
        private @Nullable LongSupplier requests;
        private Hooks hooks = Hooks.NONE;
        private final List<ForkHooks> forkHooks = new ArrayList<>();
        private Spawn spawn = Spawn.EXEC;
        private Accepting accepting = Accepting.DEFAULT;
        private ServiceManager manager = ServiceManager.none();
        private ListenerStore store = ListenerStore.none();
        private ServiceSettings service = ServiceSettings.DEFAULT;
        private @Nullable Path pidFile;
        private @Nullable Path control;
        private SequencedMap<String, String> configuration = new LinkedHashMap<>();

        private Builder(Supplier<Protocol> protocol) {
            this.protocol = protocol;
        }

        /** Adds an address to listen on; at least one. Port 0 lets the kernel choose. */
        public Builder listen(Address address) {
            addresses.add(new Where(address, false));
            return this;
        }

        /** Adds an address for connections that carry packets. */
        public Builder listenPackets(Address address) {
            addresses.add(new Where(address, true));
            return this;
        }

        /**
         * Adds a listener that somebody else has bound, a supervisor for instance, see {@link
         * ActivatedListeners}. {@link #run} takes it over in the master, also when it throws.
         */
        public Builder listen(InheritedListener listener) {
            inherited.add(listener);
            return this;
        }

        /**
         * Who is told, by the master, that the workers serve, are replaced, or finish, and that the
         * master has not got stuck; nobody by default.
         */
        public Builder serviceManager(ServiceManager manager) {
            this.manager = manager;
            return this;
        }

        /**
         * Where the listeners that the master binds outlive it; nowhere by default. {@link #run}
         * takes it over in the master, also when it throws.
         */
        public Builder listenerStore(ListenerStore store) {
            this.store = store;
            return this;
        }

        /** How the master keeps its workers; {@link MasterSettings#DEFAULT} by default. */
        public Builder settings(MasterSettings settings) {
            this.settings = settings;
            return this;
        }

        /**
         * Limits, time-outs and sizes of each worker's server, and where the master reports too;
         * {@link ServerSettings#DEFAULT} by default. How many connections there may be is for all
         * workers together.
         */
        public Builder server(ServerSettings server) {
            this.server = server;
            return this;
        }

        /** What else a worker's server is to be, its architecture for instance. In the worker. */
        public Builder arrange(Consumer<ServerBuilder> arrange) {
            this.arrange = arrange;
            return this;
        }

        /**
         * Tells how many requests a worker has answered so far, for {@link
         * MasterSettings#maxRequests}; by default the connections that it has accepted. Called in
         * the worker on a thread of its own.
         */
        public Builder requests(LongSupplier requests) {
            this.requests = requests;
            return this;
        }

        /** What the program does of its own; nothing by default. */
        public Builder hooks(Hooks hooks) {
            this.hooks = hooks;
            return this;
        }

        /**
         * Adds what the program does around each fork of a template, see {@link Spawn#WARM}; called
         * there and in its copies, on the thread that forks. Those added first are called first
         * before a fork, and last after it.
         *
         * <p>A worker in which {@link ForkHooks#afterForkChild} throws ends, and counts as a start
         * that failed; if {@link ForkHooks#beforeFork} throws, there is no worker, and it is tried
         * again later.
         */
        public Builder forkHooks(ForkHooks hooks) {
            forkHooks.add(hooks);
            return this;
        }

        /** How workers come to be; {@link Spawn#EXEC} by default. */
        public Builder spawn(Spawn spawn) {
            this.spawn = spawn;
            return this;
        }

        /** How connections reach workers; {@link Accepting#DEFAULT} by default. */
        public Builder accept(Accepting accepting) {
            this.accepting = accepting;
            return this;
        }

        /** How it lives on this machine; {@link ServiceSettings#DEFAULT} by default. */
        public Builder service(ServiceSettings service) {
            this.service = service;
            return this;
        }

        /** A file that the master writes its pid to, and removes when it ends. */
        public Builder pidFile(Path pidFile) {
            this.pidFile = pidFile;
            return this;
        }

        /**
         * A Unix socket by which operators ask the master, see {@link ControlSocket}; none else.
         */
        public Builder control(Path control) {
            this.control = control;
            return this;
        }

        /** What operators are shown as the configuration, by name; nothing by default. */
        public Builder configuration(SequencedMap<String, String> configuration) {
            this.configuration = new LinkedHashMap<>(configuration);
            return this;
        }

        private void check() {
            if (addresses.isEmpty() && inherited.isEmpty()) {
                throw new IllegalArgumentException("no address to listen on: call listen(address)");
            }
            settings.scale().check(accepting.strategy());
            List<Address> where = addresses.stream().map(Where::address).toList();
            boolean packets =
                    addresses.stream().anyMatch(Where::packets)
                            || inherited.stream().anyMatch(InheritedListener::packets);
            if (accepting.strategy() == AcceptStrategy.REUSEPORT && !inherited.isEmpty()) {
                throw new IllegalArgumentException(
                        "the listener on %s is one and was bound by somebody else: choose --accept shared, exclusive, mutex or pass"
                                .formatted(inherited.getFirst().address()));
            }
            accepting.strategy().check(Platform.current(), where, packets);
        }

        /**
         * Is the master, or the worker that this process was started as, until that has ended.
         * Blocks.
         *
         * @return the exit code for this process: 0, or {@link
         *     dev.ringfork.prefork.master.Master#EXIT_CANNOT_BOOT}, {@link
         *     dev.ringfork.prefork.master.Master#EXIT_CONFIGURATION}; of the process that starts
         *     one in the background, 0 once that serves
         * @throws dev.ringfork.bindings.SyscallException if an address cannot be had
         * @throws IllegalStateException if signals cannot be watched here, the pid file cannot be
         *     written or names a process that runs, the {@link ServiceSettings} cannot be had,
         *     workers cannot be started in the way that was chosen, or the server of a worker fails
         * @throws IllegalArgumentException if the choices cannot work together; a worker that ends
         *     with {@link dev.ringfork.prefork.master.Master#EXIT_CONFIGURATION} then is not tried
         *     again
         */
        public int run() {
            return new Prefork(this).run();
        }
    }
}
