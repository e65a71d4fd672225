// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.aio.AioCopy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringfork aio-copy}. */
@Command(
        name = "aio-copy",
        description = "Copies a file by POSIX asynchronous I/O, and says what that took.")
final class AioCopyCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "FROM", description = "The file to copy.")
    private @Nullable Path from;

    @Parameters(index = "1", paramLabel = "TO", description = "The copy; overwritten if it exists.")
    private @Nullable Path to;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Operations at a time (default: ${DEFAULT-VALUE}).")
    private int inFlight = 8;

    @Option(
            names = "--block",
            paramLabel = "SIZE",
            description = "What one operation moves (default: ${DEFAULT-VALUE}).")
    private Size block = new Size(64 * 1024);

    @Option(
            names = "--descriptors",
            paramLabel = "N",
            description =
                    "How many times each file is opened: glibc works on one operation of a descriptor"
                            + " at a time (default: ${DEFAULT-VALUE}).")
    private int descriptors = 1;

    AioCopyCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (from == null || to == null) {
            throw Refusal.usage("FROM and TO are needed", null);
        }
        try {
            AioCopy.Settings settings =
                    new AioCopy.Settings(inFlight, block.intBytes(), descriptors);
            console.result(account(AioCopy.copy(Syscalls.get(), from, to, settings)));
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        } catch (IllegalStateException | SyscallException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    private static String account(AioCopy.Summary did) {
        return "%d bytes, operations: %d (at a time: %d, told by signal: %d, found by asking: %d, done twice: %d, refused at first: %d), threads of the C library: %d"
                .formatted(
                        did.bytes(),
                        did.operations(),
                        did.mostInFlight(),
                        did.told(),
                        did.found(),
                        did.repeated(),
                        did.refusals(),
                        did.threads());
    }
}
