// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_CQE_SKIP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_CUR_PERSONALITY;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_EXT_ARG;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_FAST_POLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_LINKED_FILE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_MIN_TIMEOUT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_NATIVE_WORKERS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_NODROP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_NO_IOWAIT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_POLL_32BITS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_RECVSEND_BUNDLE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_REG_REG_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_RSRC_TAGS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_RW_ATTR;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_RW_CUR_POS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_SINGLE_MMAP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_SQPOLL_NONFIXED;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_FEAT_SUBMIT_STABLE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CLAMP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_COOP_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CQE32;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CQE_MIXED;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CQSIZE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_DEFER_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_HYBRID_IOPOLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_IOPOLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_NO_SQARRAY;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_R_DISABLED;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SINGLE_ISSUER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQE128;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQE_MIXED;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQ_REWIND;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SUBMIT_ALL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_TASKRUN_FLAG;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_URING_CMD128;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.uring.Features.Feature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The flags that a ring can be made with, what the kernel tells of itself, its operations. */
final class SetupTrials {
    private static final int ENTRIES = 4;

    /** A flag, and the others that it goes with. */
    private record Flag(String name, int flag, int with) {}

    private static final List<Flag> FLAGS =
            List.of(
                    new Flag("CQSIZE", IORING_SETUP_CQSIZE, 0),
                    new Flag("CLAMP", IORING_SETUP_CLAMP, 0),
                    new Flag("R_DISABLED", IORING_SETUP_R_DISABLED, 0),
                    new Flag("SUBMIT_ALL", IORING_SETUP_SUBMIT_ALL, 0),
                    new Flag("COOP_TASKRUN", IORING_SETUP_COOP_TASKRUN, 0),
                    new Flag("TASKRUN_FLAG", IORING_SETUP_TASKRUN_FLAG, IORING_SETUP_COOP_TASKRUN),
                    new Flag("SINGLE_ISSUER", IORING_SETUP_SINGLE_ISSUER, 0),
                    new Flag(
                            "DEFER_TASKRUN",
                            IORING_SETUP_DEFER_TASKRUN,
                            IORING_SETUP_SINGLE_ISSUER),
                    new Flag("NO_SQARRAY", IORING_SETUP_NO_SQARRAY, 0),
                    new Flag("SQE128", IORING_SETUP_SQE128, 0),
                    new Flag("CQE32", IORING_SETUP_CQE32, 0),
                    new Flag("CQE_MIXED", IORING_SETUP_CQE_MIXED, 0),
                    new Flag("SQE_MIXED", IORING_SETUP_SQE_MIXED, 0),
                    new Flag("SQ_REWIND", IORING_SETUP_SQ_REWIND, IORING_SETUP_NO_SQARRAY),
                    new Flag("IOPOLL", IORING_SETUP_IOPOLL, 0),
                    new Flag("HYBRID_IOPOLL", IORING_SETUP_HYBRID_IOPOLL, IORING_SETUP_IOPOLL));

    /** A bit by which the kernel says what it has. */
    private record Bit(String name, int bit) {}

    private static final List<Bit> BITS =
            List.of(
                    new Bit("SINGLE_MMAP", IORING_FEAT_SINGLE_MMAP),
                    new Bit("NODROP", IORING_FEAT_NODROP),
                    new Bit("SUBMIT_STABLE", IORING_FEAT_SUBMIT_STABLE),
                    new Bit("RW_CUR_POS", IORING_FEAT_RW_CUR_POS),
                    new Bit("CUR_PERSONALITY", IORING_FEAT_CUR_PERSONALITY),
                    new Bit("FAST_POLL", IORING_FEAT_FAST_POLL),
                    new Bit("POLL_32BITS", IORING_FEAT_POLL_32BITS),
                    new Bit("SQPOLL_NONFIXED", IORING_FEAT_SQPOLL_NONFIXED),
                    new Bit("EXT_ARG", IORING_FEAT_EXT_ARG),
                    new Bit("NATIVE_WORKERS", IORING_FEAT_NATIVE_WORKERS),
                    new Bit("RSRC_TAGS", IORING_FEAT_RSRC_TAGS),
                    new Bit("CQE_SKIP", IORING_FEAT_CQE_SKIP),
                    new Bit("LINKED_FILE", IORING_FEAT_LINKED_FILE),
                    new Bit("REG_REG_RING", IORING_FEAT_REG_REG_RING),
                    new Bit("RECVSEND_BUNDLE", IORING_FEAT_RECVSEND_BUNDLE),
                    new Bit("MIN_TIMEOUT", IORING_FEAT_MIN_TIMEOUT),
                    new Bit("RW_ATTR", IORING_FEAT_RW_ATTR),
                    new Bit("NO_IOWAIT", IORING_FEAT_NO_IOWAIT));

    private SetupTrials() {}

    static List<Feature> all() {
        List<Feature> all = new ArrayList<>();
        for (Flag flag : FLAGS) {
            all.add(new Feature("setup", flag.name, bench -> make(bench, flag)));
        }
        for (Bit bit : BITS) {
            all.add(new Feature("features", bit.name, bench -> told(bench, bit)));
        }
        all.add(new Feature("operations", "by probe", SetupTrials::operations));
        return all;
    }

    private static String make(TrialBench bench, Flag flag) {
        Layouts layouts = Layouts.current();
        MemorySegment params = bench.struct("io_uring_params");
        int flags = flag.flag | flag.with;
        params.set(JAVA_INT, layouts.offset("io_uring_params", "flags"), flags);
        params.set(JAVA_INT, layouts.offset("io_uring_params", "cq_entries"), 2 * ENTRIES);
        int fd = bench.syscalls().ioUring().io_uring_setup(ENTRIES, params.address());
        bench.opened("io_uring_setup", fd);
        return "";
    }

    private static String told(TrialBench bench, Bit bit) {
        boolean has = (bench.ring().ring().features() & bit.bit) != 0;
        TrialBench.expect(has, "the kernel does not tell it among its features");
        return "";
    }

    private static String operations(TrialBench bench) {
        int count = Probe.of(bench.ring().ring()).count();
        TrialBench.expect(count > 0, "the kernel cannot be asked");
        return "%d of the %d that Ringfork has names for"
                .formatted(count, IORING_OP_URING_CMD128 + 1);
    }
}
