// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.holds;

import dev.ringfork.bindings.Address;
import dev.ringfork.examples.http.ExampleApplication;
import dev.ringfork.examples.http.HttpProtocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A small HTTP server on each engine with each trigger, and in each architecture: an answer, a
 * file, and its drain.
 */
final class ServerChecks {
    private static final int FILE_BYTES = 1 << 20;

    private ServerChecks() {}

    static List<Check> all() {
        List<Check> all = new ArrayList<>();
        for (Engines one : Engines.all()) {
            all.add(new Check("server: " + one, bench -> serve(bench, one)));
        }
        for (Architecture other : Architecture.values()) {
            if (other != Architecture.REACTOR) {
                String name = other.name().toLowerCase(Locale.ROOT).replace('_', '-');
                all.add(new Check("server: " + name, bench -> serve(bench, other)));
            }
        }
        return all;
    }

    private static void serve(Bench bench, Engines one) throws Exception {
        Unavailable.because(one.absence(bench.syscalls()));
        ask(bench, builder(bench).engine(one.engine()).trigger(one.trigger()));
    }

    private static void serve(Bench bench, Architecture architecture) throws Exception {
        ask(bench, builder(bench).architecture(architecture));
    }

    private static ServerBuilder builder(Bench bench) throws IOException {
        Files.write(bench.file("index.txt"), new byte[FILE_BYTES]);
        return Server.builder(
                        new HttpProtocol(ExampleApplication.handler("it works\n", bench.file("."))))
                .listen(Address.parse("127.0.0.1:0"))
                .syscalls(bench.syscalls());
    }

    private static void ask(Bench bench, ServerBuilder builder) throws InterruptedException {
        try (Server server = builder.start()) {
            Address address = server.addresses().getFirst();
            String answer = get(bench, address, "/");
            equal("the answer's first line", "HTTP/1.1 200 OK", answer.lines().findFirst().get());
            holds(answer.endsWith("\r\n\r\nit works\n"), "the answer is " + answer, "its text");
            String file = get(bench, address, "/files/index.txt");
            int head = file.indexOf("\r\n\r\n") + 4;
            equal("the bytes of a file", FILE_BYTES, file.length() - head);
            server.drain(Duration.ofMillis(Bench.WAIT_MS));
            server.awaitStop();
            equal("connections that the drain cut", 0L, server.statistics().cut());
        }
    }

    private static String get(Bench bench, Address address, String target) {
        int client = bench.connect(address);
        bench.write(
                client,
                "GET %s HTTP/1.1\r\nHost: selftest\r\nConnection: close\r\n\r\n".formatted(target));
        String answer = bench.readToEnd(client);
        bench.close(client);
        return answer;
    }
}
