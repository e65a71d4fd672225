// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of errors on this platform, what they are called and what they mean.
 *
 * <p>Calls return {@code -errno}. Compare what you expect with a negated constant, and give the
 * rest to {@link #check}; the constants are folded by the JIT compiler:
 *
 * <pre>{@code
 * long n = descriptors.read(fd, address, count);
 * if (n == -Errno.EAGAIN) {
 *     return;
 * }
 * Errno.check("read", n, connection);
 * }</pre>
 *
 * <p>An error that this platform lacks has the value {@link
 * dev.ringfork.bindings.abi.Constants#ABSENT}, which no call returns, negated or not. Immutable.
 */
public final class Errno {

    /** The largest error that a kernel returns; a result below its negation is an address. */
    public static final int MAX = 4095;

    static final ErrnoTable TABLE = new ErrnoTable();

    private Errno() {}

    /** The name of an error, {@code EAGAIN}, or {@code errno 999} when it has none. */
    public static String name(int errno) {
        return nameOn(Platform.current(), errno);
    }

    /** What an error means, in a few words. */
    public static String text(int errno) {
        return textOn(Platform.current(), errno);
    }

    /** The name of an error on a platform. */
    static String nameOn(Platform platform, int errno) {
        ErrnoTable.Row row = TABLE.find(platform, errno);
        return row == null ? "errno " + errno : row.name();
    }

    /** What an error means on a platform. */
    static String textOn(Platform platform, int errno) {
        ErrnoTable.Row row = TABLE.find(platform, errno);
        return row == null ? "unknown error" : row.text();
    }

    /**
     * Turns an error into an exception.
     *
     * @param call the name of the call
     * @param result what it returned
     * @param object what it was about, an address or a path for instance: shown in the message
     * @return the result, when it is none of the errors
     * @throws SyscallException if the result is {@code -errno}
     */
    public static long check(String call, long result, @Nullable Object object) {
        if (result < 0 && result >= -MAX) {
            throw new SyscallException(call, (int) -result, object);
        }
        return result;
    }

    /** {@link #check(String, long, Object)} for calls that return an int. */
    public static int check(String call, int result, @Nullable Object object) {
        return (int) check(call, (long) result, object);
    }

    public static final int EPERM = TABLE.same("EPERM", 1, "operation not permitted");
    public static final int ENOENT = TABLE.same("ENOENT", 2, "no such file or directory");
    public static final int ESRCH = TABLE.same("ESRCH", 3, "no such process");
    public static final int EINTR = TABLE.same("EINTR", 4, "interrupted by a signal");
    public static final int EIO = TABLE.same("EIO", 5, "input or output error");
    public static final int ENXIO = TABLE.same("ENXIO", 6, "no such device or address");
    public static final int E2BIG = TABLE.same("E2BIG", 7, "argument list too long");
    public static final int ENOEXEC = TABLE.same("ENOEXEC", 8, "not an executable format");
    public static final int EBADF = TABLE.same("EBADF", 9, "bad descriptor");
    public static final int ECHILD = TABLE.same("ECHILD", 10, "no such child");
    public static final int EAGAIN = TABLE.row("EAGAIN", 11, 35, "not ready, try again");
    public static final int EWOULDBLOCK = TABLE.row("EWOULDBLOCK", 11, 35, "not ready, try again");
    public static final int ENOMEM = TABLE.same("ENOMEM", 12, "out of memory");
    public static final int EACCES = TABLE.same("EACCES", 13, "permission denied");
    public static final int EFAULT = TABLE.same("EFAULT", 14, "bad address");
    public static final int ENOTBLK = TABLE.same("ENOTBLK", 15, "not a block device");
    public static final int EBUSY = TABLE.same("EBUSY", 16, "device or resource busy");
    public static final int EEXIST = TABLE.same("EEXIST", 17, "already exists");
    public static final int EXDEV = TABLE.same("EXDEV", 18, "link across file systems");
    public static final int ENODEV = TABLE.same("ENODEV", 19, "no such device");
    public static final int ENOTDIR = TABLE.same("ENOTDIR", 20, "not a directory");
    public static final int EISDIR = TABLE.same("EISDIR", 21, "is a directory");
    public static final int EINVAL = TABLE.same("EINVAL", 22, "invalid argument");
    public static final int ENFILE = TABLE.same("ENFILE", 23, "too many open files in the system");
    public static final int EMFILE = TABLE.same("EMFILE", 24, "too many open files in the process");
    public static final int ENOTTY =
            TABLE.same("ENOTTY", 25, "not a terminal, or wrong ioctl for the device");
    public static final int ETXTBSY = TABLE.same("ETXTBSY", 26, "program file is in use");
    public static final int EFBIG = TABLE.same("EFBIG", 27, "file too large");
    public static final int ENOSPC = TABLE.same("ENOSPC", 28, "no space left");
    public static final int ESPIPE = TABLE.same("ESPIPE", 29, "not seekable");
    public static final int EROFS = TABLE.same("EROFS", 30, "read-only file system");
    public static final int EMLINK = TABLE.same("EMLINK", 31, "too many links");
    public static final int EPIPE = TABLE.same("EPIPE", 32, "broken pipe");
    public static final int EDOM = TABLE.same("EDOM", 33, "argument outside the domain");
    public static final int ERANGE = TABLE.same("ERANGE", 34, "result out of range");
    public static final int EDEADLK = TABLE.row("EDEADLK", 35, 11, "would deadlock");
    public static final int EDEADLOCK = TABLE.linux("EDEADLOCK", 35, "would deadlock");
    public static final int ENAMETOOLONG = TABLE.row("ENAMETOOLONG", 36, 63, "name too long");
    public static final int ENOLCK = TABLE.row("ENOLCK", 37, 77, "no locks available");
    public static final int ENOSYS = TABLE.row("ENOSYS", 38, 78, "no such system call here");
    public static final int ENOTEMPTY = TABLE.row("ENOTEMPTY", 39, 66, "directory not empty");
    public static final int ELOOP = TABLE.row("ELOOP", 40, 62, "too many symbolic links");
    public static final int ENOMSG = TABLE.row("ENOMSG", 42, 91, "no message of that type");
    public static final int EIDRM = TABLE.row("EIDRM", 43, 90, "identifier removed");
    public static final int ECHRNG = TABLE.linux("ECHRNG", 44, "channel number out of range");
    public static final int EL2NSYNC = TABLE.linux("EL2NSYNC", 45, "level 2 not synchronized");
    public static final int EL3HLT = TABLE.linux("EL3HLT", 46, "level 3 halted");
    public static final int EL3RST = TABLE.linux("EL3RST", 47, "level 3 reset");
    public static final int ELNRNG = TABLE.linux("ELNRNG", 48, "link number out of range");
    public static final int EUNATCH = TABLE.linux("EUNATCH", 49, "protocol driver not attached");
    public static final int ENOCSI = TABLE.linux("ENOCSI", 50, "no CSI structure");
    public static final int EL2HLT = TABLE.linux("EL2HLT", 51, "level 2 halted");
    public static final int EBADE = TABLE.linux("EBADE", 52, "invalid exchange");
    public static final int EBADR = TABLE.linux("EBADR", 53, "invalid request descriptor");
    public static final int EXFULL = TABLE.linux("EXFULL", 54, "exchange full");
    public static final int ENOANO = TABLE.linux("ENOANO", 55, "no anode");
    public static final int EBADRQC = TABLE.linux("EBADRQC", 56, "invalid request code");
    public static final int EBADSLT = TABLE.linux("EBADSLT", 57, "invalid slot");
    public static final int EBFONT = TABLE.linux("EBFONT", 59, "bad font file");
    public static final int ENOSTR = TABLE.row("ENOSTR", 60, 99, "not a stream");
    public static final int ENODATA = TABLE.row("ENODATA", 61, 96, "no data");
    public static final int ETIME = TABLE.row("ETIME", 62, 101, "timer expired");
    public static final int ENOSR = TABLE.row("ENOSR", 63, 98, "out of stream resources");
    public static final int ENONET = TABLE.linux("ENONET", 64, "machine is not on the network");
    public static final int ENOPKG = TABLE.linux("ENOPKG", 65, "package not installed");
    public static final int EREMOTE = TABLE.row("EREMOTE", 66, 71, "object is remote");
    public static final int ENOLINK = TABLE.row("ENOLINK", 67, 97, "link was severed");
    public static final int EADV = TABLE.linux("EADV", 68, "advertise error");
    public static final int ESRMNT = TABLE.linux("ESRMNT", 69, "mount error");
    public static final int ECOMM = TABLE.linux("ECOMM", 70, "communication error on send");
    public static final int EPROTO = TABLE.row("EPROTO", 71, 100, "protocol error");
    public static final int EMULTIHOP = TABLE.row("EMULTIHOP", 72, 95, "multihop attempted");
    public static final int EDOTDOT = TABLE.linux("EDOTDOT", 73, "RFS error");
    public static final int EBADMSG = TABLE.row("EBADMSG", 74, 94, "bad message");
    public static final int EOVERFLOW = TABLE.row("EOVERFLOW", 75, 84, "value too large");
    public static final int ENOTUNIQ =
            TABLE.linux("ENOTUNIQ", 76, "name not unique on the network");
    public static final int EBADFD = TABLE.linux("EBADFD", 77, "descriptor in bad state");
    public static final int EREMCHG = TABLE.linux("EREMCHG", 78, "remote address changed");
    public static final int ELIBACC = TABLE.linux("ELIBACC", 79, "cannot access a shared library");
    public static final int ELIBBAD = TABLE.linux("ELIBBAD", 80, "corrupt shared library");
    public static final int ELIBSCN =
            TABLE.linux("ELIBSCN", 81, "corrupt section in an executable");
    public static final int ELIBMAX = TABLE.linux("ELIBMAX", 82, "too many shared libraries");
    public static final int ELIBEXEC =
            TABLE.linux("ELIBEXEC", 83, "cannot execute a shared library");
    public static final int EILSEQ = TABLE.row("EILSEQ", 84, 92, "invalid byte sequence");
    public static final int ERESTART = TABLE.linux("ERESTART", 85, "call should be restarted");
    public static final int ESTRPIPE = TABLE.linux("ESTRPIPE", 86, "stream pipe error");
    public static final int EUSERS = TABLE.row("EUSERS", 87, 68, "too many users");
    public static final int ENOTSOCK = TABLE.row("ENOTSOCK", 88, 38, "not a socket");
    public static final int EDESTADDRREQ =
            TABLE.row("EDESTADDRREQ", 89, 39, "destination address required");
    public static final int EMSGSIZE = TABLE.row("EMSGSIZE", 90, 40, "message too long");
    public static final int EPROTOTYPE =
            TABLE.row("EPROTOTYPE", 91, 41, "wrong protocol type for the socket");
    public static final int ENOPROTOOPT =
            TABLE.row("ENOPROTOOPT", 92, 42, "no such protocol option");
    public static final int EPROTONOSUPPORT =
            TABLE.row("EPROTONOSUPPORT", 93, 43, "protocol not supported");
    public static final int ESOCKTNOSUPPORT =
            TABLE.row("ESOCKTNOSUPPORT", 94, 44, "socket type not supported");
    public static final int EOPNOTSUPP =
            TABLE.row("EOPNOTSUPP", 95, 102, "operation not supported on this socket");
    public static final int ENOTSUP = TABLE.row("ENOTSUP", 95, 45, "not supported");
    public static final int EPFNOSUPPORT =
            TABLE.row("EPFNOSUPPORT", 96, 46, "protocol family not supported");
    public static final int EAFNOSUPPORT =
            TABLE.row("EAFNOSUPPORT", 97, 47, "address family not supported");
    public static final int EADDRINUSE = TABLE.row("EADDRINUSE", 98, 48, "address already in use");
    public static final int EADDRNOTAVAIL =
            TABLE.row("EADDRNOTAVAIL", 99, 49, "address not available");
    public static final int ENETDOWN = TABLE.row("ENETDOWN", 100, 50, "network is down");
    public static final int ENETUNREACH = TABLE.row("ENETUNREACH", 101, 51, "network unreachable");
    public static final int ENETRESET =
            TABLE.row("ENETRESET", 102, 52, "network dropped the connection");
    public static final int ECONNABORTED = TABLE.row("ECONNABORTED", 103, 53, "connection aborted");
    public static final int ECONNRESET =
            TABLE.row("ECONNRESET", 104, 54, "connection reset by peer");
    public static final int ENOBUFS = TABLE.row("ENOBUFS", 105, 55, "no buffer space");
    public static final int EISCONN = TABLE.row("EISCONN", 106, 56, "already connected");
    public static final int ENOTCONN = TABLE.row("ENOTCONN", 107, 57, "not connected");
    public static final int ESHUTDOWN = TABLE.row("ESHUTDOWN", 108, 58, "socket was shut down");
    public static final int ETOOMANYREFS =
            TABLE.row("ETOOMANYREFS", 109, 59, "too many references");
    public static final int ETIMEDOUT = TABLE.row("ETIMEDOUT", 110, 60, "timed out");
    public static final int ECONNREFUSED = TABLE.row("ECONNREFUSED", 111, 61, "connection refused");
    public static final int EHOSTDOWN = TABLE.row("EHOSTDOWN", 112, 64, "host is down");
    public static final int EHOSTUNREACH = TABLE.row("EHOSTUNREACH", 113, 65, "host unreachable");
    public static final int EALREADY = TABLE.row("EALREADY", 114, 37, "already in progress");
    public static final int EINPROGRESS = TABLE.row("EINPROGRESS", 115, 36, "in progress");
    public static final int ESTALE = TABLE.row("ESTALE", 116, 70, "stale file handle");
    public static final int EUCLEAN = TABLE.linux("EUCLEAN", 117, "file system needs cleaning");
    public static final int ENOTNAM = TABLE.linux("ENOTNAM", 118, "not a XENIX named type file");
    public static final int ENAVAIL = TABLE.linux("ENAVAIL", 119, "no XENIX semaphores");
    public static final int EISNAM = TABLE.linux("EISNAM", 120, "is a named type file");
    public static final int EREMOTEIO =
            TABLE.linux("EREMOTEIO", 121, "remote input or output error");
    public static final int EDQUOT = TABLE.row("EDQUOT", 122, 69, "disk quota exceeded");
    public static final int ENOMEDIUM = TABLE.linux("ENOMEDIUM", 123, "no medium");
    public static final int EMEDIUMTYPE = TABLE.linux("EMEDIUMTYPE", 124, "wrong medium type");
    public static final int ECANCELED = TABLE.row("ECANCELED", 125, 89, "cancelled");
    public static final int ENOKEY = TABLE.linux("ENOKEY", 126, "key not available");
    public static final int EKEYEXPIRED = TABLE.linux("EKEYEXPIRED", 127, "key expired");
    public static final int EKEYREVOKED = TABLE.linux("EKEYREVOKED", 128, "key revoked");
    public static final int EKEYREJECTED = TABLE.linux("EKEYREJECTED", 129, "key rejected");
    public static final int EOWNERDEAD = TABLE.row("EOWNERDEAD", 130, 105, "owner died");
    public static final int ENOTRECOVERABLE =
            TABLE.row("ENOTRECOVERABLE", 131, 104, "state not recoverable");
    public static final int ERFKILL = TABLE.linux("ERFKILL", 132, "radio is switched off");
    public static final int EHWPOISON =
            TABLE.linux("EHWPOISON", 133, "memory page has a hardware error");
    public static final int EPROCLIM = TABLE.macos("EPROCLIM", 67, "too many processes");
    public static final int EBADRPC = TABLE.macos("EBADRPC", 72, "bad RPC structure");
    public static final int ERPCMISMATCH = TABLE.macos("ERPCMISMATCH", 73, "wrong RPC version");
    public static final int EPROGUNAVAIL =
            TABLE.macos("EPROGUNAVAIL", 74, "RPC program not available");
    public static final int EPROGMISMATCH =
            TABLE.macos("EPROGMISMATCH", 75, "wrong RPC program version");
    public static final int EPROCUNAVAIL =
            TABLE.macos("EPROCUNAVAIL", 76, "bad procedure for the program");
    public static final int EFTYPE = TABLE.macos("EFTYPE", 79, "wrong file type or format");
    public static final int EAUTH = TABLE.macos("EAUTH", 80, "authentication failed");
    public static final int ENEEDAUTH = TABLE.macos("ENEEDAUTH", 81, "authentication needed");
    public static final int EPWROFF = TABLE.macos("EPWROFF", 82, "device is switched off");
    public static final int EDEVERR = TABLE.macos("EDEVERR", 83, "device error");
    public static final int EBADEXEC = TABLE.macos("EBADEXEC", 85, "bad executable");
    public static final int EBADARCH =
            TABLE.macos("EBADARCH", 86, "wrong processor type in the executable");
    public static final int ESHLIBVERS =
            TABLE.macos("ESHLIBVERS", 87, "wrong shared library version");
    public static final int EBADMACHO = TABLE.macos("EBADMACHO", 88, "malformed Mach-O file");
    public static final int ENOATTR = TABLE.macos("ENOATTR", 93, "no such attribute");
    public static final int ENOPOLICY = TABLE.macos("ENOPOLICY", 103, "no such policy");
    public static final int EQFULL = TABLE.macos("EQFULL", 106, "queue full");
}
