// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.examples.architectures.BufferedPoolLetters;
import dev.ringfork.examples.architectures.HalfSyncHalfAsyncPacker;
import dev.ringfork.examples.architectures.LeaderFollowersDigest;
import dev.ringfork.examples.architectures.MultiReactorChat;
import dev.ringfork.examples.architectures.ProactorCipher;
import dev.ringfork.examples.architectures.ReactorPoolPrimes;
import dev.ringfork.examples.architectures.ReactorShout;
import dev.ringfork.examples.architectures.SerialGuestBook;
import dev.ringfork.examples.architectures.SimulatedProactorAuction;
import dev.ringfork.examples.architectures.ThreadPerConnectionSleeper;
import dev.ringfork.examples.architectures.ThreadPoolHash;
import dev.ringfork.examples.architectures.VirtualThreadsSwap;
import dev.ringfork.reactor.server.Server;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ringfork example}. */
@Command(
        name = "example",
        description = "One short server for each architecture, to read and to try.")
final class ExampleCommand implements Runnable {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** An example: what it does, and how it starts. */
    private record Example(String task, Class<?> source, Function<Address, Server> start) {}

    private static final Map<String, Example> EXAMPLES = new LinkedHashMap<>();

    static {
        add("serial", "counts its visitors", SerialGuestBook.class, SerialGuestBook::start);
        add(
                "thread-per-connection",
                "sleeps as many milliseconds as a line says",
                ThreadPerConnectionSleeper.class,
                ThreadPerConnectionSleeper::start);
        add("thread-pool", "hashes a password", ThreadPoolHash.class, ThreadPoolHash::start);
        add(
                "virtual-threads",
                "swaps the lines of two clients",
                VirtualThreadsSwap.class,
                VirtualThreadsSwap::start);
        add("reactor", "puts lines in capitals", ReactorShout.class, ReactorShout::start);
        add("proactor", "turns letters by thirteen", ProactorCipher.class, ProactorCipher::start);
        add("multi-reactor", "is a chat", MultiReactorChat.class, MultiReactorChat::start);
        add(
                "reactor-pool",
                "finds the prime after a number",
                ReactorPoolPrimes.class,
                ReactorPoolPrimes::start);
        add(
                "leader-followers",
                "digests what is sent",
                LeaderFollowersDigest.class,
                LeaderFollowersDigest::start);
        add(
                "simulated-proactor",
                "holds an auction",
                SimulatedProactorAuction.class,
                SimulatedProactorAuction::start);
        add(
                "half-sync-half-async",
                "says how small a line can be packed",
                HalfSyncHalfAsyncPacker.class,
                HalfSyncHalfAsyncPacker::start);
        add(
                "buffered-pool",
                "takes letters from slow writers",
                BufferedPoolLetters.class,
                BufferedPoolLetters::start);
    }

    private static void add(
            String name, String task, Class<?> source, Function<Address, Server> start) {
        EXAMPLES.put(name, new Example(task, source, start));
    }

    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ARCHITECTURE",
            description = "Which one; without it they are listed.")
    private @Nullable String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "HOST:PORT",
            description = "Where it listens (default: ${DEFAULT-VALUE}).")
    private String address = "127.0.0.1:7000";

    ExampleCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (name == null) {
            EXAMPLES.forEach((each, example) ->
                    console.out().println("%-24s%s".formatted(each, example.task())));
            return;
        }
        Example example = EXAMPLES.get(name);
        if (example == null) {
            throw Refusal.usage(
                    "there is no example '%s': one of %s"
                            .formatted(name, String.join(", ", EXAMPLES.keySet())),
                    null);
        }
        run(example);
    }

    private void run(Example example) {
        try (Server server = example.start().apply(Address.parse(address))) {
            Signals.on("INT", () -> server.drain(DRAIN));
            Signals.on("TERM", () -> server.drain(DRAIN));
            console.result(
                    "tcp://%s %s (%s, see %s.java) - Ctrl-C ends"
                            .formatted(
                                    server.addresses().getFirst(),
                                    example.task(),
                                    server.description(),
                                    example.source().getSimpleName()));
            server.awaitStop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        } catch (SyscallException e) {
            throw Explanation.of(e);
        }
    }
}
