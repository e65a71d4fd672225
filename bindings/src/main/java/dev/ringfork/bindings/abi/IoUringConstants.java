// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static dev.ringfork.bindings.abi.Constants.ABSENT;

/**
 * Constants of io_uring(7): a ring, how it is made, entered and what is registered with it. {@link
 * Constants#ABSENT} on macOS. Operations have {@link IoUringOperations}.
 *
 * <p>They are of a kernel newer than most: what the running one has is told by {@code features} of
 * io_uring_params, and by {@code -EINVAL}. Immutable.
 */
public final class IoUringConstants {

    static final ConstantTable TABLE = new ConstantTable(128);

    private IoUringConstants() {}

    // How a ring is made: io_uring_params.flags.
    public static final int IORING_SETUP_IOPOLL = TABLE.linux("IORING_SETUP_IOPOLL", 0x1);
    public static final int IORING_SETUP_SQPOLL = TABLE.linux("IORING_SETUP_SQPOLL", 0x2);
    public static final int IORING_SETUP_SQ_AFF = TABLE.linux("IORING_SETUP_SQ_AFF", 0x4);
    public static final int IORING_SETUP_CQSIZE = TABLE.linux("IORING_SETUP_CQSIZE", 0x8);
    public static final int IORING_SETUP_CLAMP = TABLE.linux("IORING_SETUP_CLAMP", 0x10);
    public static final int IORING_SETUP_ATTACH_WQ = TABLE.linux("IORING_SETUP_ATTACH_WQ", 0x20);
    public static final int IORING_SETUP_R_DISABLED = TABLE.linux("IORING_SETUP_R_DISABLED", 0x40);
    public static final int IORING_SETUP_SUBMIT_ALL = TABLE.linux("IORING_SETUP_SUBMIT_ALL", 0x80);
    public static final int IORING_SETUP_COOP_TASKRUN =
            TABLE.linux("IORING_SETUP_COOP_TASKRUN", 0x100);
    public static final int IORING_SETUP_TASKRUN_FLAG =
            TABLE.linux("IORING_SETUP_TASKRUN_FLAG", 0x200);
    public static final int IORING_SETUP_SQE128 = TABLE.linux("IORING_SETUP_SQE128", 0x400);
    public static final int IORING_SETUP_CQE32 = TABLE.linux("IORING_SETUP_CQE32", 0x800);
    public static final int IORING_SETUP_SINGLE_ISSUER =
            TABLE.linux("IORING_SETUP_SINGLE_ISSUER", 0x1000);
    public static final int IORING_SETUP_DEFER_TASKRUN =
            TABLE.linux("IORING_SETUP_DEFER_TASKRUN", 0x2000);
    public static final int IORING_SETUP_NO_MMAP = TABLE.linux("IORING_SETUP_NO_MMAP", 0x4000);
    public static final int IORING_SETUP_REGISTERED_FD_ONLY =
            TABLE.linux("IORING_SETUP_REGISTERED_FD_ONLY", 0x8000);
    public static final int IORING_SETUP_NO_SQARRAY =
            TABLE.linux("IORING_SETUP_NO_SQARRAY", 0x10000);
    public static final int IORING_SETUP_HYBRID_IOPOLL =
            TABLE.linux("IORING_SETUP_HYBRID_IOPOLL", 0x20000);
    public static final int IORING_SETUP_CQE_MIXED = TABLE.linux("IORING_SETUP_CQE_MIXED", 0x40000);
    public static final int IORING_SETUP_SQE_MIXED = TABLE.linux("IORING_SETUP_SQE_MIXED", 0x80000);
    public static final int IORING_SETUP_SQ_REWIND =
            TABLE.linux("IORING_SETUP_SQ_REWIND", 0x100000);

    // What the kernel has: io_uring_params.features.
    public static final int IORING_FEAT_SINGLE_MMAP = TABLE.linux("IORING_FEAT_SINGLE_MMAP", 0x1);
    public static final int IORING_FEAT_NODROP = TABLE.linux("IORING_FEAT_NODROP", 0x2);
    public static final int IORING_FEAT_SUBMIT_STABLE =
            TABLE.linux("IORING_FEAT_SUBMIT_STABLE", 0x4);
    public static final int IORING_FEAT_RW_CUR_POS = TABLE.linux("IORING_FEAT_RW_CUR_POS", 0x8);
    public static final int IORING_FEAT_CUR_PERSONALITY =
            TABLE.linux("IORING_FEAT_CUR_PERSONALITY", 0x10);
    public static final int IORING_FEAT_FAST_POLL = TABLE.linux("IORING_FEAT_FAST_POLL", 0x20);
    public static final int IORING_FEAT_POLL_32BITS = TABLE.linux("IORING_FEAT_POLL_32BITS", 0x40);
    public static final int IORING_FEAT_SQPOLL_NONFIXED =
            TABLE.linux("IORING_FEAT_SQPOLL_NONFIXED", 0x80);
    public static final int IORING_FEAT_EXT_ARG = TABLE.linux("IORING_FEAT_EXT_ARG", 0x100);
    public static final int IORING_FEAT_NATIVE_WORKERS =
            TABLE.linux("IORING_FEAT_NATIVE_WORKERS", 0x200);
    public static final int IORING_FEAT_RSRC_TAGS = TABLE.linux("IORING_FEAT_RSRC_TAGS", 0x400);
    public static final int IORING_FEAT_CQE_SKIP = TABLE.linux("IORING_FEAT_CQE_SKIP", 0x800);
    public static final int IORING_FEAT_LINKED_FILE =
            TABLE.linux("IORING_FEAT_LINKED_FILE", 0x1000);
    public static final int IORING_FEAT_REG_REG_RING =
            TABLE.linux("IORING_FEAT_REG_REG_RING", 0x2000);
    public static final int IORING_FEAT_RECVSEND_BUNDLE =
            TABLE.linux("IORING_FEAT_RECVSEND_BUNDLE", 0x4000);
    public static final int IORING_FEAT_MIN_TIMEOUT =
            TABLE.linux("IORING_FEAT_MIN_TIMEOUT", 0x8000);
    public static final int IORING_FEAT_RW_ATTR = TABLE.linux("IORING_FEAT_RW_ATTR", 0x10000);
    public static final int IORING_FEAT_NO_IOWAIT = TABLE.linux("IORING_FEAT_NO_IOWAIT", 0x20000);

    // Offsets to map the parts of a ring from, mmap(2).
    public static final long IORING_OFF_SQ_RING = TABLE.longRow("IORING_OFF_SQ_RING", 0x0, ABSENT);
    public static final long IORING_OFF_CQ_RING =
            TABLE.longRow("IORING_OFF_CQ_RING", 0x8000000, ABSENT);
    public static final long IORING_OFF_SQES = TABLE.longRow("IORING_OFF_SQES", 0x10000000, ABSENT);
    public static final long IORING_OFF_PBUF_RING =
            TABLE.longRow("IORING_OFF_PBUF_RING", 0x80000000L, ABSENT);
    public static final int IORING_OFF_PBUF_SHIFT = TABLE.linux("IORING_OFF_PBUF_SHIFT", 0x10);
    public static final long IORING_OFF_MMAP_MASK =
            TABLE.longRow("IORING_OFF_MMAP_MASK", 0xf8000000L, ABSENT);

    // Flags of io_uring_enter(2).
    public static final int IORING_ENTER_GETEVENTS = TABLE.linux("IORING_ENTER_GETEVENTS", 0x1);
    public static final int IORING_ENTER_SQ_WAKEUP = TABLE.linux("IORING_ENTER_SQ_WAKEUP", 0x2);
    public static final int IORING_ENTER_SQ_WAIT = TABLE.linux("IORING_ENTER_SQ_WAIT", 0x4);
    public static final int IORING_ENTER_EXT_ARG = TABLE.linux("IORING_ENTER_EXT_ARG", 0x8);
    public static final int IORING_ENTER_REGISTERED_RING =
            TABLE.linux("IORING_ENTER_REGISTERED_RING", 0x10);
    public static final int IORING_ENTER_ABS_TIMER = TABLE.linux("IORING_ENTER_ABS_TIMER", 0x20);
    public static final int IORING_ENTER_EXT_ARG_REG =
            TABLE.linux("IORING_ENTER_EXT_ARG_REG", 0x40);
    public static final int IORING_ENTER_NO_IOWAIT = TABLE.linux("IORING_ENTER_NO_IOWAIT", 0x80);

    // Flags that the kernel sets in the submission queue.
    public static final int IORING_SQ_NEED_WAKEUP = TABLE.linux("IORING_SQ_NEED_WAKEUP", 0x1);
    public static final int IORING_SQ_CQ_OVERFLOW = TABLE.linux("IORING_SQ_CQ_OVERFLOW", 0x2);
    public static final int IORING_SQ_TASKRUN = TABLE.linux("IORING_SQ_TASKRUN", 0x4);

    // Flags that the program sets in the completion queue.
    public static final int IORING_CQ_EVENTFD_DISABLED =
            TABLE.linux("IORING_CQ_EVENTFD_DISABLED", 0x1);

    // Flags of a completion: io_uring_cqe.flags, and where the number of its buffer is.
    public static final int IORING_CQE_F_BUFFER = TABLE.linux("IORING_CQE_F_BUFFER", 0x1);
    public static final int IORING_CQE_F_MORE = TABLE.linux("IORING_CQE_F_MORE", 0x2);
    public static final int IORING_CQE_F_SOCK_NONEMPTY =
            TABLE.linux("IORING_CQE_F_SOCK_NONEMPTY", 0x4);
    public static final int IORING_CQE_F_NOTIF = TABLE.linux("IORING_CQE_F_NOTIF", 0x8);
    public static final int IORING_CQE_F_BUF_MORE = TABLE.linux("IORING_CQE_F_BUF_MORE", 0x10);
    public static final int IORING_CQE_F_SKIP = TABLE.linux("IORING_CQE_F_SKIP", 0x20);
    public static final int IORING_CQE_F_32 = TABLE.linux("IORING_CQE_F_32", 0x8000);
    public static final int IORING_CQE_F_TSTAMP_HW = TABLE.linux("IORING_CQE_F_TSTAMP_HW", 0x10000);
    public static final int IORING_CQE_BUFFER_SHIFT = TABLE.linux("IORING_CQE_BUFFER_SHIFT", 0x10);

    // What io_uring_register(2) is asked for.
    public static final int IORING_REGISTER_BUFFERS = TABLE.linux("IORING_REGISTER_BUFFERS", 0);
    public static final int IORING_UNREGISTER_BUFFERS = TABLE.linux("IORING_UNREGISTER_BUFFERS", 1);
    public static final int IORING_REGISTER_FILES = TABLE.linux("IORING_REGISTER_FILES", 2);
    public static final int IORING_UNREGISTER_FILES = TABLE.linux("IORING_UNREGISTER_FILES", 3);
    public static final int IORING_REGISTER_EVENTFD = TABLE.linux("IORING_REGISTER_EVENTFD", 4);
    public static final int IORING_UNREGISTER_EVENTFD = TABLE.linux("IORING_UNREGISTER_EVENTFD", 5);
    public static final int IORING_REGISTER_FILES_UPDATE =
            TABLE.linux("IORING_REGISTER_FILES_UPDATE", 6);
    public static final int IORING_REGISTER_EVENTFD_ASYNC =
            TABLE.linux("IORING_REGISTER_EVENTFD_ASYNC", 7);
    public static final int IORING_REGISTER_PROBE = TABLE.linux("IORING_REGISTER_PROBE", 8);
    public static final int IORING_REGISTER_PERSONALITY =
            TABLE.linux("IORING_REGISTER_PERSONALITY", 9);
    public static final int IORING_UNREGISTER_PERSONALITY =
            TABLE.linux("IORING_UNREGISTER_PERSONALITY", 10);
    public static final int IORING_REGISTER_RESTRICTIONS =
            TABLE.linux("IORING_REGISTER_RESTRICTIONS", 11);
    public static final int IORING_REGISTER_ENABLE_RINGS =
            TABLE.linux("IORING_REGISTER_ENABLE_RINGS", 12);
    public static final int IORING_REGISTER_FILES2 = TABLE.linux("IORING_REGISTER_FILES2", 13);
    public static final int IORING_REGISTER_FILES_UPDATE2 =
            TABLE.linux("IORING_REGISTER_FILES_UPDATE2", 14);
    public static final int IORING_REGISTER_BUFFERS2 = TABLE.linux("IORING_REGISTER_BUFFERS2", 15);
    public static final int IORING_REGISTER_BUFFERS_UPDATE =
            TABLE.linux("IORING_REGISTER_BUFFERS_UPDATE", 16);
    public static final int IORING_REGISTER_IOWQ_AFF = TABLE.linux("IORING_REGISTER_IOWQ_AFF", 17);
    public static final int IORING_UNREGISTER_IOWQ_AFF =
            TABLE.linux("IORING_UNREGISTER_IOWQ_AFF", 18);
    public static final int IORING_REGISTER_IOWQ_MAX_WORKERS =
            TABLE.linux("IORING_REGISTER_IOWQ_MAX_WORKERS", 19);
    public static final int IORING_REGISTER_RING_FDS = TABLE.linux("IORING_REGISTER_RING_FDS", 20);
    public static final int IORING_UNREGISTER_RING_FDS =
            TABLE.linux("IORING_UNREGISTER_RING_FDS", 21);
    public static final int IORING_REGISTER_PBUF_RING =
            TABLE.linux("IORING_REGISTER_PBUF_RING", 22);
    public static final int IORING_UNREGISTER_PBUF_RING =
            TABLE.linux("IORING_UNREGISTER_PBUF_RING", 23);
    public static final int IORING_REGISTER_SYNC_CANCEL =
            TABLE.linux("IORING_REGISTER_SYNC_CANCEL", 24);
    public static final int IORING_REGISTER_FILE_ALLOC_RANGE =
            TABLE.linux("IORING_REGISTER_FILE_ALLOC_RANGE", 25);
    public static final int IORING_REGISTER_PBUF_STATUS =
            TABLE.linux("IORING_REGISTER_PBUF_STATUS", 26);
    public static final int IORING_REGISTER_NAPI = TABLE.linux("IORING_REGISTER_NAPI", 27);
    public static final int IORING_UNREGISTER_NAPI = TABLE.linux("IORING_UNREGISTER_NAPI", 28);
    public static final int IORING_REGISTER_CLOCK = TABLE.linux("IORING_REGISTER_CLOCK", 29);
    public static final int IORING_REGISTER_CLONE_BUFFERS =
            TABLE.linux("IORING_REGISTER_CLONE_BUFFERS", 30);
    public static final int IORING_REGISTER_SEND_MSG_RING =
            TABLE.linux("IORING_REGISTER_SEND_MSG_RING", 31);
    public static final int IORING_REGISTER_ZCRX_IFQ = TABLE.linux("IORING_REGISTER_ZCRX_IFQ", 32);
    public static final int IORING_REGISTER_RESIZE_RINGS =
            TABLE.linux("IORING_REGISTER_RESIZE_RINGS", 33);
    public static final int IORING_REGISTER_MEM_REGION =
            TABLE.linux("IORING_REGISTER_MEM_REGION", 34);
    public static final int IORING_REGISTER_QUERY = TABLE.linux("IORING_REGISTER_QUERY", 35);
    public static final int IORING_REGISTER_ZCRX_CTRL =
            TABLE.linux("IORING_REGISTER_ZCRX_CTRL", 36);
    public static final int IORING_REGISTER_BPF_FILTER =
            TABLE.linux("IORING_REGISTER_BPF_FILTER", 37);

    // A bit beside them: the ring is named by its registered number.
    public static final int IORING_REGISTER_USE_REGISTERED_RING =
            TABLE.linux("IORING_REGISTER_USE_REGISTERED_RING", 0x80000000L);

    // Flags and special values of registrations.
    public static final int IORING_REGISTER_FILES_SKIP =
            TABLE.linux("IORING_REGISTER_FILES_SKIP", -2);
    public static final int IORING_REGISTER_SRC_REGISTERED =
            TABLE.linux("IORING_REGISTER_SRC_REGISTERED", 0x1);
    public static final int IORING_REGISTER_DST_REPLACE =
            TABLE.linux("IORING_REGISTER_DST_REPLACE", 0x2);
    public static final int IORING_MEM_REGION_REG_WAIT_ARG =
            TABLE.linux("IORING_MEM_REGION_REG_WAIT_ARG", 0x1);
    public static final int IORING_MEM_REGION_TYPE_USER =
            TABLE.linux("IORING_MEM_REGION_TYPE_USER", 0x1);
    public static final int IORING_REG_WAIT_TS = TABLE.linux("IORING_REG_WAIT_TS", 0x1);
    public static final int IORING_RSRC_REGISTER_SPARSE =
            TABLE.linux("IORING_RSRC_REGISTER_SPARSE", 0x1);
    public static final int IOU_PBUF_RING_MMAP = TABLE.linux("IOU_PBUF_RING_MMAP", 0x1);
    public static final int IO_URING_OP_SUPPORTED = TABLE.linux("IO_URING_OP_SUPPORTED", 0x1);
    public static final int IOU_PBUF_RING_INC = TABLE.linux("IOU_PBUF_RING_INC", 0x2);

    // What a restriction restricts.
    public static final int IORING_RESTRICTION_REGISTER_OP =
            TABLE.linux("IORING_RESTRICTION_REGISTER_OP", 0);
    public static final int IORING_RESTRICTION_SQE_OP = TABLE.linux("IORING_RESTRICTION_SQE_OP", 1);
    public static final int IORING_RESTRICTION_SQE_FLAGS_ALLOWED =
            TABLE.linux("IORING_RESTRICTION_SQE_FLAGS_ALLOWED", 2);
    public static final int IORING_RESTRICTION_SQE_FLAGS_REQUIRED =
            TABLE.linux("IORING_RESTRICTION_SQE_FLAGS_REQUIRED", 3);
}
