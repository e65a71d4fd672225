// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * What ran of the servers' contract, over which architecture, engine, trigger and transport, and
 * what was skipped for which reason: {@code target/server-contract.md}.
 */
final class ContractTable implements TestWatcher {
    private static final Path FILE =
            Path.of("target", "server-contract", ProcessHandle.current().pid() + ".md");
    private static final Map<String, Counts> ROWS = new ConcurrentHashMap<>();
    private static final Map<String, Integer> REASONS = new ConcurrentHashMap<>();

    /** Tests of one combination. */
    private record Counts(int passed, int skipped, int failed) {
        Counts plus(Counts more) {
            return new Counts(passed + more.passed, skipped + more.skipped, failed + more.failed);
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        count(context, new Counts(1, 0, 0));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        String message = cause == null ? "unknown" : String.valueOf(cause.getMessage());
        REASONS.merge(message.replace("Assumption failed: ", ""), 1, Integer::sum);
        count(context, new Counts(0, 1, 0));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        REASONS.merge(reason.orElse("disabled"), 1, Integer::sum);
        count(context, new Counts(0, 1, 0));
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        count(context, new Counts(0, 0, 1));
    }

    private static void count(ExtensionContext context, Counts counts) {
        context.getTestInstance()
                .ifPresent(test -> ROWS.merge(((Tabled) test).combination(), counts, Counts::plus));
        context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(ContractTable.class, _ -> (AutoCloseable) ContractTable::write);
    }

    private static void write() {
        StringBuilder table = new StringBuilder();
        table.append(
                "| architecture | engine | trigger | over | calls | passed | skipped | failed |\n");
        table.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        new TreeMap<>(ROWS)
                .forEach((row, counts) ->
                        table.append(
                                "| %s | %d | %d | %d |%n"
                                        .formatted(
                                                row,
                                                counts.passed,
                                                counts.skipped,
                                                counts.failed)));
        table.append("\n| skipped because | times |\n| --- | --- |\n");
        new TreeMap<>(REASONS)
                .forEach((reason, times) -> table.append("| %s | %d |%n".formatted(reason, times)));
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
