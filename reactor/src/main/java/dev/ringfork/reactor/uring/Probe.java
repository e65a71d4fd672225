// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_PROBE;
import static dev.ringfork.bindings.abi.IoUringConstants.IO_URING_OP_SUPPORTED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * The operations that a kernel knows, io_uring_register(2) at IORING_REGISTER_PROBE.
 *
 * <p>Immutable.
 */
public final class Probe {
    private static final int OPERATIONS_MAX = 256;

    private final BitSet supported = new BitSet();

    private Probe() {}

    /** Asks; a kernel that cannot be asked knows none of those that one would ask for. */
    public static Probe of(Ring ring) {
        Layouts layouts = Layouts.current();
        int opBytes = layouts.size("io_uring_probe_op");
        int head = layouts.size("io_uring_probe");
        Probe probe = new Probe();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(head + (long) OPERATIONS_MAX * opBytes, 8);
            if (ring.register(IORING_REGISTER_PROBE, answer.address(), OPERATIONS_MAX) < 0) {
                return probe;
            }
            int count =
                    Byte.toUnsignedInt(
                            answer.get(JAVA_BYTE, layouts.offset("io_uring_probe", "ops_len")));
            for (int i = 0; i < count; i++) {
                long flags = head + (long) i * opBytes;
                flags += layouts.offset("io_uring_probe_op", "flags");
                boolean known = (answer.get(JAVA_SHORT, flags) & IO_URING_OP_SUPPORTED) != 0;
                probe.supported.set(i, known);
            }
        }
        return probe;
    }

    /** Whether it knows an operation, an {@code IORING_OP_…}. */
    public boolean has(int opcode) {
        return supported.get(opcode);
    }

    /** How many it knows. */
    public int count() {
        return supported.cardinality();
    }
}
