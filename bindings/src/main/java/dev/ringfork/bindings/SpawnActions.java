// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_addclose;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_addclosefrom_np;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_adddup2;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_addinherit_np;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_addopen;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_destroy;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawn_file_actions_init;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_destroy;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_init;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_setflags;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_setpgroup;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_setsigdefault;
import static dev.ringfork.bindings.calls.SpawnFunctions.posix_spawnattr_setsigmask;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a program is started with, posix_spawn(3): the descriptors that are handed over, and a clean
 * slate for the rest.
 *
 * <p>The child has standard input, output and error, the descriptors named here, and no other,
 * whatever this process has open and whether it is close-on-exec or not. No signal is blocked in it
 * or ignored. Confined to the thread that made it; close it when the programs are started.
 *
 * <pre>{@code
 * try (SpawnActions spawn = new SpawnActions()) {
 *     int pid = spawn.handOver(listener, 3).start(processes, "/bin/server", args, environment);
 * }
 * }</pre>
 */
public final class SpawnActions implements AutoCloseable {

    /**
     * The highest number that a descriptor can have in the child; those between are closed singly.
     */
    public static final int CHILD_FD_MAX = 255;

    private static final int STANDARD = 3;

    private final Arena arena = Arena.ofConfined();
    private final NavigableMap<Integer, Integer> handedOver = new TreeMap<>();
    private final NavigableMap<Integer, FileToOpen> opened = new TreeMap<>();
    private final MemorySegment actions;
    private final MemorySegment attributes;
    private int flags =
            ProcessConstants.POSIX_SPAWN_SETSIGDEF | ProcessConstants.POSIX_SPAWN_SETSIGMASK;
    private boolean built;
    private boolean closed;

    /** Begins with the standard descriptors alone. */
    public SpawnActions() {
        Layouts layouts = Layouts.current();
        actions = arena.allocate(layouts.size("posix_spawn_file_actions_t"), Long.BYTES);
        attributes = arena.allocate(layouts.size("posix_spawnattr_t"), Long.BYTES);
        check("posix_spawn_file_actions_init", posix_spawn_file_actions_init(actions));
        check("posix_spawnattr_init", posix_spawnattr_init(attributes));
    }

    /**
     * Hands a descriptor over, open in the child under another number or the same; close-on-exec of
     * this one does not matter. It stays the caller's, open until the program is started.
     *
     * @param fd the descriptor here
     * @param childFd its number in the child, up to {@link #CHILD_FD_MAX}; 0, 1 and 2 replace the
     *     standard ones
     */
    public SpawnActions handOver(int fd, int childFd) {
        requireFree(childFd);
        if (fd < 0) {
            throw new IllegalArgumentException(fd + " is no descriptor");
        }
        handedOver.put(childFd, fd);
        return this;
    }

    /** Opens a file in the child, open(2), {@code /dev/null} or a log for instance. */
    public SpawnActions open(int childFd, String path, int openFlags, int mode) {
        requireFree(childFd);
        opened.put(childFd, new FileToOpen(path, openFlags, mode));
        return this;
    }

    /** Puts the child into a process group, or with 0 into one of its own. */
    public SpawnActions processGroup(int group) {
        check("posix_spawnattr_setpgroup", posix_spawnattr_setpgroup(attributes, group));
        flags |= ProcessConstants.POSIX_SPAWN_SETPGROUP;
        return this;
    }

    /** Lets the child lead a session of its own, without a terminal. */
    public SpawnActions newSession() {
        flags |= ProcessConstants.POSIX_SPAWN_SETSID;
        return this;
    }

    private void requireFree(int childFd) {
        if (built) {
            throw new IllegalStateException("the actions are built");
        }
        if (childFd < 0 || childFd > CHILD_FD_MAX) {
            throw new IllegalArgumentException(
                    "a descriptor is handed over as 0 to %d, not %d"
                            .formatted(CHILD_FD_MAX, childFd));
        }
        if (handedOver.containsKey(childFd) || opened.containsKey(childFd)) {
            throw new IllegalArgumentException("descriptor %d is taken".formatted(childFd));
        }
    }

    /**
     * Starts a program. The child is the caller's to wait for.
     *
     * @param program its path; the PATH is not searched
     * @param arguments all of them, by custom the program's name first
     * @param environment all of it: pass {@link System#getenv()} to keep this process's
     * @return the pid, or {@code -ENOENT}, {@code -EACCES}, {@code -EAGAIN} (RLIMIT_NPROC), {@code
     *     -EBADF} (a descriptor to hand over is closed)…
     */
    public int start(
            Processes processes,
            String program,
            List<String> arguments,
            Map<String, String> environment) {
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        try (Arena call = Arena.ofConfined()) {
            MemorySegment pid = call.allocate(JAVA_INT);
            int result =
                    processes.posix_spawn(
                            pid,
                            call.allocateFrom(program),
                            actions(),
                            attributes(),
                            Memory.strings(call, arguments),
                            Memory.strings(call, variables));
            return result < 0 ? result : pid.get(JAVA_INT, 0);
        }
    }

    /** The {@code posix_spawn_file_actions_t} for {@link Processes#posix_spawn}. */
    public MemorySegment actions() {
        build();
        return actions;
    }

    /** The {@code posix_spawnattr_t} for {@link Processes#posix_spawn}. */
    public MemorySegment attributes() {
        build();
        return attributes;
    }

    private void build() {
        if (built) {
            return;
        }
        built = true;
        buildAttributes();
        List<Integer> parked = park();
        opened.forEach((fd, file) ->
                check(
                        "posix_spawn_file_actions_addopen",
                        posix_spawn_file_actions_addopen(
                                actions,
                                fd,
                                arena.allocateFrom(file.path),
                                file.flags,
                                file.mode)));
        int next = 0;
        for (int childFd : handedOver.keySet()) {
            dup2(parked.get(next++), childFd);
        }
        if (Platform.current().macos()) {
            closeRestOnMacos(parked);
        } else {
            closeRestOnLinux();
        }
    }

    private void buildAttributes() {
        boolean macos = Platform.current().macos();
        int bytes = Layouts.current().size("sigset_t");
        MemorySegment signals = arena.allocate(bytes, Long.BYTES);
        check("posix_spawnattr_setsigmask", posix_spawnattr_setsigmask(attributes, signals));
        // All, also the two that glibc keeps to itself: a child would begin with those ignored.
        signals.fill((byte) 0xff);
        check("posix_spawnattr_setsigdefault", posix_spawnattr_setsigdefault(attributes, signals));
        int closing = macos ? ProcessConstants.POSIX_SPAWN_CLOEXEC_DEFAULT : 0;
        check("posix_spawnattr_setflags", posix_spawnattr_setflags(attributes, flags | closing));
    }

    /**
     * Copies the descriptors to numbers that are neither theirs nor their targets', so that moving
     * one to its place never overwrites another. Any other number will do: nothing else stays open.
     */
    private List<Integer> park() {
        List<Integer> parked = new ArrayList<>();
        int place = STANDARD;
        for (int fd : handedOver.values()) {
            while (handedOver.containsValue(place)
                    || handedOver.containsKey(place)
                    || opened.containsKey(place)) {
                place++;
            }
            dup2(fd, place);
            parked.add(place++);
        }
        return parked;
    }

    private void dup2(int fd, int newFd) {
        check(
                "posix_spawn_file_actions_adddup2",
                posix_spawn_file_actions_adddup2(actions, fd, newFd));
    }

    private void closeRestOnMacos(List<Integer> parked) {
        for (int fd = 0; fd < STANDARD; fd++) {
            if (!kept(fd)) {
                check(
                        "posix_spawn_file_actions_addinherit_np",
                        posix_spawn_file_actions_addinherit_np(actions, fd));
            }
        }
        parked.forEach(this::addClose);
    }

    private void closeRestOnLinux() {
        int end = STANDARD;
        for (int fd = STANDARD; fd <= CHILD_FD_MAX; fd++) {
            end = kept(fd) ? fd + 1 : end;
        }
        for (int fd = STANDARD; fd < end; fd++) {
            if (!kept(fd)) {
                addClose(fd);
            }
        }
        int result = posix_spawn_file_actions_addclosefrom_np(actions, end);
        if (result == -Errno.ENOSYS) {
            closeWhatIsOpen(end);
        } else {
            check("posix_spawn_file_actions_addclosefrom_np", result);
        }
    }

    /** For a C library without closefrom: what is opened from here on slips through. */
    private void closeWhatIsOpen(int from) {
        String[] numbers = new File("/proc/self/fd").list();
        for (String number : numbers == null ? new String[0] : numbers) {
            if (Integer.parseInt(number) >= from) {
                addClose(Integer.parseInt(number));
            }
        }
    }

    private boolean kept(int childFd) {
        return handedOver.containsKey(childFd) || opened.containsKey(childFd);
    }

    private void addClose(int fd) {
        check("posix_spawn_file_actions_addclose", posix_spawn_file_actions_addclose(actions, fd));
    }

    private static void check(String function, int result) {
        Errno.check(function, result, null);
    }

    /** Frees both arguments. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
            arena.close();
        }
    }

    private record FileToOpen(String path, int flags, int mode) {}
}
