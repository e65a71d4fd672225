// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of io_uring(7): the operations that are submitted and the flags of each. {@link
 * Constants#ABSENT} on macOS.
 *
 * <p>They are of a kernel newer than most: which operations the running one has is told by {@code
 * IORING_REGISTER_PROBE}. Immutable.
 */
public final class IoUringOperations {

    static final ConstantTable TABLE = new ConstantTable(256);

    private IoUringOperations() {}

    // What a submission asks for: io_uring_sqe.opcode.
    public static final int IORING_OP_NOP = TABLE.linux("IORING_OP_NOP", 0);
    public static final int IORING_OP_READV = TABLE.linux("IORING_OP_READV", 1);
    public static final int IORING_OP_WRITEV = TABLE.linux("IORING_OP_WRITEV", 2);
    public static final int IORING_OP_FSYNC = TABLE.linux("IORING_OP_FSYNC", 3);
    public static final int IORING_OP_READ_FIXED = TABLE.linux("IORING_OP_READ_FIXED", 4);
    public static final int IORING_OP_WRITE_FIXED = TABLE.linux("IORING_OP_WRITE_FIXED", 5);
    public static final int IORING_OP_POLL_ADD = TABLE.linux("IORING_OP_POLL_ADD", 6);
    public static final int IORING_OP_POLL_REMOVE = TABLE.linux("IORING_OP_POLL_REMOVE", 7);
    public static final int IORING_OP_SYNC_FILE_RANGE = TABLE.linux("IORING_OP_SYNC_FILE_RANGE", 8);
    public static final int IORING_OP_SENDMSG = TABLE.linux("IORING_OP_SENDMSG", 9);
    public static final int IORING_OP_RECVMSG = TABLE.linux("IORING_OP_RECVMSG", 10);
    public static final int IORING_OP_TIMEOUT = TABLE.linux("IORING_OP_TIMEOUT", 11);
    public static final int IORING_OP_TIMEOUT_REMOVE = TABLE.linux("IORING_OP_TIMEOUT_REMOVE", 12);
    public static final int IORING_OP_ACCEPT = TABLE.linux("IORING_OP_ACCEPT", 13);
    public static final int IORING_OP_ASYNC_CANCEL = TABLE.linux("IORING_OP_ASYNC_CANCEL", 14);
    public static final int IORING_OP_LINK_TIMEOUT = TABLE.linux("IORING_OP_LINK_TIMEOUT", 15);
    public static final int IORING_OP_CONNECT = TABLE.linux("IORING_OP_CONNECT", 16);
    public static final int IORING_OP_FALLOCATE = TABLE.linux("IORING_OP_FALLOCATE", 17);
    public static final int IORING_OP_OPENAT = TABLE.linux("IORING_OP_OPENAT", 18);
    public static final int IORING_OP_CLOSE = TABLE.linux("IORING_OP_CLOSE", 19);
    public static final int IORING_OP_FILES_UPDATE = TABLE.linux("IORING_OP_FILES_UPDATE", 20);
    public static final int IORING_OP_STATX = TABLE.linux("IORING_OP_STATX", 21);
    public static final int IORING_OP_READ = TABLE.linux("IORING_OP_READ", 22);
    public static final int IORING_OP_WRITE = TABLE.linux("IORING_OP_WRITE", 23);
    public static final int IORING_OP_FADVISE = TABLE.linux("IORING_OP_FADVISE", 24);
    public static final int IORING_OP_MADVISE = TABLE.linux("IORING_OP_MADVISE", 25);
    public static final int IORING_OP_SEND = TABLE.linux("IORING_OP_SEND", 26);
    public static final int IORING_OP_RECV = TABLE.linux("IORING_OP_RECV", 27);
    public static final int IORING_OP_OPENAT2 = TABLE.linux("IORING_OP_OPENAT2", 28);
    public static final int IORING_OP_EPOLL_CTL = TABLE.linux("IORING_OP_EPOLL_CTL", 29);
    public static final int IORING_OP_SPLICE = TABLE.linux("IORING_OP_SPLICE", 30);
    public static final int IORING_OP_PROVIDE_BUFFERS =
            TABLE.linux("IORING_OP_PROVIDE_BUFFERS", 31);
    public static final int IORING_OP_REMOVE_BUFFERS = TABLE.linux("IORING_OP_REMOVE_BUFFERS", 32);
    public static final int IORING_OP_TEE = TABLE.linux("IORING_OP_TEE", 33);
    public static final int IORING_OP_SHUTDOWN = TABLE.linux("IORING_OP_SHUTDOWN", 34);
    public static final int IORING_OP_RENAMEAT = TABLE.linux("IORING_OP_RENAMEAT", 35);
    public static final int IORING_OP_UNLINKAT = TABLE.linux("IORING_OP_UNLINKAT", 36);
    public static final int IORING_OP_MKDIRAT = TABLE.linux("IORING_OP_MKDIRAT", 37);
    public static final int IORING_OP_SYMLINKAT = TABLE.linux("IORING_OP_SYMLINKAT", 38);
    public static final int IORING_OP_LINKAT = TABLE.linux("IORING_OP_LINKAT", 39);
    public static final int IORING_OP_MSG_RING = TABLE.linux("IORING_OP_MSG_RING", 40);
    public static final int IORING_OP_FSETXATTR = TABLE.linux("IORING_OP_FSETXATTR", 41);
    public static final int IORING_OP_SETXATTR = TABLE.linux("IORING_OP_SETXATTR", 42);
    public static final int IORING_OP_FGETXATTR = TABLE.linux("IORING_OP_FGETXATTR", 43);
    public static final int IORING_OP_GETXATTR = TABLE.linux("IORING_OP_GETXATTR", 44);
    public static final int IORING_OP_SOCKET = TABLE.linux("IORING_OP_SOCKET", 45);
    public static final int IORING_OP_URING_CMD = TABLE.linux("IORING_OP_URING_CMD", 46);
    public static final int IORING_OP_SEND_ZC = TABLE.linux("IORING_OP_SEND_ZC", 47);
    public static final int IORING_OP_SENDMSG_ZC = TABLE.linux("IORING_OP_SENDMSG_ZC", 48);
    public static final int IORING_OP_READ_MULTISHOT = TABLE.linux("IORING_OP_READ_MULTISHOT", 49);
    public static final int IORING_OP_WAITID = TABLE.linux("IORING_OP_WAITID", 50);
    public static final int IORING_OP_FUTEX_WAIT = TABLE.linux("IORING_OP_FUTEX_WAIT", 51);
    public static final int IORING_OP_FUTEX_WAKE = TABLE.linux("IORING_OP_FUTEX_WAKE", 52);
    public static final int IORING_OP_FUTEX_WAITV = TABLE.linux("IORING_OP_FUTEX_WAITV", 53);
    public static final int IORING_OP_FIXED_FD_INSTALL =
            TABLE.linux("IORING_OP_FIXED_FD_INSTALL", 54);
    public static final int IORING_OP_FTRUNCATE = TABLE.linux("IORING_OP_FTRUNCATE", 55);
    public static final int IORING_OP_BIND = TABLE.linux("IORING_OP_BIND", 56);
    public static final int IORING_OP_LISTEN = TABLE.linux("IORING_OP_LISTEN", 57);
    public static final int IORING_OP_RECV_ZC = TABLE.linux("IORING_OP_RECV_ZC", 58);
    public static final int IORING_OP_EPOLL_WAIT = TABLE.linux("IORING_OP_EPOLL_WAIT", 59);
    public static final int IORING_OP_READV_FIXED = TABLE.linux("IORING_OP_READV_FIXED", 60);
    public static final int IORING_OP_WRITEV_FIXED = TABLE.linux("IORING_OP_WRITEV_FIXED", 61);
    public static final int IORING_OP_PIPE = TABLE.linux("IORING_OP_PIPE", 62);
    public static final int IORING_OP_NOP128 = TABLE.linux("IORING_OP_NOP128", 63);
    public static final int IORING_OP_URING_CMD128 = TABLE.linux("IORING_OP_URING_CMD128", 64);

    // Flags of a submission: io_uring_sqe.flags.
    public static final int IOSQE_FIXED_FILE = TABLE.linux("IOSQE_FIXED_FILE", 0x1);
    public static final int IOSQE_IO_DRAIN = TABLE.linux("IOSQE_IO_DRAIN", 0x2);
    public static final int IOSQE_IO_LINK = TABLE.linux("IOSQE_IO_LINK", 0x4);
    public static final int IOSQE_IO_HARDLINK = TABLE.linux("IOSQE_IO_HARDLINK", 0x8);
    public static final int IOSQE_ASYNC = TABLE.linux("IOSQE_ASYNC", 0x10);
    public static final int IOSQE_BUFFER_SELECT = TABLE.linux("IOSQE_BUFFER_SELECT", 0x20);
    public static final int IOSQE_CQE_SKIP_SUCCESS = TABLE.linux("IOSQE_CQE_SKIP_SUCCESS", 0x40);

    // Flags of accept: io_uring_sqe.ioprio.
    public static final int IORING_ACCEPT_MULTISHOT = TABLE.linux("IORING_ACCEPT_MULTISHOT", 0x1);
    public static final int IORING_ACCEPT_DONTWAIT = TABLE.linux("IORING_ACCEPT_DONTWAIT", 0x2);
    public static final int IORING_ACCEPT_POLL_FIRST = TABLE.linux("IORING_ACCEPT_POLL_FIRST", 0x4);

    // Flags of send and receive: io_uring_sqe.ioprio.
    public static final int IORING_RECVSEND_POLL_FIRST =
            TABLE.linux("IORING_RECVSEND_POLL_FIRST", 0x1);
    public static final int IORING_RECV_MULTISHOT = TABLE.linux("IORING_RECV_MULTISHOT", 0x2);
    public static final int IORING_RECVSEND_FIXED_BUF =
            TABLE.linux("IORING_RECVSEND_FIXED_BUF", 0x4);
    public static final int IORING_SEND_ZC_REPORT_USAGE =
            TABLE.linux("IORING_SEND_ZC_REPORT_USAGE", 0x8);
    public static final int IORING_RECVSEND_BUNDLE = TABLE.linux("IORING_RECVSEND_BUNDLE", 0x10);
    public static final int IORING_SEND_VECTORIZED = TABLE.linux("IORING_SEND_VECTORIZED", 0x20);

    // The result that a zero-copy send reports of itself: io_uring_cqe.res.
    public static final int IORING_NOTIF_USAGE_ZC_COPIED =
            TABLE.linux("IORING_NOTIF_USAGE_ZC_COPIED", 0x80000000L);

    // Flags of poll: io_uring_sqe.len.
    public static final int IORING_POLL_ADD_MULTI = TABLE.linux("IORING_POLL_ADD_MULTI", 0x1);
    public static final int IORING_POLL_UPDATE_EVENTS =
            TABLE.linux("IORING_POLL_UPDATE_EVENTS", 0x2);
    public static final int IORING_POLL_UPDATE_USER_DATA =
            TABLE.linux("IORING_POLL_UPDATE_USER_DATA", 0x4);
    public static final int IORING_POLL_ADD_LEVEL = TABLE.linux("IORING_POLL_ADD_LEVEL", 0x8);

    // Flags of timeouts: io_uring_sqe.timeout_flags.
    public static final int IORING_TIMEOUT_ABS = TABLE.linux("IORING_TIMEOUT_ABS", 0x1);
    public static final int IORING_TIMEOUT_UPDATE = TABLE.linux("IORING_TIMEOUT_UPDATE", 0x2);
    public static final int IORING_TIMEOUT_BOOTTIME = TABLE.linux("IORING_TIMEOUT_BOOTTIME", 0x4);
    public static final int IORING_TIMEOUT_REALTIME = TABLE.linux("IORING_TIMEOUT_REALTIME", 0x8);
    public static final int IORING_LINK_TIMEOUT_UPDATE =
            TABLE.linux("IORING_LINK_TIMEOUT_UPDATE", 0x10);
    public static final int IORING_TIMEOUT_ETIME_SUCCESS =
            TABLE.linux("IORING_TIMEOUT_ETIME_SUCCESS", 0x20);
    public static final int IORING_TIMEOUT_MULTISHOT =
            TABLE.linux("IORING_TIMEOUT_MULTISHOT", 0x40);
    public static final int IORING_TIMEOUT_IMMEDIATE_ARG =
            TABLE.linux("IORING_TIMEOUT_IMMEDIATE_ARG", 0x80);
    public static final int IORING_TIMEOUT_CLOCK_MASK =
            TABLE.linux("IORING_TIMEOUT_CLOCK_MASK", 0xc);
    public static final int IORING_TIMEOUT_UPDATE_MASK =
            TABLE.linux("IORING_TIMEOUT_UPDATE_MASK", 0x12);

    // Flags of cancellation: io_uring_sqe.cancel_flags.
    public static final int IORING_ASYNC_CANCEL_ALL = TABLE.linux("IORING_ASYNC_CANCEL_ALL", 0x1);
    public static final int IORING_ASYNC_CANCEL_FD = TABLE.linux("IORING_ASYNC_CANCEL_FD", 0x2);
    public static final int IORING_ASYNC_CANCEL_ANY = TABLE.linux("IORING_ASYNC_CANCEL_ANY", 0x4);
    public static final int IORING_ASYNC_CANCEL_FD_FIXED =
            TABLE.linux("IORING_ASYNC_CANCEL_FD_FIXED", 0x8);
    public static final int IORING_ASYNC_CANCEL_USERDATA =
            TABLE.linux("IORING_ASYNC_CANCEL_USERDATA", 0x10);
    public static final int IORING_ASYNC_CANCEL_OP = TABLE.linux("IORING_ASYNC_CANCEL_OP", 0x20);

    // Commands and flags of messages between rings.
    public static final int IORING_MSG_DATA = TABLE.linux("IORING_MSG_DATA", 0x0);
    public static final int IORING_MSG_RING_CQE_SKIP = TABLE.linux("IORING_MSG_RING_CQE_SKIP", 0x1);
    public static final int IORING_MSG_SEND_FD = TABLE.linux("IORING_MSG_SEND_FD", 0x1);
    public static final int IORING_MSG_RING_FLAGS_PASS =
            TABLE.linux("IORING_MSG_RING_FLAGS_PASS", 0x2);

    // Flags of no operation, fsync, the installing of a descriptor, commands and attributes.
    public static final int IORING_FIXED_FD_NO_CLOEXEC =
            TABLE.linux("IORING_FIXED_FD_NO_CLOEXEC", 0x1);
    public static final int IORING_FSYNC_DATASYNC = TABLE.linux("IORING_FSYNC_DATASYNC", 0x1);
    public static final int IORING_NOP_INJECT_RESULT = TABLE.linux("IORING_NOP_INJECT_RESULT", 0x1);
    public static final int IORING_RW_ATTR_FLAG_PI = TABLE.linux("IORING_RW_ATTR_FLAG_PI", 0x1);
    public static final int IORING_URING_CMD_FIXED = TABLE.linux("IORING_URING_CMD_FIXED", 0x1);
    public static final int IORING_NOP_CQE32 = TABLE.linux("IORING_NOP_CQE32", 0x20);
    public static final int IORING_URING_CMD_MASK = TABLE.linux("IORING_URING_CMD_MASK", 0x1);

    // Commands to a socket: io_uring_sqe.cmd_op.
    public static final int SOCKET_URING_OP_SIOCINQ = TABLE.linux("SOCKET_URING_OP_SIOCINQ", 0);
    public static final int SOCKET_URING_OP_SIOCOUTQ = TABLE.linux("SOCKET_URING_OP_SIOCOUTQ", 1);
    public static final int SOCKET_URING_OP_GETSOCKOPT =
            TABLE.linux("SOCKET_URING_OP_GETSOCKOPT", 2);
    public static final int SOCKET_URING_OP_SETSOCKOPT =
            TABLE.linux("SOCKET_URING_OP_SETSOCKOPT", 3);
    public static final int SOCKET_URING_OP_TX_TIMESTAMP =
            TABLE.linux("SOCKET_URING_OP_TX_TIMESTAMP", 4);
    public static final int SOCKET_URING_OP_GETSOCKNAME =
            TABLE.linux("SOCKET_URING_OP_GETSOCKNAME", 5);

    // A slot of the registered files that the kernel chooses: io_uring_sqe.file_index.
    public static final int IORING_FILE_INDEX_ALLOC =
            TABLE.linux("IORING_FILE_INDEX_ALLOC", 0xffffffffL);

    // The flag of splice that says that its input is a slot: io_uring_sqe.splice_flags.
    public static final int SPLICE_F_FD_IN_FIXED = TABLE.linux("SPLICE_F_FD_IN_FIXED", 0x80000000L);

    // Where the flags of a time stamp are in io_uring_cqe.flags.
    public static final int IORING_TIMESTAMP_HW_SHIFT =
            TABLE.linux("IORING_TIMESTAMP_HW_SHIFT", 16);
    public static final int IORING_TIMESTAMP_TYPE_SHIFT =
            TABLE.linux("IORING_TIMESTAMP_TYPE_SHIFT", 17);

    // Flags of a futex to wait for or to wake, and how many one wait may name.
    public static final int FUTEX2_SIZE_U8 = TABLE.linux("FUTEX2_SIZE_U8", 0x0);
    public static final int FUTEX2_SIZE_U16 = TABLE.linux("FUTEX2_SIZE_U16", 0x1);
    public static final int FUTEX2_SIZE_U32 = TABLE.linux("FUTEX2_SIZE_U32", 0x2);
    public static final int FUTEX2_SIZE_U64 = TABLE.linux("FUTEX2_SIZE_U64", 0x3);
    public static final int FUTEX2_NUMA = TABLE.linux("FUTEX2_NUMA", 0x4);
    public static final int FUTEX2_PRIVATE = TABLE.linux("FUTEX2_PRIVATE", 0x80);
    public static final int FUTEX_WAITV_MAX = TABLE.linux("FUTEX_WAITV_MAX", 0x80);
    public static final int FUTEX_BITSET_MATCH_ANY =
            TABLE.linux("FUTEX_BITSET_MATCH_ANY", 0xffffffffL);
    public static final int FUTEX2_SIZE_MASK = TABLE.linux("FUTEX2_SIZE_MASK", 0x3);
}
