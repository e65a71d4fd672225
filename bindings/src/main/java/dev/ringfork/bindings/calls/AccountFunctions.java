// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static dev.ringfork.bindings.calls.Native.address;
import static dev.ringfork.bindings.calls.Native.keeping;

import java.lang.foreign.MemorySegment;

/**
 * The functions of the C library on users and groups, reached in this way under every provider.
 *
 * <p>Also where there is a system call of the same name: that changes the calling thread alone, and
 * the C library's function changes all threads of the process, setuid(2). Each returns its result
 * or {@code -errno}. Safe for use by many threads.
 */
public final class AccountFunctions {

    private static final Call GETEUID = Prototype.plain("geteuid").link();
    private static final Call GETUID = Prototype.plain("getuid").link();
    private static final Call GETGID = Prototype.plain("getgid").link();
    private static final Call SETGROUPS = Prototype.plain("setgroups").link();
    private static final Call SETGID = Prototype.plain("setgid").link();
    private static final Call SETUID = Prototype.plain("setuid").link();
    private static final Call GETPWNAM = Prototype.library("getpwnam_r").link();
    private static final Call GETGRNAM = Prototype.library("getgrnam_r").link();
    private static final Call GETGROUPLIST = Prototype.library("getgrouplist").link();

    private AccountFunctions() {}

    /** The user that decides what this process may do. */
    public static int geteuid() {
        return (int) GETEUID.call();
    }

    /** The user that this process belongs to. */
    public static int getuid() {
        return (int) GETUID.call();
    }

    /** The group that this process belongs to. */
    public static int getgid() {
        return (int) GETGID.call();
    }

    /** Sets the further groups of all threads, an int each. */
    public static int setgroups(int count, MemorySegment groups) {
        return keeping(groups, SETGROUPS.call(count, address(groups)));
    }

    /** Sets the group of all threads. */
    public static int setgid(int group) {
        return (int) SETGID.call(group);
    }

    /** Sets the user of all threads; root gives all of its rights up by that. */
    public static int setuid(int user) {
        return (int) SETUID.call(user);
    }

    /**
     * Looks a user up, getpwnam_r(3).
     *
     * @param result room for an address: that of {@code entry}, or 0 if there is no such user
     */
    public static int getpwnam_r(
            MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment result) {
        return look(GETPWNAM, name, entry, text, result);
    }

    /** The same for a group, getgrnam_r(3). */
    public static int getgrnam_r(
            MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment result) {
        return look(GETGRNAM, name, entry, text, result);
    }

    private static int look(
            Call call,
            MemorySegment name,
            MemorySegment entry,
            MemorySegment text,
            MemorySegment result) {
        long error =
                call.call(
                        address(name),
                        address(entry),
                        address(text),
                        text.byteSize(),
                        address(result));
        return keeping(name, entry, keeping(text, result, error));
    }

    /**
     * The groups of a user, getgrouplist(3).
     *
     * @param groups room for an int each
     * @param count how many there is room for; afterwards how many there are
     */
    public static void getgrouplist(
            MemorySegment user, int group, MemorySegment groups, MemorySegment count) {
        GETGROUPLIST.call(address(user), group, address(groups), address(count));
        keeping(user, groups, keeping(count, 0));
    }
}
