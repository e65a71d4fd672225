// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_MORE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ringfork.reactor.proactor.CompletionHandler;
import dev.ringfork.reactor.proactor.Operation;
import java.util.ArrayList;
import java.util.List;

/** An operation and all that it came to. Confined to the proactor's thread. */
final class Outcome {
    final Operation operation;
    final List<Integer> results = new ArrayList<>();
    final List<Integer> flags = new ArrayList<>();
    private final CompletionHandler then;

    /** One that is only remembered. */
    Outcome() {
        this((operation, result, flags) -> {});
    }

    /** One whose completions are also handled. */
    Outcome(CompletionHandler then) {
        this.operation = new Operation(this::completed);
        this.then = then;
    }

    private void completed(Operation completed, int result, int bits) {
        results.add(result);
        flags.add(bits);
        assertEquals((bits & IORING_CQE_F_MORE) != 0, completed.inFlight());
        then.completed(completed, result, bits);
    }

    int completions() {
        return results.size();
    }

    /** The result of what has completed once. */
    int result() {
        assertFalse(operation.inFlight());
        assertEquals(1, results.size());
        return results.getFirst();
    }

    int lastResult() {
        return results.getLast();
    }

    int lastFlags() {
        return flags.getLast();
    }
}
