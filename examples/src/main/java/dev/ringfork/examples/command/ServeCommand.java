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
            new WorkersLog(accessLog, health).run(application, limits);
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
    private final class WorkersLog {
        private final @Nullable String file;
        private final Health health;
        private final LongAdder requests = new LongAdder();
        private @Nullable AccessLog log;

        WorkersLog(@Nullable String file, Health health) {
            this.file = file;
            this.health = health;
        }

        void run(Handler application, HttpLimits limits) {
            Handler counted =
                    application.behind(next ->
                            request -> {
                                requests.increment();
                                return next.handle(request);
                            });
            try {
                new PreforkRun(console, server, workers, common)
                        .run(
                                () -> protocol(logged(counted), limits, health),
                                Service.HTTP,
                                requests::sum,
                                health::leave,
                                this::reopen,
                                protocol(application, limits, health));
            } finally {
                if (log != null) {
                    log.close();
                }
            }
        }

        private Handler logged(Handler application) {
            if (file == null) {
                return application;
            }
            log = open(file);
            return application.behind(log);
        }

        private void reopen() {
            if (log != null) {
                log.reopen();
            }
        }
    }
}
