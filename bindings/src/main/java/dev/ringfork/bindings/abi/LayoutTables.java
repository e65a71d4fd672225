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
    static final int COUNT = 5;

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
            case 4 -> SCALARS;
            default -> throw new AssertionError(index);
        };
    }
}
