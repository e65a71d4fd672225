// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where things are in the mapped memory of one ring, as io_uring_setup(2) has told: offsets in
 * bytes, of the type that access to memory wants, and numbers of entries.
 *
 * @param sqArray 0 if the kernel needs none (IORING_SETUP_NO_SQARRAY)
 */
record RingLayout(
        int sqEntries,
        long sqHead,
        long sqTail,
        long sqFlags,
        long sqDropped,
        long sqArray,
        int cqEntries,
        long cqHead,
        long cqTail,
        long cqOverflow,
        long cqes) {

    private static final String PARAMS = "io_uring_params";
    private static final String SQ = "io_sqring_offsets";
    private static final String CQ = "io_cqring_offsets";

    static RingLayout of(MemorySegment params, boolean array) {
        return new RingLayout(
                param(params, "sq_entries"),
                sq(params, "head"),
                sq(params, "tail"),
                sq(params, "flags"),
                sq(params, "dropped"),
                array ? sq(params, "array") : 0,
                param(params, "cq_entries"),
                cq(params, "head"),
                cq(params, "tail"),
                cq(params, "overflow"),
                cq(params, "cqes"));
    }

    static int param(MemorySegment params, String field) {
        return params.get(ValueLayout.JAVA_INT, Layouts.current().offset(PARAMS, field));
    }

    private static int sq(MemorySegment params, String field) {
        Layouts layouts = Layouts.current();
        int offset = layouts.offset(PARAMS, "sq_off") + layouts.offset(SQ, field);
        return params.get(ValueLayout.JAVA_INT, offset);
    }

    private static int cq(MemorySegment params, String field) {
        Layouts layouts = Layouts.current();
        int offset = layouts.offset(PARAMS, "cq_off") + layouts.offset(CQ, field);
        return params.get(ValueLayout.JAVA_INT, offset);
    }

    /** The size of the one mapping that holds both rings. */
    long bytes() {
        long sqEnd = sqArray == 0 ? 0 : sqArray + 4L * sqEntries;
        return Math.max(sqEnd, cqes + 16L * cqEntries);
    }
}
