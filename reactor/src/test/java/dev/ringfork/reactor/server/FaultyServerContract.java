// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Faults;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** The contract once more, over calls that fail in every legal way. */
abstract class FaultyServerContract extends ServerContract {
    private static final long SEED = 20_261_121;

    private final Faults faults = new Faults(Syscalls.get(), engine().trigger(), SEED);

    @RegisterExtension
    final TestExecutionExceptionHandler showSeed =
            (context, failure) -> {
                failure.addSuppressed(new AssertionError(faults.toString()));
                throw failure;
            };

    @Override
    final Syscalls syscalls() {
        return faults.syscalls();
    }

    @Override
    final boolean cutsReads() {
        return faults.cutReads();
    }
}
