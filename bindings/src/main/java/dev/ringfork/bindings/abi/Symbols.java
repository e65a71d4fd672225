// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * The names under which the C library exports its functions.
 *
 * <p>On macOS a C compiler binds some functions to a variant, and dlsym(3) of the plain name finds
 * an older one with another layout: the plain {@code fstat} of x86-64 stores 32-bit inodes, the
 * plain {@code select} refuses descriptors above 1023. Immutable.
 */
public final class Symbols {

    /**
     * Columns: linux, macos-aarch64, macos-x86_64; {@code =} is the name itself, {@code -} none.
     */
    private static final String SYMBOLS =
            """
            open                                      =    =                     =
            openat                                    =    =                     =
            read                                      =    =                     =
            write                                     =    =                     =
            readv                                     =    =                     =
            writev                                    =    =                     =
            pread                                     =    =                     =
            pwrite                                    =    =                     =
            close                                     =    =                     =
            dup                                       =    =                     =
            dup2                                      =    =                     =
            fchown                                    =    =                     =
            fcntl                                     =    =                     =
            ioctl                                     =    =                     =
            flock                                     =    =                     =
            pipe                                      =    =                     =
            pipe2                                     =    -                     -
            eventfd                                   =    -                     -
            lseek                                     =    =                     =
            fstat                                     =    =                     fstat$INODE64
            stat                                      =    =                     stat$INODE64
            lstat                                     =    =                     lstat$INODE64
            ftruncate                                 =    =                     =
            fsync                                     =    =                     =
            unlink                                    =    =                     =
            unlinkat                                  =    =                     =
            sendfile                                  =    =                     =
            splice                                    =    -                     -

            socket                                    =    =                     =
            socketpair                                =    =                     =
            bind                                      =    =                     =
            listen                                    =    =                     =
            accept                                    =    =                     =
            accept4                                   =    -                     -
            connect                                   =    =                     =
            shutdown                                  =    =                     =
            setsockopt                                =    =                     =
            getsockopt                                =    =                     =
            getsockname                               =    =                     =
            getpeername                               =    =                     =
            getpeereid                                -    =                     =
            send                                      =    =                     =
            recv                                      =    =                     =
            sendto                                    =    =                     =
            recvfrom                                  =    =                     =
            sendmsg                                   =    =                     =
            recvmsg                                   =    =                     =
            recvmmsg                                  =    -                     -
            sendmmsg                                  =    -                     -

            poll                                      =    =                     =
            select                                    =    select$DARWIN_EXTSN   select$DARWIN_EXTSN
            epoll_create1                             =    -                     -
            epoll_ctl                                 =    -                     -
            epoll_wait                                =    -                     -
            kqueue                                    -    =                     =
            kevent                                    -    =                     =

            getpid                                    =    =                     =
            gettid                                    =    -                     -
            getppid                                   =    =                     =
            getpgid                                   =    =                     =
            getsid                                    =    =                     =
            kill                                      =    =                     =
            waitpid                                   =    =                     =
            waitid                                    =    =                     =
            pidfd_open                                =    -                     -
            pidfd_send_signal                         =    -                     -
            setsid                                    =    =                     =
            setpgid                                   =    =                     =
            getrlimit                                 =    =                     =
            setrlimit                                 =    =                     =
            prctl                                     =    -                     -
            umask                                     =    =                     =
            sched_getaffinity                         =    -                     -
            sched_setaffinity                         =    -                     -
            getuid                                    =    =                     =
            geteuid                                   =    =                     =
            getgid                                    =    =                     =
            setgroups                                 =    =                     =
            setgid                                    =    =                     =
            setuid                                    =    =                     =
            getpwnam_r                                =    =                     =
            getgrnam_r                                =    =                     =
            getgrouplist                              =    =                     =

            posix_spawn                               =    =                     =
            posix_spawnp                              =    =                     =
            posix_spawn_file_actions_init             =    =                     =
            posix_spawn_file_actions_destroy          =    =                     =
            posix_spawn_file_actions_addopen          =    =                     =
            posix_spawn_file_actions_addclose         =    =                     =
            posix_spawn_file_actions_adddup2          =    =                     =
            posix_spawn_file_actions_addchdir_np      =    =                     =
            posix_spawn_file_actions_addclosefrom_np  =    -                     -
            posix_spawn_file_actions_addinherit_np    -    =                     =
            posix_spawnattr_init                      =    =                     =
            posix_spawnattr_destroy                   =    =                     =
            posix_spawnattr_setflags                  =    =                     =
            posix_spawnattr_setpgroup                 =    =                     =
            posix_spawnattr_setsigdefault             =    =                     =
            posix_spawnattr_setsigmask                =    =                     =

            pthread_mutex_init                        =    =                     =
            pthread_mutex_trylock                     =    =                     =
            pthread_mutex_unlock                      =    =                     =
            pthread_mutex_consistent                  =    -                     -
            pthread_mutex_destroy                     =    =                     =
            pthread_mutexattr_init                    =    =                     =
            pthread_mutexattr_setpshared              =    =                     =
            pthread_mutexattr_setrobust               =    -                     -
            pthread_mutexattr_destroy                 =    =                     =

            mmap                                      =    =                     =
            munmap                                    =    =                     =
            mprotect                                  =    =                     =
            madvise                                   =    =                     =
            msync                                     =    =                     =
            memfd_create                              =    -                     -

            aio_read                                  =    =                     =
            aio_write                                 =    =                     =
            aio_error                                 =    =                     =
            aio_return                                =    =                     =
            aio_cancel                                =    =                     =
            aio_suspend                               =    =                     =

            syscall                                   =    =                     =
            sysconf                                   =    =                     =
            strerror_r                                =    =                     =
            __errno_location                          =    -                     -
            __error                                   -    =                     =
            environ                                   =    =                     =
            _NSGetEnviron                             -    =                     =
            """;

    private final Platform platform;
    private final Map<String, String> symbols = new LinkedHashMap<>(256);

    private Symbols(Platform platform) {
        this.platform = platform;
        int column =
                switch (platform) {
                    case LINUX_X86_64, LINUX_AARCH64 -> 1;
                    case MACOS_AARCH64 -> 2;
                    case MACOS_X86_64 -> 3;
                };
        TextTable table = new TextTable(SYMBOLS);
        while (table.next()) {
            String symbol = table.word(column);
            if (!symbol.equals("-")) {
                symbols.put(table.word(0), symbol.equals("=") ? table.word(0) : symbol);
            }
        }
    }

    /** The symbols of a platform. */
    public static Symbols of(Platform platform) {
        return new Symbols(platform);
    }

    /**
     * The symbol to look up for a function of C.
     *
     * @throws NoSuchElementException if the platform, or this library, does not have it
     */
    public String name(String function) {
        String symbol = symbols.get(function);
        if (symbol == null) {
            throw new NoSuchElementException(
                    "no symbol for %s on %s".formatted(function, platform.key()));
        }
        return symbol;
    }

    /** Whether the platform has a function. */
    public boolean has(String function) {
        return symbols.containsKey(function);
    }

    /** The names of all functions that the platform has. */
    public Set<String> names() {
        return Collections.unmodifiableSet(symbols.keySet());
    }
}
