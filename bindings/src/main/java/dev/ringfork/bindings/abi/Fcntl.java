// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static dev.ringfork.bindings.abi.Constants.ABSENT;

/**
 * Constants of open(2), fcntl(2), flock(2), lseek(2), unlinkat(2) and stat(2) on this platform.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. Immutable.
 */
public final class Fcntl {

    static final ConstantTable TABLE = new ConstantTable(128);

    private Fcntl() {}

    // Ways to open, open(2).
    public static final int O_RDONLY = TABLE.same("O_RDONLY", 0x0);
    public static final int O_WRONLY = TABLE.same("O_WRONLY", 0x1);
    public static final int O_RDWR = TABLE.same("O_RDWR", 0x2);
    public static final int O_ACCMODE = TABLE.same("O_ACCMODE", 0x3);
    public static final int O_CREAT = TABLE.row("O_CREAT", 0x40, 0x200);
    public static final int O_EXCL = TABLE.row("O_EXCL", 0x80, 0x800);
    public static final int O_NOCTTY = TABLE.row("O_NOCTTY", 0x100, 0x20000);
    public static final int O_TRUNC = TABLE.row("O_TRUNC", 0x200, 0x400);
    public static final int O_APPEND = TABLE.row("O_APPEND", 0x400, 0x8);
    public static final int O_NONBLOCK = TABLE.row("O_NONBLOCK", 0x800, 0x4);
    public static final int O_SYNC = TABLE.row("O_SYNC", 0x101000, 0x80);
    public static final int O_DSYNC = TABLE.row("O_DSYNC", 0x1000, 0x400000);
    public static final int O_ASYNC = TABLE.row("O_ASYNC", 0x2000, 0x40);
    public static final int O_DIRECT = TABLE.row("O_DIRECT", 0x4000, 0x10000, ABSENT);
    public static final int O_DIRECTORY = TABLE.row("O_DIRECTORY", 0x10000, 0x4000, 0x100000);
    public static final int O_NOFOLLOW = TABLE.row("O_NOFOLLOW", 0x20000, 0x8000, 0x100);
    public static final int O_CLOEXEC = TABLE.row("O_CLOEXEC", 0x80000, 0x1000000);
    public static final int O_NOATIME = TABLE.linux("O_NOATIME", 0x40000);
    public static final int O_PATH = TABLE.linux("O_PATH", 0x200000);
    public static final int O_TMPFILE = TABLE.row("O_TMPFILE", 0x410000, 0x404000, ABSENT);
    public static final int O_EVTONLY = TABLE.macos("O_EVTONLY", 0x8000);
    public static final int O_SHLOCK = TABLE.macos("O_SHLOCK", 0x10);
    public static final int O_EXLOCK = TABLE.macos("O_EXLOCK", 0x20);
    public static final int O_SYMLINK = TABLE.macos("O_SYMLINK", 0x200000);

    // The directory that relative paths begin in, openat(2), unlinkat(2).
    public static final int AT_FDCWD = TABLE.row("AT_FDCWD", -100, -2);
    public static final int AT_REMOVEDIR = TABLE.row("AT_REMOVEDIR", 0x200, 0x80);
    public static final int AT_SYMLINK_NOFOLLOW = TABLE.row("AT_SYMLINK_NOFOLLOW", 0x100, 0x20);
    public static final int AT_SYMLINK_FOLLOW = TABLE.row("AT_SYMLINK_FOLLOW", 0x400, 0x40);
    public static final int AT_EMPTY_PATH = TABLE.linux("AT_EMPTY_PATH", 0x1000);

    // Commands, fcntl(2).
    public static final int F_DUPFD = TABLE.same("F_DUPFD", 0);
    public static final int F_DUPFD_CLOEXEC = TABLE.row("F_DUPFD_CLOEXEC", 1030, 67);
    public static final int F_GETFD = TABLE.same("F_GETFD", 1);
    public static final int F_SETFD = TABLE.same("F_SETFD", 2);
    public static final int F_GETFL = TABLE.same("F_GETFL", 3);
    public static final int F_SETFL = TABLE.same("F_SETFL", 4);
    public static final int F_GETLK = TABLE.row("F_GETLK", 5, 7);
    public static final int F_SETLK = TABLE.row("F_SETLK", 6, 8);
    public static final int F_SETLKW = TABLE.row("F_SETLKW", 7, 9);
    public static final int F_OFD_GETLK = TABLE.row("F_OFD_GETLK", 36, 92);
    public static final int F_OFD_SETLK = TABLE.row("F_OFD_SETLK", 37, 90);
    public static final int F_OFD_SETLKW = TABLE.row("F_OFD_SETLKW", 38, 91);
    public static final int F_GETOWN = TABLE.row("F_GETOWN", 9, 5);
    public static final int F_SETOWN = TABLE.row("F_SETOWN", 8, 6);
    public static final int F_SETSIG = TABLE.linux("F_SETSIG", 10);
    public static final int F_GETSIG = TABLE.linux("F_GETSIG", 11);
    public static final int F_SETOWN_EX = TABLE.linux("F_SETOWN_EX", 15);
    public static final int F_GETOWN_EX = TABLE.linux("F_GETOWN_EX", 16);
    public static final int F_GETPIPE_SZ = TABLE.linux("F_GETPIPE_SZ", 1032);
    public static final int F_SETPIPE_SZ = TABLE.linux("F_SETPIPE_SZ", 1031);
    public static final int F_ADD_SEALS = TABLE.linux("F_ADD_SEALS", 1033);
    public static final int F_GET_SEALS = TABLE.linux("F_GET_SEALS", 1034);
    public static final int F_GETPATH = TABLE.macos("F_GETPATH", 50);
    public static final int F_FULLFSYNC = TABLE.macos("F_FULLFSYNC", 51);
    public static final int F_NOCACHE = TABLE.macos("F_NOCACHE", 48);
    public static final int F_RDAHEAD = TABLE.macos("F_RDAHEAD", 45);
    public static final int F_RDADVISE = TABLE.macos("F_RDADVISE", 44);
    public static final int F_PREALLOCATE = TABLE.macos("F_PREALLOCATE", 42);
    public static final int F_SETNOSIGPIPE = TABLE.macos("F_SETNOSIGPIPE", 73);
    public static final int F_GETNOSIGPIPE = TABLE.macos("F_GETNOSIGPIPE", 74);

    // The descriptor flag of F_SETFD.
    public static final int FD_CLOEXEC = TABLE.same("FD_CLOEXEC", 1);

    // Kinds of owner in struct f_owner_ex.
    public static final int F_OWNER_TID = TABLE.linux("F_OWNER_TID", 0);
    public static final int F_OWNER_PID = TABLE.linux("F_OWNER_PID", 1);
    public static final int F_OWNER_PGRP = TABLE.linux("F_OWNER_PGRP", 2);

    // Lock types of struct flock.
    public static final int F_RDLCK = TABLE.row("F_RDLCK", 0, 1);
    public static final int F_WRLCK = TABLE.row("F_WRLCK", 1, 3);
    public static final int F_UNLCK = TABLE.same("F_UNLCK", 2);

    // Operations of flock(2).
    public static final int LOCK_SH = TABLE.same("LOCK_SH", 1);
    public static final int LOCK_EX = TABLE.same("LOCK_EX", 2);
    public static final int LOCK_NB = TABLE.same("LOCK_NB", 4);
    public static final int LOCK_UN = TABLE.same("LOCK_UN", 8);

    // Where lseek(2) counts from.
    public static final int SEEK_SET = TABLE.same("SEEK_SET", 0);
    public static final int SEEK_CUR = TABLE.same("SEEK_CUR", 1);
    public static final int SEEK_END = TABLE.same("SEEK_END", 2);
    public static final int SEEK_DATA = TABLE.row("SEEK_DATA", 3, 4);
    public static final int SEEK_HOLE = TABLE.row("SEEK_HOLE", 4, 3);

    // File types in st_mode, inode(7).
    public static final int S_IFMT = TABLE.same("S_IFMT", 0xf000);
    public static final int S_IFSOCK = TABLE.same("S_IFSOCK", 0xc000);
    public static final int S_IFLNK = TABLE.same("S_IFLNK", 0xa000);
    public static final int S_IFREG = TABLE.same("S_IFREG", 0x8000);
    public static final int S_IFBLK = TABLE.same("S_IFBLK", 0x6000);
    public static final int S_IFDIR = TABLE.same("S_IFDIR", 0x4000);
    public static final int S_IFCHR = TABLE.same("S_IFCHR", 0x2000);
    public static final int S_IFIFO = TABLE.same("S_IFIFO", 0x1000);

    // Permissions in st_mode.
    public static final int S_ISUID = TABLE.same("S_ISUID", 0x800);
    public static final int S_ISGID = TABLE.same("S_ISGID", 0x400);
    public static final int S_ISVTX = TABLE.same("S_ISVTX", 0x200);
    public static final int S_IRWXU = TABLE.same("S_IRWXU", 0x1c0);
    public static final int S_IRUSR = TABLE.same("S_IRUSR", 0x100);
    public static final int S_IWUSR = TABLE.same("S_IWUSR", 0x80);
    public static final int S_IXUSR = TABLE.same("S_IXUSR", 0x40);
    public static final int S_IRWXG = TABLE.same("S_IRWXG", 0x38);
    public static final int S_IRGRP = TABLE.same("S_IRGRP", 0x20);
    public static final int S_IWGRP = TABLE.same("S_IWGRP", 0x10);
    public static final int S_IXGRP = TABLE.same("S_IXGRP", 0x8);
    public static final int S_IRWXO = TABLE.same("S_IRWXO", 0x7);
    public static final int S_IROTH = TABLE.same("S_IROTH", 0x4);
    public static final int S_IWOTH = TABLE.same("S_IWOTH", 0x2);
    public static final int S_IXOTH = TABLE.same("S_IXOTH", 0x1);

    // Limits.
    public static final int PIPE_BUF = TABLE.row("PIPE_BUF", 4096, 512);
    public static final int PATH_MAX = TABLE.row("PATH_MAX", 4096, 1024);
    public static final int IOV_MAX = TABLE.same("IOV_MAX", 1024);
}
