// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * The structs and scalar types of the four platforms.
 *
 * <p>Columns: linux-x86_64, linux-aarch64, macos. A type has {@code size/alignment}, and below it a
 * field has {@code offset:size}, all in bytes; {@code -} is absent. One table a family, so that a
 * server reads only the families it asks for.
 */
final class LayoutTables {

    /** How many tables there are. */
    static final int COUNT = 6;

    private static final String POLLING =
            """
            struct epoll_event              12/1          16/8          -
                events                      0:4           0:4           -
                data                        4:8           8:8           -
            struct pollfd                   8/4           8/4           8/4
                fd                          0:4           0:4           0:4
                events                      4:2           4:2           4:2
                revents                     6:2           6:2           6:2
            struct kevent                   -             -             32/4
                ident                       -             -             0:8
                filter                      -             -             8:2
                flags                       -             -             10:2
                fflags                      -             -             12:4
                data                        -             -             16:8
                udata                       -             -             24:8
            struct timespec                 16/8          16/8          16/8
                tv_sec                      0:8           0:8           0:8
                tv_nsec                     8:8           8:8           8:8
            struct timeval                  16/8          16/8          16/8
                tv_sec                      0:8           0:8           0:8
                tv_usec                     8:8           8:8           8:4
            fd_set                          128/8         128/8         128/4
                fds_bits                    0:128         0:128         0:128
            """;

    private static final String SOCKETS =
            """
            struct sockaddr                 16/2          16/2          16/1
                sa_len                      -             -             0:1
                sa_family                   0:2           0:2           1:1
                sa_data                     2:14          2:14          2:14
            struct sockaddr_in              16/4          16/4          16/4
                sin_len                     -             -             0:1
                sin_family                  0:2           0:2           1:1
                sin_port                    2:2           2:2           2:2
                sin_addr                    4:4           4:4           4:4
                sin_zero                    8:8           8:8           8:8
            struct in_addr                  4/4           4/4           4/4
                s_addr                      0:4           0:4           0:4
            struct sockaddr_in6             28/4          28/4          28/4
                sin6_len                    -             -             0:1
                sin6_family                 0:2           0:2           1:1
                sin6_port                   2:2           2:2           2:2
                sin6_flowinfo               4:4           4:4           4:4
                sin6_addr                   8:16          8:16          8:16
                sin6_scope_id               24:4          24:4          24:4
            struct in6_addr                 16/4          16/4          16/4
                s6_addr                     0:16          0:16          0:16
            struct sockaddr_un              110/2         110/2         106/1
                sun_len                     -             -             0:1
                sun_family                  0:2           0:2           1:1
                sun_path                    2:108         2:108         2:104
            struct sockaddr_storage         128/8         128/8         128/8
                ss_len                      -             -             0:1
                ss_family                   0:2           0:2           1:1
            struct iovec                    16/8          16/8          16/8
                iov_base                    0:8           0:8           0:8
                iov_len                     8:8           8:8           8:8
            struct msghdr                   56/8          56/8          48/8
                msg_name                    0:8           0:8           0:8
                msg_namelen                 8:4           8:4           8:4
                msg_iov                     16:8          16:8          16:8
                msg_iovlen                  24:8          24:8          24:4
                msg_control                 32:8          32:8          32:8
                msg_controllen              40:8          40:8          40:4
                msg_flags                   48:4          48:4          44:4
            struct mmsghdr                  64/8          64/8          -
                msg_hdr                     0:56          0:56          -
                msg_len                     56:4          56:4          -
            struct cmsghdr                  16/8          16/8          12/4
                cmsg_len                    0:8           0:8           0:4
                cmsg_level                  8:4           8:4           4:4
                cmsg_type                   12:4          12:4          8:4
            struct linger                   8/4           8/4           8/4
                l_onoff                     0:4           0:4           0:4
                l_linger                    4:4           4:4           4:4
            struct ucred                    12/4          12/4          -
                pid                         0:4           0:4           -
                uid                         4:4           4:4           -
                gid                         8:4           8:4           -
            struct xucred                   -             -             76/4
                cr_version                  -             -             0:4
                cr_uid                      -             -             4:4
                cr_ngroups                  -             -             8:2
                cr_groups                   -             -             12:64
            struct ip_mreq                  8/4           8/4           8/4
                imr_multiaddr               0:4           0:4           0:4
                imr_interface               4:4           4:4           4:4
            struct sf_hdtr                  -             -             32/8
                headers                     -             -             0:8
                hdr_cnt                     -             -             8:4
                trailers                    -             -             16:8
                trl_cnt                     -             -             24:4
            """;

    private static final String PROCESSES =
            """
            struct rlimit                   16/8          16/8          16/8
                rlim_cur                    0:8           0:8           0:8
                rlim_max                    8:8           8:8           8:8
            siginfo_t                       128/8         128/8         104/8
                si_signo                    0:4           0:4           0:4
                si_errno                    4:4           4:4           4:4
                si_code                     8:4           8:4           8:4
                si_pid                      16:4          16:4          12:4
                si_uid                      20:4          20:4          16:4
                si_status                   24:4          24:4          20:4
            sigset_t                        128/8         128/8         4/4
            posix_spawn_file_actions_t      80/8          80/8          8/8
            posix_spawnattr_t               336/8         336/8         8/8
            pthread_mutex_t                 40/8          48/8          64/8
            pthread_mutexattr_t             4/4           8/4           16/8
            struct flock                    32/8          32/8          24/8
                l_start                     8:8           8:8           0:8
                l_len                       16:8          16:8          8:8
                l_pid                       24:4          24:4          16:4
                l_type                      0:2           0:2           20:2
                l_whence                    2:2           2:2           22:2
            struct stat                     144/8         128/8         144/8
                st_dev                      0:8           0:8           0:4
                st_mode                     24:4          16:4          4:2
                st_nlink                    16:8          20:4          6:2
                st_ino                      8:8           8:8           8:8
                st_uid                      28:4          24:4          16:4
                st_gid                      32:4          28:4          20:4
                st_rdev                     40:8          32:8          24:4
                st_atimespec                -             -             32:16
                st_mtimespec                -             -             48:16
                st_ctimespec                -             -             64:16
                st_atim                     72:16         72:16         -
                st_birthtimespec            -             -             80:16
                st_mtim                     88:16         88:16         -
                st_size                     48:8          48:8          96:8
                st_blocks                   64:8          64:8          104:8
                st_ctim                     104:16        104:16        -
                st_blksize                  56:8          56:4          112:4
                st_flags                    -             -             116:4
                st_gen                      -             -             120:4
            """;

    private static final String SIGNALS =
            """
            struct sigevent                 64/8          64/8          32/8
                sigev_value                 0:8           0:8           8:8
                sigev_signo                 8:4           8:4           4:4
                sigev_notify                12:4          12:4          0:4
            struct aiocb                    168/8         168/8         80/8
                aio_fildes                  0:4           0:4           0:4
                aio_lio_opcode              4:4           4:4           72:4
                aio_reqprio                 8:4           8:4           32:4
                aio_buf                     16:8          16:8          16:8
                aio_nbytes                  24:8          24:8          24:8
                aio_sigevent                32:64         32:64         40:32
                aio_offset                  128:8         128:8         8:8
            struct f_owner_ex               8/4           8/4           -
                type                        0:4           0:4           -
                pid                         4:4           4:4           -
            """;

    /**
     * Without reserved fields, which are renamed when a kernel makes use of them, and without
     * arrays of no length, which begin where the struct ends.
     */
    private static final String IO_URING =
            """
            struct __kernel_timespec        16/8          16/8          -
                tv_sec                      0:8           0:8           -
                tv_nsec                     8:8           8:8           -
            struct io_uring_params          120/8         120/8         -
                sq_entries                  0:4           0:4           -
                cq_entries                  4:4           4:4           -
                flags                       8:4           8:4           -
                sq_thread_cpu               12:4          12:4          -
                sq_thread_idle              16:4          16:4          -
                features                    20:4          20:4          -
                wq_fd                       24:4          24:4          -
                sq_off                      40:40         40:40         -
                cq_off                      80:40         80:40         -
            struct io_sqring_offsets        40/8          40/8          -
                head                        0:4           0:4           -
                tail                        4:4           4:4           -
                ring_mask                   8:4           8:4           -
                ring_entries                12:4          12:4          -
                flags                       16:4          16:4          -
                dropped                     20:4          20:4          -
                array                       24:4          24:4          -
                user_addr                   32:8          32:8          -
            struct io_cqring_offsets        40/8          40/8          -
                head                        0:4           0:4           -
                tail                        4:4           4:4           -
                ring_mask                   8:4           8:4           -
                ring_entries                12:4          12:4          -
                overflow                    16:4          16:4          -
                cqes                        20:4          20:4          -
                flags                       24:4          24:4          -
                user_addr                   32:8          32:8          -
            struct io_uring_sqe             64/8          64/8          -
                opcode                      0:1           0:1           -
                flags                       1:1           1:1           -
                ioprio                      2:2           2:2           -
                fd                          4:4           4:4           -
                off                         8:8           8:8           -
                addr2                       8:8           8:8           -
                cmd_op                      8:4           8:4           -
                addr                        16:8          16:8          -
                splice_off_in               16:8          16:8          -
                level                       16:4          16:4          -
                optname                     20:4          20:4          -
                len                         24:4          24:4          -
                rw_flags                    28:4          28:4          -
                fsync_flags                 28:4          28:4          -
                poll_events                 28:2          28:2          -
                poll32_events               28:4          28:4          -
                sync_range_flags            28:4          28:4          -
                msg_flags                   28:4          28:4          -
                timeout_flags               28:4          28:4          -
                accept_flags                28:4          28:4          -
                cancel_flags                28:4          28:4          -
                open_flags                  28:4          28:4          -
                statx_flags                 28:4          28:4          -
                fadvise_advice              28:4          28:4          -
                splice_flags                28:4          28:4          -
                rename_flags                28:4          28:4          -
                unlink_flags                28:4          28:4          -
                hardlink_flags              28:4          28:4          -
                xattr_flags                 28:4          28:4          -
                msg_ring_flags              28:4          28:4          -
                uring_cmd_flags             28:4          28:4          -
                waitid_flags                28:4          28:4          -
                futex_flags                 28:4          28:4          -
                install_fd_flags            28:4          28:4          -
                nop_flags                   28:4          28:4          -
                pipe_flags                  28:4          28:4          -
                user_data                   32:8          32:8          -
                buf_index                   40:2          40:2          -
                buf_group                   40:2          40:2          -
                personality                 42:2          42:2          -
                splice_fd_in                44:4          44:4          -
                file_index                  44:4          44:4          -
                zcrx_ifq_idx                44:4          44:4          -
                optlen                      44:4          44:4          -
                addr_len                    44:2          44:2          -
                addr3                       48:8          48:8          -
                attr_ptr                    48:8          48:8          -
                attr_type_mask              56:8          56:8          -
                optval                      48:8          48:8          -
            struct io_uring_cqe             16/8          16/8          -
                user_data                   0:8           0:8           -
                res                         8:4           8:4           -
                flags                       12:4          12:4          -
            struct io_uring_getevents_arg   24/8          24/8          -
                sigmask                     0:8           0:8           -
                sigmask_sz                  8:4           8:4           -
                min_wait_usec               12:4          12:4          -
                ts                          16:8          16:8          -
            struct io_uring_buf             16/8          16/8          -
                addr                        0:8           0:8           -
                len                         8:4           8:4           -
                bid                         12:2          12:2          -
            struct io_uring_buf_ring        16/8          16/8          -
                tail                        14:2          14:2          -
            struct io_uring_buf_reg         40/8          40/8          -
                ring_addr                   0:8           0:8           -
                ring_entries                8:4           8:4           -
                bgid                        12:2          12:2          -
                flags                       14:2          14:2          -
            struct io_uring_buf_status      40/4          40/4          -
                buf_group                   0:4           0:4           -
                head                        4:4           4:4           -
            struct io_uring_rsrc_register   32/8          32/8          -
                nr                          0:4           0:4           -
                flags                       4:4           4:4           -
                data                        16:8          16:8          -
                tags                        24:8          24:8          -
            struct io_uring_rsrc_update     16/8          16/8          -
                offset                      0:4           0:4           -
                data                        8:8           8:8           -
            struct io_uring_rsrc_update2    32/8          32/8          -
                offset                      0:4           0:4           -
                data                        8:8           8:8           -
                tags                        16:8          16:8          -
                nr                          24:4          24:4          -
            struct io_uring_files_update    16/8          16/8          -
                offset                      0:4           0:4           -
                fds                         8:8           8:8           -
            struct io_uring_file_index_range 16/8          16/8          -
                off                         0:4           0:4           -
                len                         4:4           4:4           -
            struct io_uring_probe           16/4          16/4          -
                last_op                     0:1           0:1           -
                ops_len                     1:1           1:1           -
            struct io_uring_probe_op        8/4           8/4           -
                op                          0:1           0:1           -
                flags                       2:2           2:2           -
            struct io_uring_restriction     16/4          16/4          -
                opcode                      0:2           0:2           -
                register_op                 2:1           2:1           -
                sqe_op                      2:1           2:1           -
                sqe_flags                   2:1           2:1           -
            struct io_uring_sync_cancel_reg 64/8          64/8          -
                addr                        0:8           0:8           -
                fd                          8:4           8:4           -
                flags                       12:4          12:4          -
                timeout                     16:16         16:16         -
                opcode                      32:1          32:1          -
            struct io_uring_recvmsg_out     16/4          16/4          -
                namelen                     0:4           0:4           -
                controllen                  4:4           4:4           -
                payloadlen                  8:4           8:4           -
                flags                       12:4          12:4          -
            struct io_uring_clock_register  16/4          16/4          -
                clockid                     0:4           0:4           -
            struct io_uring_clone_buffers   32/4          32/4          -
                src_fd                      0:4           0:4           -
                flags                       4:4           4:4           -
                src_off                     8:4           8:4           -
                dst_off                     12:4          12:4          -
                nr                          16:4          16:4          -
            struct io_uring_napi            16/8          16/8          -
                busy_poll_to                0:4           0:4           -
                prefer_busy_poll            4:1           4:1           -
            struct io_uring_reg_wait        64/8          64/8          -
                ts                          0:16          0:16          -
                min_wait_usec               16:4          16:4          -
                flags                       20:4          20:4          -
                sigmask                     24:8          24:8          -
                sigmask_sz                  32:4          32:4          -
            struct io_uring_mem_region_reg  32/8          32/8          -
                region_uptr                 0:8           0:8           -
                flags                       8:8           8:8           -
            struct io_uring_region_desc     64/8          64/8          -
                user_addr                   0:8           0:8           -
                size                        8:8           8:8           -
                flags                       16:4          16:4          -
                id                          20:4          20:4          -
                mmap_offset                 24:8          24:8          -
            struct futex_waitv              24/8          24/8          -
                val                         0:8           0:8           -
                uaddr                       8:8           8:8           -
                flags                       16:4          16:4          -
            """;

    private static final String SCALARS =
            """
            char                            1/1           1/1           1/1
            short                           2/2           2/2           2/2
            int                             4/4           4/4           4/4
            long                            8/8           8/8           8/8
            size_t                          8/8           8/8           8/8
            ssize_t                         8/8           8/8           8/8
            off_t                           8/8           8/8           8/8
            pid_t                           4/4           4/4           4/4
            uid_t                           4/4           4/4           4/4
            gid_t                           4/4           4/4           4/4
            id_t                            4/4           4/4           4/4
            mode_t                          4/4           4/4           2/2
            dev_t                           8/8           8/8           4/4
            ino_t                           8/8           8/8           8/8
            nlink_t                         8/8           4/4           2/2
            blksize_t                       8/8           4/4           4/4
            blkcnt_t                        8/8           8/8           8/8
            time_t                          8/8           8/8           8/8
            suseconds_t                     8/8           8/8           4/4
            socklen_t                       4/4           4/4           4/4
            sa_family_t                     2/2           2/2           1/1
            in_port_t                       2/2           2/2           2/2
            in_addr_t                       4/4           4/4           4/4
            rlim_t                          8/8           8/8           8/8
            nfds_t                          8/8           8/8           4/4
            """;

    private LayoutTables() {}

    /** The text of a table; those asked for most often come first. */
    static String text(int index) {
        return switch (index) {
            case 0 -> POLLING;
            case 1 -> SOCKETS;
            case 2 -> PROCESSES;
            case 3 -> SIGNALS;
            case 4 -> IO_URING;
            case 5 -> SCALARS;
            default -> throw new AssertionError(index);
        };
    }
}
