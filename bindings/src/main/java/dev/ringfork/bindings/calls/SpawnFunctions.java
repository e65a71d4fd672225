// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static dev.ringfork.bindings.calls.Native.address;
import static dev.ringfork.bindings.calls.Native.keeping;

import java.lang.foreign.MemorySegment;

/**
 * The functions that fill the two opaque arguments of posix_spawn(3).
 *
 * <p>They only write to memory and make no system call, so they are reached in this way under every
 * provider. Each returns 0 or {@code -errno}. Safe for use by many threads on memory of their own.
 */
public final class SpawnFunctions {

    private static final Call ACTIONS_INIT = link("posix_spawn_file_actions_init");
    private static final Call ACTIONS_DESTROY = link("posix_spawn_file_actions_destroy");
    private static final Call ADDOPEN = link("posix_spawn_file_actions_addopen");
    private static final Call ADDCLOSE = link("posix_spawn_file_actions_addclose");
    private static final Call ADDDUP2 = link("posix_spawn_file_actions_adddup2");
    private static final Call ADDCLOSEFROM = link("posix_spawn_file_actions_addclosefrom_np");
    private static final Call ADDINHERIT = link("posix_spawn_file_actions_addinherit_np");
    private static final Call ATTR_INIT = link("posix_spawnattr_init");
    private static final Call ATTR_DESTROY = link("posix_spawnattr_destroy");
    private static final Call SETFLAGS = link("posix_spawnattr_setflags");
    private static final Call SETPGROUP = link("posix_spawnattr_setpgroup");
    private static final Call SETSIGDEFAULT = link("posix_spawnattr_setsigdefault");
    private static final Call SETSIGMASK = link("posix_spawnattr_setsigmask");

    private SpawnFunctions() {}

    private static Call link(String name) {
        return Prototype.library(name).link();
    }

    /** Empties a list of actions. */
    public static int posix_spawn_file_actions_init(MemorySegment actions) {
        return keeping(actions, ACTIONS_INIT.call(address(actions)));
    }

    /** Frees what a list of actions holds. */
    public static int posix_spawn_file_actions_destroy(MemorySegment actions) {
        return keeping(actions, ACTIONS_DESTROY.call(address(actions)));
    }

    /** Appends the opening of a file; the path is copied. */
    public static int posix_spawn_file_actions_addopen(
            MemorySegment actions, int fd, MemorySegment path, int flags, int mode) {
        return keeping(
                actions, path, ADDOPEN.call(address(actions), fd, address(path), flags, mode));
    }

    /** Appends the closing of a descriptor. */
    public static int posix_spawn_file_actions_addclose(MemorySegment actions, int fd) {
        return keeping(actions, ADDCLOSE.call(address(actions), fd));
    }

    /** Appends a dup2(2). */
    public static int posix_spawn_file_actions_adddup2(MemorySegment actions, int fd, int newFd) {
        return keeping(actions, ADDDUP2.call(address(actions), fd, newFd));
    }

    /** Appends the closing of all descriptors from one on; glibc since 2.34. */
    public static int posix_spawn_file_actions_addclosefrom_np(MemorySegment actions, int from) {
        return keeping(actions, ADDCLOSEFROM.call(address(actions), from));
    }

    /** Appends the exemption of a descriptor from being closed by default; macOS. */
    public static int posix_spawn_file_actions_addinherit_np(MemorySegment actions, int fd) {
        return keeping(actions, ADDINHERIT.call(address(actions), fd));
    }

    /** Sets attributes to their defaults. */
    public static int posix_spawnattr_init(MemorySegment attributes) {
        return keeping(attributes, ATTR_INIT.call(address(attributes)));
    }

    /** Frees what attributes hold. */
    public static int posix_spawnattr_destroy(MemorySegment attributes) {
        return keeping(attributes, ATTR_DESTROY.call(address(attributes)));
    }

    /** Says which attributes count, and what else is wanted. */
    public static int posix_spawnattr_setflags(MemorySegment attributes, int flags) {
        return keeping(attributes, SETFLAGS.call(address(attributes), flags));
    }

    /** Sets the process group; 0 for one of the child's own. */
    public static int posix_spawnattr_setpgroup(MemorySegment attributes, int group) {
        return keeping(attributes, SETPGROUP.call(address(attributes), group));
    }

    /** Sets the signals whose handling returns to the default. */
    public static int posix_spawnattr_setsigdefault(MemorySegment attributes, MemorySegment set) {
        return keeping(attributes, set, SETSIGDEFAULT.call(address(attributes), address(set)));
    }

    /** Sets the signals that the child begins with blocked. */
    public static int posix_spawnattr_setsigmask(MemorySegment attributes, MemorySegment set) {
        return keeping(attributes, set, SETSIGMASK.call(address(attributes), address(set)));
    }
}
