// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * The numbers of Linux's system calls, what C calls {@code __NR_…}.
 *
 * <p>Calls go by the kernel's name, which is not always libc's: {@code pread64}, {@code eventfd2}.
 * macOS has none: its numbers are not stable, and its libc is the only way in. Immutable.
 */
public final class SyscallNumbers {

    /** Columns: linux-x86_64, linux-aarch64. The second began without what newer calls cover. */
    private static final String NUMBERS =
            """
            read                  0             63
            write                 1             64
            readv                 19            65
            writev                20            66
            pread64               17            67
            pwrite64              18            68
            close                 3             57
            dup                   32            23
            dup3                  292           24
            fcntl                 72            25
            ioctl                 16            29
            flock                 73            32
            open                  2             -
            openat                257           56
            pipe2                 293           59
            eventfd2              290           19
            lseek                 8             62
            fstat                 5             80
            newfstatat            262           79
            ftruncate             77            46
            fsync                 74            82
            fdatasync             75            83
            unlink                87            -
            unlinkat              263           35
            sendfile              40            71
            splice                275           76
            memfd_create          319           279
            close_range           436           436

            socket                41            198
            socketpair            53            199
            bind                  49            200
            listen                50            201
            accept                43            202
            accept4               288           242
            connect               42            203
            shutdown              48            210
            setsockopt            54            208
            getsockopt            55            209
            getsockname           51            204
            getpeername           52            205
            sendto                44            206
            recvfrom              45            207
            sendmsg               46            211
            recvmsg               47            212
            recvmmsg              299           243
            sendmmsg              307           269

            poll                  7             -
            ppoll                 271           73
            select                23            -
            pselect6              270           72
            epoll_create1         291           20
            epoll_ctl             233           21
            epoll_wait            232           -
            epoll_pwait           281           22
            epoll_pwait2          441           441

            getpid                39            172
            getppid               110           173
            gettid                186           178
            kill                  62            129
            tgkill                234           131
            wait4                 61            260
            waitid                247           95
            pidfd_open            434           434
            pidfd_send_signal     424           424
            pidfd_getfd           438           438
            setsid                112           157
            getsid                124           156
            setpgid               109           154
            getpgid               121           155
            getrlimit             97            163
            setrlimit             160           164
            prlimit64             302           261
            prctl                 157           167

            mmap                  9             222
            munmap                11            215
            mprotect              10            226
            madvise               28            233
            msync                 26            227
            futex                 202           98

            io_uring_setup        425           425
            io_uring_enter        426           426
            io_uring_register     427           427
            """;

    private final Platform platform;
    private final Map<String, Integer> numbers = new LinkedHashMap<>(256);

    private SyscallNumbers(Platform platform) {
        this.platform = platform;
        if (platform.linux()) {
            int column = 1 + ConstantTable.column(platform);
            TextTable table = new TextTable(NUMBERS);
            while (table.next()) {
                if (!table.word(column).equals("-")) {
                    numbers.put(table.word(0), Integer.valueOf(table.word(column)));
                }
            }
        }
    }

    /** The numbers of a platform; none for macOS. */
    public static SyscallNumbers of(Platform platform) {
        return new SyscallNumbers(platform);
    }

    /**
     * The number of a call.
     *
     * @throws NoSuchElementException if the platform, or this library, does not have it
     */
    public int number(String call) {
        Integer number = numbers.get(call);
        if (number == null) {
            throw new NoSuchElementException(
                    "no number of %s on %s".formatted(call, platform.key()));
        }
        return number;
    }

    /** Whether the platform has a number for a call. */
    public boolean has(String call) {
        return numbers.containsKey(call);
    }

    /** The names of all calls that the platform has a number for. */
    public Set<String> names() {
        return Collections.unmodifiableSet(numbers.keySet());
    }
}
