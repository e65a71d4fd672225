// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.calls.AccountFunctions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A user with its groups, whom a process can become for good. Immutable and safe for use by many
 * threads.
 *
 * @param uid the user
 * @param gid the group that files which it makes belong to
 * @param groups all groups whose rights it has
 */
public record Account(int uid, int gid, List<Integer> groups) {
    private static final int ROOT = 0;

    /** More than a kernel lets a process have. */
    private static final int GROUPS_MOST = 65_536;

    private static final int TEXT_BYTES = 65_536;

    // struct passwd and struct group begin with two addresses, on Linux and macOS alike.
    private static final int ENTRY_BYTES = 128;
    private static final int UID_OFFSET = 16;
    private static final int GID_OFFSET = 20;
    private static final int GROUP_OFFSET = 16;

    /** Keeps a copy of the groups. */
    public Account {
        groups = List.copyOf(groups);
    }

    private interface Lookup {
        int find(MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment result);
    }

    /**
     * Looks a user up, getpwnam_r(3), with all groups that it is in.
     *
     * @param user a name or a number
     * @param group the name or number of a group in place of the user's own; null for that
     * @throws IllegalArgumentException if there is no such user or group: the message says so
     */
    public static Account of(String user, @Nullable String group) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = find(arena, user, AccountFunctions::getpwnam_r);
            if (entry == null && !numeric(user)) {
                throw new IllegalArgumentException(
                        "there is no user '%s' here: see /etc/passwd".formatted(user));
            }
            if (entry == null && group == null) {
                throw new IllegalArgumentException(
                        "user %s has no entry in /etc/passwd, so its group is to be given too"
                                .formatted(user));
            }
            int uid = entry == null ? number(user) : entry.get(JAVA_INT, UID_OFFSET);
            int gid = group == null ? ownGroup(entry) : group(arena, group);
            return new Account(uid, gid, entry == null ? List.of(gid) : groups(arena, user, gid));
        }
    }

    private static int ownGroup(@Nullable MemorySegment entry) {
        return entry == null ? ROOT : entry.get(JAVA_INT, GID_OFFSET);
    }

    private static int group(Arena arena, String name) {
        MemorySegment entry = find(arena, name, AccountFunctions::getgrnam_r);
        if (entry == null && !numeric(name)) {
            throw new IllegalArgumentException(
                    "there is no group '%s' here: see /etc/group".formatted(name));
        }
        return entry == null ? number(name) : entry.get(JAVA_INT, GROUP_OFFSET);
    }

    private static boolean numeric(String text) {
        return text.matches("\\d{1,10}");
    }

    private static int number(String text) {
        return Integer.parseUnsignedInt(text);
    }

    private static @Nullable MemorySegment find(Arena arena, String name, Lookup lookup) {
        MemorySegment entry = arena.allocate(ENTRY_BYTES, Long.BYTES);
        MemorySegment result = arena.allocate(JAVA_LONG);
        int error =
                lookup.find(arena.allocateFrom(name), entry, arena.allocate(TEXT_BYTES), result);
        // Some systems call it an error that there is no such name.
        boolean missing = error == -Errno.ENOENT || error == -Errno.ESRCH;
        if (!missing) {
            Errno.check("getpwnam_r", error, name);
        }
        return missing || result.get(JAVA_LONG, 0) == 0 ? null : entry;
    }

    private static List<Integer> groups(Arena arena, String user, int gid) {
        MemorySegment groups = arena.allocate(JAVA_INT, GROUPS_MOST);
        MemorySegment count = arena.allocateFrom(JAVA_INT, GROUPS_MOST);
        AccountFunctions.getgrouplist(arena.allocateFrom(user), gid, groups, count);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
            all.add(groups.getAtIndex(JAVA_INT, i));
        }
        return all;
    }

    /**
     * Reads what {@link #toString} has written.
     *
     * @throws IllegalArgumentException if that has not written it
     */
    public static Account parse(String text) {
        if (!text.matches("\\d{1,10}(,\\d{1,10})+")) {
            throw new IllegalArgumentException("'%s' is no account".formatted(text));
        }
        List<Integer> numbers = Arrays.stream(text.split(",", -1)).map(Account::number).toList();
        return new Account(numbers.get(0), numbers.get(1), numbers.subList(2, numbers.size()));
    }

    /** Whether this process is root, and may become anybody. */
    public static boolean isRoot() {
        return AccountFunctions.geteuid() == ROOT;
    }

    /** Whether this process belongs to that user and group already. */
    public boolean isMine() {
        return AccountFunctions.getuid() == uid
                && AccountFunctions.geteuid() == uid
                && AccountFunctions.getgid() == gid;
    }

    /**
     * Makes all threads of this process that user's, for good: setgroups(2), setgid(2), setuid(2),
     * in this order, because each takes rights that the next may need the other way round. Does
     * nothing where it has been done. Memory of the process stays readable for that user, as it was
     * for root, prctl(2) {@code PR_SET_DUMPABLE}: else it could not look into its own /proc.
     *
     * @throws SyscallException if this process may not, with EPERM
     * @throws IllegalStateException if it could become root again
     */
    public void become(Processes processes) {
        if (!isMine()) {
            change();
            if (Platform.current().linux()) {
                processes.prctl(ProcessConstants.PR_SET_DUMPABLE, 1, 0, 0, 0);
            }
        }
        boolean back = uid != ROOT && AccountFunctions.setuid(ROOT) == 0;
        if (back || !isMine()) {
            throw new IllegalStateException(
                    "user %d could become root again: not going on".formatted(uid));
        }
    }

    private void change() {
        try (Arena arena = Arena.ofConfined()) {
            int[] all = groups.stream().mapToInt(Integer::intValue).toArray();
            MemorySegment list = arena.allocate(JAVA_INT, all.length + 1L);
            MemorySegment.copy(all, 0, list, JAVA_INT, 0, all.length);
            Errno.check("setgroups", AccountFunctions.setgroups(all.length, list), this);
        }
        Errno.check("setgid", AccountFunctions.setgid(gid), this);
        Errno.check("setuid", AccountFunctions.setuid(uid), this);
    }

    /** {@code uid,gid,group,group…}; unsigned, for nobody is -2 on macOS. */
    @Override
    public String toString() {
        return IntStream.concat(IntStream.of(uid, gid), groups.stream().mapToInt(Integer::intValue))
                .mapToObj(Integer::toUnsignedString)
                .collect(Collectors.joining(","));
    }
}
