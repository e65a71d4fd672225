// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which rows of the tables a machine's headers may be too old for, and how the preprocessor is
 * asked whether they are.
 *
 * <p>It knows of macros alone. The enumerated constants, types and fields of io_uring, to which
 * each kernel adds, are taken to be there when the headers have a macro that is no older.
 */
final class HeaderAge {

    /** Of the constants that are no macros, those which all headers have. */
    private static final Set<String> ENUMERATED =
            Set.of(
                    "P_ALL",
                    "P_PID",
                    "P_PGID",
                    "F_OWNER_TID",
                    "F_OWNER_PID",
                    "F_OWNER_PGRP",
                    "AIO_CANCELED",
                    "AIO_NOTCANCELED",
                    "AIO_ALLDONE");

    private static final Pattern IO_URING =
            Pattern.compile(
                    "(IORING|IOSQE|IOU|IO_URING|SOCKET_URING|FUTEX|FUTEX2)_.*"
                            + "|(io_uring|io_sqring|io_cqring|futex)_.*|__kernel_timespec.*");

    private static final Pattern ENUMERATED_IO_URING =
            Pattern.compile(
                    "IORING_OP_.*|SOCKET_URING_OP_.*|IORING_MSG_(DATA|SEND_FD)"
                            + "|IORING_CQE_BUFFER_SHIFT|IORING_MEM_REGION_.*|IORING_REG_WAIT_TS"
                            + "|IORING_(UN)?REGISTER_(?!FILES_SKIP).*|IOU_PBUF_RING_.*"
                            + "|IORING_RESTRICTION_.*");

    /** A macro that came with Linux 6.1. */
    private static final String LINUX_6_1 = "IORING_SETUP_DEFER_TASKRUN";

    /** A macro than which nothing in the tables is newer. */
    private static final String NEWEST = "IORING_TIMEOUT_IMMEDIATE_ARG";

    /** What io_uring had not with Linux 6.1, macros aside. Fields of such a type are as new. */
    private static final Pattern AFTER_6_1 =
            Pattern.compile(
                    """
                    SOCKET_URING_OP_.*
                    |IORING_OP_(READ_MULTISHOT|WAITID|FUTEX_.*|FIXED_FD_INSTALL|FTRUNCATE|BIND
                    |LISTEN|RECV_ZC|EPOLL_WAIT|READV_FIXED|WRITEV_FIXED|PIPE|NOP128|URING_CMD128)
                    |IORING_(UN)?REGISTER_(PBUF_STATUS|NAPI|CLOCK|CLONE_BUFFERS|SEND_MSG_RING
                    |ZCRX_IFQ|RESIZE_RINGS|MEM_REGION|QUERY|ZCRX_CTRL|BPF_FILTER
                    |USE_REGISTERED_RING|SRC_REGISTERED|DST_REPLACE)
                    |IORING_MEM_REGION_.*|IORING_REG_WAIT_TS|IOU_PBUF_RING_.*
                    |io_[sc]qring_offsets\\.user_addr
                    |io_uring_sqe\\.(level|optname|optlen|optval|waitid_flags|futex_flags
                    |install_fd_flags|nop_flags|pipe_flags|zcrx_ifq_idx|attr_ptr|attr_type_mask)
                    |io_uring_getevents_arg\\.min_wait_usec|io_uring_buf_reg\\.flags
                    |io_uring_sync_cancel_reg\\.opcode
                    |io_uring_(buf_status|clock_register|clone_buffers|napi|reg_wait
                    |mem_region_reg|region_desc)(\\..*)?
                    """,
                    Pattern.COMMENTS);

    private HeaderAge() {}

    /** Whether a name, without {@code struct}, is of io_uring. */
    static boolean ioUring(String name) {
        return IO_URING.matcher(name).matches();
    }

    /**
     * What the preprocessor is asked before a name is used.
     *
     * @param name without {@code struct}
     * @param type whether it is of a type or a field, rather than of a number
     * @return a condition, or {@code 1} when nothing has to be asked
     */
    static String condition(String name, boolean type) {
        if (ioUring(name) && (type || ENUMERATED_IO_URING.matcher(name).matches())) {
            boolean after = AFTER_6_1.matcher(name).matches();
            return "defined(%s)".formatted(after ? NEWEST : LINUX_6_1);
        }
        // What takes arguments is a macro of all headers.
        boolean sure = type || name.contains("(") || ENUMERATED.contains(name);
        return sure ? "1" : "defined(%s)".formatted(name);
    }
}
