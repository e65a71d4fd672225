// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.http.AccessLog;
import dev.ringfork.examples.http.ExampleApplication;
import dev.ringfork.examples.http.Handler;
import dev.ringfork.examples.http.Health;
import dev.ringfork.examples.http.HttpLimits;
import dev.ringfork.examples.http.HttpProtocol;
import dev.ringfork.reactor.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringfork serve}. */
@Command(
        name = "serve",
        description =
                "Serves HTTP/1.1: /, /hello, /echo, /health, and the files of a folder below /files/.")
final class ServeCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Serve the files of this folder below /files/.")
    private @Nullable Path root;

    @Option(
            names = "--text",
            paramLabel = "STRING",
            description = "What / answers, in place of a greeting.")
    private String text = ExampleApplication.GREETING;

    @Option(
            names = "--access-log",
            arity = "0..1",
            fallbackValue = "-",
            paramLabel = "FILE",
            description =
                    "Write a line for each request to a file, or to standard output (-). USR1 opens the"
                            + " file again.")
    private @Nullable String accessLog;

    @Mixin private final ServerOptions server = new ServerOptions(8080);
    @Mixin private final WorkerOptions workers = new WorkerOptions();
    @Mixin private final HttpOptions http = new HttpOptions();
    @Mixin private final CommonOptions common = new CommonOptions();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (root != null && !Files.isDirectory(root)) {
            throw Refusal.failure("--root: %s is not a folder".formatted(root), null);
        }
        HttpLimits limits = http.limits(server.idleTimeout.duration());
        Health health = http.health();
        Handler application = ExampleApplication.handler(text, root).behind(health);
        if (workers.wanted(server.architecture, common)) {
            new HttpWorkers(application, limits, health).run();
            return;
        }
        workers.requireNoMaster();
        ServerRun run = new ServerRun(console, server, common).leaving(health::leave);
        if (accessLog == null || common.onlyLooks()) {
            run.run(protocol(application, limits, health), Service.HTTP);
            return;
        }
        try (AccessLog log = open(accessLog)) {
            Signals.on("USR1", log::reopen);
            run.run(protocol(application.behind(log), limits, health), Service.HTTP);
        }
    }

    private static Protocol protocol(Handler application, HttpLimits limits, Health health) {
        return new HttpProtocol(application, limits, InstantSource.system(), health);
    }

    private AccessLog open(String file) {
        try {
            return file.equals("-") ? AccessLog.to(console.out()) : AccessLog.to(Path.of(file));
        } catch (IOException e) {
            throw Refusal.failure(
                    "--access-log: %s cannot be written: choose another file, or - for standard output"
                            .formatted(file),
                    e);
        }
    }

    /** What each worker has of its own: its access log, and the number of its requests. */
    private final class HttpWorkers implements WorkerParts {
        private final Handler application;
        private final HttpLimits limits;
        private final Health health;
        private final LongAdder requests = new LongAdder();
        private @Nullable AccessLog log;

        HttpWorkers(Handler application, HttpLimits limits, Health health) {
            this.application = application;
            this.limits = limits;
            this.health = health;
        }

        void run() {
            try {
                new PreforkRun(console, server, workers, common).run(this, Service.HTTP);
            } finally {
                promoted();
            }
        }

        @Override
        public Protocol protocol() {
            // Of the worker that this one is a copy of.
            requests.reset();
            return ServeCommand.protocol(logged(counted()), limits, health);
        }

        private Handler counted() {
            return application.behind(next ->
                    request -> {
                        requests.increment();
                        return next.handle(request);
                    });
        }

        @Override
        public LongSupplier requests() {
            return requests::sum;
        }

        @Override
        public void leaving() {
            health.leave();
        }

        @Override
        public Protocol sample() {
            return ServeCommand.protocol(counted(), limits, health);
        }

        private Handler logged(Handler counted) {
            if (accessLog == null) {
                return counted;
            }
            log = open(accessLog);
            return counted.behind(log);
        }

        @Override
        public void reopen() {
            if (log != null) {
                log.reopen();
            }
        }

        @Override
        public void promoted() {
            if (log != null) {
                log.close();
                log = null;
            }
        }
    }
}
