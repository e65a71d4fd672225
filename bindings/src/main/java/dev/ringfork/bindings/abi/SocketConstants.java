// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of socket(2), setsockopt(2), send(2), recv(2) and their kin on this platform.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. Three names are the toolkit's own
 * on macOS, which lacks them: {@link #SOCK_CLOEXEC}, {@link #SOCK_NONBLOCK} and {@link
 * #MSG_CMSG_CLOEXEC}. Their bits lie outside what xnu uses; a provider takes them off before the
 * call and does the same with fcntl(2) after it. Immutable.
 */
public final class SocketConstants {

    static final ConstantTable TABLE = new ConstantTable(128);

    private SocketConstants() {}

    // Families, socket(2).
    public static final int AF_UNSPEC = TABLE.same("AF_UNSPEC", 0);
    public static final int AF_UNIX = TABLE.same("AF_UNIX", 1);
    public static final int AF_INET = TABLE.same("AF_INET", 2);
    public static final int AF_INET6 = TABLE.row("AF_INET6", 10, 30);
    public static final int AF_VSOCK = TABLE.same("AF_VSOCK", 40);
    public static final int AF_NETLINK = TABLE.linux("AF_NETLINK", 16);
    public static final int AF_SYSTEM = TABLE.macos("AF_SYSTEM", 32);

    // Types and their flags.
    public static final int SOCK_STREAM = TABLE.same("SOCK_STREAM", 0x1);
    public static final int SOCK_DGRAM = TABLE.same("SOCK_DGRAM", 0x2);
    public static final int SOCK_RAW = TABLE.same("SOCK_RAW", 0x3);
    public static final int SOCK_SEQPACKET = TABLE.same("SOCK_SEQPACKET", 0x5);
    public static final int SOCK_CLOEXEC = TABLE.ours("SOCK_CLOEXEC", 0x80000, 0x10000000);
    public static final int SOCK_NONBLOCK = TABLE.ours("SOCK_NONBLOCK", 0x800, 0x20000000);

    // Protocols, also the levels of their options.
    public static final int IPPROTO_IP = TABLE.same("IPPROTO_IP", 0);
    public static final int IPPROTO_ICMP = TABLE.same("IPPROTO_ICMP", 1);
    public static final int IPPROTO_TCP = TABLE.same("IPPROTO_TCP", 6);
    public static final int IPPROTO_UDP = TABLE.same("IPPROTO_UDP", 17);
    public static final int IPPROTO_IPV6 = TABLE.same("IPPROTO_IPV6", 41);
    public static final int IPPROTO_ICMPV6 = TABLE.same("IPPROTO_ICMPV6", 58);
    public static final int IPPROTO_RAW = TABLE.same("IPPROTO_RAW", 255);
    public static final int IPPROTO_MPTCP = TABLE.linux("IPPROTO_MPTCP", 262);

    // Levels that are no protocol.
    public static final int SOL_SOCKET = TABLE.row("SOL_SOCKET", 0x1, 0xffff);
    public static final int SOL_LOCAL = TABLE.macos("SOL_LOCAL", 0x0);

    // Options at SOL_SOCKET, socket(7).
    public static final int SO_ACCEPTCONN = TABLE.row("SO_ACCEPTCONN", 0x1e, 0x2);
    public static final int SO_BROADCAST = TABLE.row("SO_BROADCAST", 0x6, 0x20);
    public static final int SO_DEBUG = TABLE.same("SO_DEBUG", 0x1);
    public static final int SO_DONTROUTE = TABLE.row("SO_DONTROUTE", 0x5, 0x10);
    public static final int SO_ERROR = TABLE.row("SO_ERROR", 0x4, 0x1007);
    public static final int SO_KEEPALIVE = TABLE.row("SO_KEEPALIVE", 0x9, 0x8);
    public static final int SO_LINGER = TABLE.row("SO_LINGER", 0xd, 0x80);
    public static final int SO_LINGER_SEC = TABLE.macos("SO_LINGER_SEC", 0x1080);
    public static final int SO_OOBINLINE = TABLE.row("SO_OOBINLINE", 0xa, 0x100);
    public static final int SO_RCVBUF = TABLE.row("SO_RCVBUF", 0x8, 0x1002);
    public static final int SO_RCVLOWAT = TABLE.row("SO_RCVLOWAT", 0x12, 0x1004);
    public static final int SO_RCVTIMEO = TABLE.row("SO_RCVTIMEO", 0x14, 0x1006);
    public static final int SO_REUSEADDR = TABLE.row("SO_REUSEADDR", 0x2, 0x4);
    public static final int SO_REUSEPORT = TABLE.row("SO_REUSEPORT", 0xf, 0x200);
    public static final int SO_SNDBUF = TABLE.row("SO_SNDBUF", 0x7, 0x1001);
    public static final int SO_SNDLOWAT = TABLE.row("SO_SNDLOWAT", 0x13, 0x1003);
    public static final int SO_SNDTIMEO = TABLE.row("SO_SNDTIMEO", 0x15, 0x1005);
    public static final int SO_TIMESTAMP = TABLE.row("SO_TIMESTAMP", 0x1d, 0x400);
    public static final int SO_TYPE = TABLE.row("SO_TYPE", 0x3, 0x1008);

    // Options at SOL_SOCKET of Linux.
    public static final int SO_ATTACH_FILTER = TABLE.linux("SO_ATTACH_FILTER", 26);
    public static final int SO_DETACH_FILTER = TABLE.linux("SO_DETACH_FILTER", 27);
    public static final int SO_ATTACH_REUSEPORT_CBPF = TABLE.linux("SO_ATTACH_REUSEPORT_CBPF", 51);
    public static final int SO_ATTACH_REUSEPORT_EBPF = TABLE.linux("SO_ATTACH_REUSEPORT_EBPF", 52);
    public static final int SO_DETACH_REUSEPORT_BPF = TABLE.linux("SO_DETACH_REUSEPORT_BPF", 68);
    public static final int SO_BINDTODEVICE = TABLE.row("SO_BINDTODEVICE", 25, 4404);
    public static final int SO_BUSY_POLL = TABLE.linux("SO_BUSY_POLL", 46);
    public static final int SO_PREFER_BUSY_POLL = TABLE.linux("SO_PREFER_BUSY_POLL", 69);
    public static final int SO_BUSY_POLL_BUDGET = TABLE.linux("SO_BUSY_POLL_BUDGET", 70);
    public static final int SO_COOKIE = TABLE.linux("SO_COOKIE", 57);
    public static final int SO_DOMAIN = TABLE.linux("SO_DOMAIN", 39);
    public static final int SO_INCOMING_CPU = TABLE.linux("SO_INCOMING_CPU", 49);
    public static final int SO_INCOMING_NAPI_ID = TABLE.linux("SO_INCOMING_NAPI_ID", 56);
    public static final int SO_MARK = TABLE.linux("SO_MARK", 36);
    public static final int SO_MAX_PACING_RATE = TABLE.linux("SO_MAX_PACING_RATE", 47);
    public static final int SO_PASSCRED = TABLE.linux("SO_PASSCRED", 16);
    public static final int SO_PASSPIDFD = TABLE.linux("SO_PASSPIDFD", 76);
    public static final int SO_PEERCRED = TABLE.linux("SO_PEERCRED", 17);
    public static final int SO_PEERGROUPS = TABLE.linux("SO_PEERGROUPS", 59);
    public static final int SO_PEERPIDFD = TABLE.linux("SO_PEERPIDFD", 77);
    public static final int SO_PEEK_OFF = TABLE.linux("SO_PEEK_OFF", 42);
    public static final int SO_PRIORITY = TABLE.linux("SO_PRIORITY", 12);
    public static final int SO_PROTOCOL = TABLE.linux("SO_PROTOCOL", 38);
    public static final int SO_RCVBUFFORCE = TABLE.linux("SO_RCVBUFFORCE", 33);
    public static final int SO_SNDBUFFORCE = TABLE.linux("SO_SNDBUFFORCE", 32);
    public static final int SO_RXQ_OVFL = TABLE.linux("SO_RXQ_OVFL", 40);
    public static final int SO_ZEROCOPY = TABLE.linux("SO_ZEROCOPY", 60);

    // Options at SOL_SOCKET of macOS.
    public static final int SO_NOSIGPIPE = TABLE.macos("SO_NOSIGPIPE", 0x1022);
    public static final int SO_NREAD = TABLE.macos("SO_NREAD", 0x1020);
    public static final int SO_NWRITE = TABLE.macos("SO_NWRITE", 0x1024);
    public static final int SO_REUSESHAREUID = TABLE.macos("SO_REUSESHAREUID", 0x1025);
    public static final int SO_NOTIFYCONFLICT = TABLE.macos("SO_NOTIFYCONFLICT", 0x1026);
    public static final int SO_RANDOMPORT = TABLE.macos("SO_RANDOMPORT", 0x1082);

    // Options at SOL_LOCAL of macOS, unix(4).
    public static final int LOCAL_PEERCRED = TABLE.macos("LOCAL_PEERCRED", 1);
    public static final int LOCAL_PEERPID = TABLE.macos("LOCAL_PEERPID", 2);
    public static final int LOCAL_PEEREPID = TABLE.macos("LOCAL_PEEREPID", 3);

    // Options at IPPROTO_TCP, tcp(7).
    public static final int TCP_NODELAY = TABLE.same("TCP_NODELAY", 1);
    public static final int TCP_MAXSEG = TABLE.same("TCP_MAXSEG", 2);
    public static final int TCP_KEEPINTVL = TABLE.row("TCP_KEEPINTVL", 5, 257);
    public static final int TCP_KEEPCNT = TABLE.row("TCP_KEEPCNT", 6, 258);
    public static final int TCP_FASTOPEN = TABLE.row("TCP_FASTOPEN", 23, 261);
    public static final int TCP_NOTSENT_LOWAT = TABLE.row("TCP_NOTSENT_LOWAT", 25, 513);

    // Options at IPPROTO_TCP of Linux.
    public static final int TCP_CONGESTION = TABLE.linux("TCP_CONGESTION", 13);
    public static final int TCP_CORK = TABLE.linux("TCP_CORK", 3);
    public static final int TCP_DEFER_ACCEPT = TABLE.linux("TCP_DEFER_ACCEPT", 9);
    public static final int TCP_FASTOPEN_CONNECT = TABLE.linux("TCP_FASTOPEN_CONNECT", 30);
    public static final int TCP_INFO = TABLE.linux("TCP_INFO", 11);
    public static final int TCP_INQ = TABLE.linux("TCP_INQ", 36);
    public static final int TCP_KEEPIDLE = TABLE.linux("TCP_KEEPIDLE", 4);
    public static final int TCP_LINGER2 = TABLE.linux("TCP_LINGER2", 8);
    public static final int TCP_QUICKACK = TABLE.linux("TCP_QUICKACK", 12);
    public static final int TCP_SAVE_SYN = TABLE.linux("TCP_SAVE_SYN", 27);
    public static final int TCP_SAVED_SYN = TABLE.linux("TCP_SAVED_SYN", 28);
    public static final int TCP_SYNCNT = TABLE.linux("TCP_SYNCNT", 7);
    public static final int TCP_ULP = TABLE.linux("TCP_ULP", 31);
    public static final int TCP_USER_TIMEOUT = TABLE.linux("TCP_USER_TIMEOUT", 18);
    public static final int TCP_WINDOW_CLAMP = TABLE.linux("TCP_WINDOW_CLAMP", 10);

    // Options at IPPROTO_TCP of macOS; TCP_KEEPALIVE is what Linux calls TCP_KEEPIDLE.
    public static final int TCP_KEEPALIVE = TABLE.macos("TCP_KEEPALIVE", 0x10);
    public static final int TCP_NOPUSH = TABLE.macos("TCP_NOPUSH", 0x4);
    public static final int TCP_NOOPT = TABLE.macos("TCP_NOOPT", 0x8);
    public static final int TCP_CONNECTIONTIMEOUT = TABLE.macos("TCP_CONNECTIONTIMEOUT", 0x20);
    public static final int TCP_RXT_CONNDROPTIME = TABLE.macos("TCP_RXT_CONNDROPTIME", 0x80);
    public static final int TCP_RXT_FINDROP = TABLE.macos("TCP_RXT_FINDROP", 0x100);
    public static final int TCP_SENDMOREACKS = TABLE.macos("TCP_SENDMOREACKS", 0x103);
    public static final int TCP_ENABLE_ECN = TABLE.macos("TCP_ENABLE_ECN", 0x104);
    public static final int TCP_CONNECTION_INFO = TABLE.macos("TCP_CONNECTION_INFO", 0x106);

    // Options at IPPROTO_IP, ip(7).
    public static final int IP_TOS = TABLE.row("IP_TOS", 1, 3);
    public static final int IP_TTL = TABLE.row("IP_TTL", 2, 4);
    public static final int IP_HDRINCL = TABLE.row("IP_HDRINCL", 3, 2);
    public static final int IP_MULTICAST_IF = TABLE.row("IP_MULTICAST_IF", 32, 9);
    public static final int IP_MULTICAST_TTL = TABLE.row("IP_MULTICAST_TTL", 33, 10);
    public static final int IP_MULTICAST_LOOP = TABLE.row("IP_MULTICAST_LOOP", 34, 11);
    public static final int IP_ADD_MEMBERSHIP = TABLE.row("IP_ADD_MEMBERSHIP", 35, 12);
    public static final int IP_DROP_MEMBERSHIP = TABLE.row("IP_DROP_MEMBERSHIP", 36, 13);
    public static final int IP_PKTINFO = TABLE.row("IP_PKTINFO", 8, 26);
    public static final int IP_RECVTOS = TABLE.row("IP_RECVTOS", 13, 27);
    public static final int IP_RECVTTL = TABLE.row("IP_RECVTTL", 12, 24);
    public static final int IP_BIND_ADDRESS_NO_PORT = TABLE.linux("IP_BIND_ADDRESS_NO_PORT", 24);
    public static final int IP_FREEBIND = TABLE.linux("IP_FREEBIND", 15);
    public static final int IP_MTU = TABLE.linux("IP_MTU", 14);
    public static final int IP_MTU_DISCOVER = TABLE.linux("IP_MTU_DISCOVER", 10);
    public static final int IP_RECVERR = TABLE.linux("IP_RECVERR", 11);
    public static final int IP_TRANSPARENT = TABLE.linux("IP_TRANSPARENT", 19);
    public static final int IP_BOUND_IF = TABLE.macos("IP_BOUND_IF", 25);
    public static final int IP_RECVDSTADDR = TABLE.macos("IP_RECVDSTADDR", 7);

    // Options at IPPROTO_IPV6, ipv6(7).
    public static final int IPV6_V6ONLY = TABLE.row("IPV6_V6ONLY", 26, 27);
    public static final int IPV6_UNICAST_HOPS = TABLE.row("IPV6_UNICAST_HOPS", 16, 4);
    public static final int IPV6_MULTICAST_IF = TABLE.row("IPV6_MULTICAST_IF", 17, 9);
    public static final int IPV6_MULTICAST_HOPS = TABLE.row("IPV6_MULTICAST_HOPS", 18, 10);
    public static final int IPV6_MULTICAST_LOOP = TABLE.row("IPV6_MULTICAST_LOOP", 19, 11);
    public static final int IPV6_JOIN_GROUP = TABLE.row("IPV6_JOIN_GROUP", 20, 12);
    public static final int IPV6_LEAVE_GROUP = TABLE.row("IPV6_LEAVE_GROUP", 21, 13);
    public static final int IPV6_PKTINFO = TABLE.row("IPV6_PKTINFO", 50, 46);
    public static final int IPV6_RECVPKTINFO = TABLE.row("IPV6_RECVPKTINFO", 49, 61);
    public static final int IPV6_TCLASS = TABLE.row("IPV6_TCLASS", 67, 36);
    public static final int IPV6_RECVTCLASS = TABLE.row("IPV6_RECVTCLASS", 66, 35);
    public static final int IPV6_HOPLIMIT = TABLE.row("IPV6_HOPLIMIT", 52, 47);
    public static final int IPV6_RECVHOPLIMIT = TABLE.row("IPV6_RECVHOPLIMIT", 51, 37);
    public static final int IPV6_DONTFRAG = TABLE.same("IPV6_DONTFRAG", 62);
    public static final int IPV6_FREEBIND = TABLE.linux("IPV6_FREEBIND", 78);
    public static final int IPV6_TRANSPARENT = TABLE.linux("IPV6_TRANSPARENT", 75);
    public static final int IPV6_RECVERR = TABLE.linux("IPV6_RECVERR", 25);

    // Flags of send(2) and recv(2).
    public static final int MSG_OOB = TABLE.same("MSG_OOB", 0x1);
    public static final int MSG_PEEK = TABLE.same("MSG_PEEK", 0x2);
    public static final int MSG_DONTROUTE = TABLE.same("MSG_DONTROUTE", 0x4);
    public static final int MSG_CTRUNC = TABLE.row("MSG_CTRUNC", 0x8, 0x20);
    public static final int MSG_TRUNC = TABLE.row("MSG_TRUNC", 0x20, 0x10);
    public static final int MSG_DONTWAIT = TABLE.row("MSG_DONTWAIT", 0x40, 0x80);
    public static final int MSG_EOR = TABLE.row("MSG_EOR", 0x80, 0x8);
    public static final int MSG_WAITALL = TABLE.row("MSG_WAITALL", 0x100, 0x40);
    public static final int MSG_NOSIGNAL = TABLE.row("MSG_NOSIGNAL", 0x4000, 0x80000);
    public static final int MSG_CMSG_CLOEXEC =
            TABLE.ours("MSG_CMSG_CLOEXEC", 0x40000000, 0x40000000);
    public static final int MSG_CONFIRM = TABLE.linux("MSG_CONFIRM", 0x800);
    public static final int MSG_ERRQUEUE = TABLE.linux("MSG_ERRQUEUE", 0x2000);
    public static final int MSG_FASTOPEN = TABLE.linux("MSG_FASTOPEN", 0x20000000);
    public static final int MSG_MORE = TABLE.linux("MSG_MORE", 0x8000);
    public static final int MSG_WAITFORONE = TABLE.linux("MSG_WAITFORONE", 0x10000);
    public static final int MSG_ZEROCOPY = TABLE.linux("MSG_ZEROCOPY", 0x4000000);
    public static final int MSG_HAVEMORE = TABLE.macos("MSG_HAVEMORE", 0x2000);

    // Directions, shutdown(2).
    public static final int SHUT_RD = TABLE.same("SHUT_RD", 0);
    public static final int SHUT_WR = TABLE.same("SHUT_WR", 1);
    public static final int SHUT_RDWR = TABLE.same("SHUT_RDWR", 2);

    // Kinds of ancillary data at SOL_SOCKET, cmsg(3).
    public static final int SCM_RIGHTS = TABLE.same("SCM_RIGHTS", 1);
    public static final int SCM_CREDENTIALS = TABLE.linux("SCM_CREDENTIALS", 2);
    public static final int SCM_PIDFD = TABLE.linux("SCM_PIDFD", 4);
    public static final int SCM_CREDS = TABLE.macos("SCM_CREDS", 3);
    public static final int SCM_TIMESTAMP = TABLE.row("SCM_TIMESTAMP", 29, 2);

    // The largest backlog that the headers promise; Linux takes net.core.somaxconn instead.
    public static final int SOMAXCONN = TABLE.row("SOMAXCONN", 4096, 128);
}
