// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/** Constants of epoll(7), {@link Constants#ABSENT} on macOS. Immutable. */
public final class EpollConstants {

    static final ConstantTable TABLE = new ConstantTable(32);

    private EpollConstants() {}

    // The flag of epoll_create1(2).
    public static final int EPOLL_CLOEXEC = TABLE.linux("EPOLL_CLOEXEC", 0x80000);

    // Operations, epoll_ctl(2).
    public static final int EPOLL_CTL_ADD = TABLE.linux("EPOLL_CTL_ADD", 1);
    public static final int EPOLL_CTL_DEL = TABLE.linux("EPOLL_CTL_DEL", 2);
    public static final int EPOLL_CTL_MOD = TABLE.linux("EPOLL_CTL_MOD", 3);

    // Events.
    public static final int EPOLLIN = TABLE.linux("EPOLLIN", 0x1);
    public static final int EPOLLPRI = TABLE.linux("EPOLLPRI", 0x2);
    public static final int EPOLLOUT = TABLE.linux("EPOLLOUT", 0x4);
    public static final int EPOLLERR = TABLE.linux("EPOLLERR", 0x8);
    public static final int EPOLLHUP = TABLE.linux("EPOLLHUP", 0x10);
    public static final int EPOLLRDNORM = TABLE.linux("EPOLLRDNORM", 0x40);
    public static final int EPOLLRDBAND = TABLE.linux("EPOLLRDBAND", 0x80);
    public static final int EPOLLWRNORM = TABLE.linux("EPOLLWRNORM", 0x100);
    public static final int EPOLLWRBAND = TABLE.linux("EPOLLWRBAND", 0x200);
    public static final int EPOLLMSG = TABLE.linux("EPOLLMSG", 0x400);
    public static final int EPOLLRDHUP = TABLE.linux("EPOLLRDHUP", 0x2000);

    // How events are reported.
    public static final int EPOLLEXCLUSIVE = TABLE.linux("EPOLLEXCLUSIVE", 0x10000000);
    public static final int EPOLLWAKEUP = TABLE.linux("EPOLLWAKEUP", 0x20000000);
    public static final int EPOLLONESHOT = TABLE.linux("EPOLLONESHOT", 0x40000000);
    public static final int EPOLLET = TABLE.linux("EPOLLET", 0x80000000L);
}
