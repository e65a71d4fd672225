// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EEXIST;
import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.ENOENT;
import static dev.ringfork.reactor.demux.Interest.ERROR;
import static dev.ringfork.reactor.demux.Interest.HANGUP;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.READ_CLOSED;
import static dev.ringfork.reactor.demux.Interest.WRITE;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Constants;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * kqueue(2) of macOS, with any trigger. Written against Apple's headers and sources, never run
 * there.
 *
 * <p>A kqueue watches each direction by a filter of its own; here they are one registration again,
 * with one event. A filter tells of the end of its own direction only, so a hang-up is the end of
 * both. Where one filter has met the end the other is asked in the same poll, and who is interested
 * in nothing has both, cleared at each event, to hear of the end.
 *
 * <p>Only a change that makes the kernel attach a filter can fail: it is a call of its own. Others
 * go along with the next poll. A regular file is not refused.
 */
public final class KqueueDemultiplexer implements Demultiplexer {
    /** Events taken at one poll: enough to share the call, few enough to stay in the cache. */
    private static final int EVENTS_MAX = 512;

    /** No more than events: then every failed change finds room to be told. */
    private static final int CHANGES_MAX = EVENTS_MAX;

    /** What one call here queues at most: each filter detached and attached anew. */
    private static final int CHANGES_AT_ONCE = 4;

    private static final int FIRST_DESCRIPTORS = 256;
    private static final int BOTH = READ | WRITE;

    // Apple's values whatever runs this, as with the layout: elsewhere the names have none.
    private static final Constants DARWIN = Constants.of(Platform.MACOS_AARCH64);
    private static final int EVFILT_READ = constant("EVFILT_READ");
    private static final int EVFILT_WRITE = constant("EVFILT_WRITE");
    private static final int EV_ADD = constant("EV_ADD");
    private static final int EV_DELETE = constant("EV_DELETE");
    private static final int EV_ENABLE = constant("EV_ENABLE");
    private static final int EV_CLEAR = constant("EV_CLEAR");
    private static final int EV_DISPATCH = constant("EV_DISPATCH");
    private static final int EV_RECEIPT = constant("EV_RECEIPT");
    private static final int EV_ERROR = constant("EV_ERROR");
    private static final int EV_EOF = constant("EV_EOF");

    private final Kqueue kqueue;
    private final Descriptors descriptors;
    private final Trigger trigger;
    private final int kq;
    private final int askedFlags;
    private final Arena arena = Arena.ofShared();
    private final KeventList events = new KeventList(arena, EVENTS_MAX);
    private final KeventList changes = new KeventList(arena, CHANGES_MAX);
    private final KeventList receipts = new KeventList(arena, CHANGES_MAX);
    private int changeCount;

    private @Nullable Watch[] byDescriptor = new @Nullable Watch[FIRST_DESCRIPTORS];

    // Twice: a poll that looks closer takes events a second time.
    private final @Nullable Watch[] told = new @Nullable Watch[2 * EVENTS_MAX];
    private int toldCount;
    private final long[] readyTokens = new long[2 * EVENTS_MAX];
    private final int[] readyBits = new int[2 * EVENTS_MAX];

    /** What the kernel's filter of one direction is there for. */
    private enum Use {
        /** It is not there. */
        NONE,
        /** To tell what was asked for, as the trigger has it. */
        ASKED,
        /** To tell of the end; cleared at each event, or unread bytes would be told for ever. */
        END
    }

    /** A descriptor's registration; kept for the next one of the same number. */
    private static final class Watch {
        final int fd;
        boolean registered;
        long token;
        int interest;
        Use read = Use.NONE;
        Use write = Use.NONE;

        /** The directions whose end was told. An end is for good, and may be told only once. */
        int ended;

        /** The directions told in this poll, and whether an error was. */
        int fired;

        boolean failed;

        Watch(int fd) {
            this.fd = fd;
        }
    }

    private KqueueDemultiplexer(Syscalls syscalls, Trigger trigger, int kq) {
        this.kqueue = syscalls.kqueue();
        this.descriptors = syscalls.descriptors();
        this.trigger = trigger;
        this.kq = kq;
        this.askedFlags =
                switch (trigger) {
                    case LEVEL -> 0;
                    case EDGE -> EV_CLEAR;
                    // Not EV_ONESHOT, which frees the filter: attaching it anew may fail.
                    case ONESHOT -> EV_DISPATCH;
                };
    }

    private static int constant(String name) {
        return (int) DARWIN.value(name);
    }

    /**
     * Opens a kqueue.
     *
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses
     */
    public static KqueueDemultiplexer open(Syscalls syscalls, Trigger trigger) {
        int kq = syscalls.kqueue().kqueue();
        return new KqueueDemultiplexer(syscalls, trigger, Errno.check("kqueue", kq, trigger));
    }

    @Override
    public String name() {
        return "kqueue";
    }

    @Override
    public Trigger trigger() {
        return trigger;
    }

    @Override
    public int add(int fd, int interest, long token) {
        Watch watch = watch(fd);
        if (watch.registered) {
            return -EEXIST;
        }
        watch.registered = true;
        watch.ended = 0;
        int result = tell(watch, interest, token);
        if (result < 0) {
            remove(fd);
        }
        return result;
    }

    private Watch watch(int fd) {
        if (fd >= byDescriptor.length) {
            byDescriptor = Arrays.copyOf(byDescriptor, Math.max(fd + 1, 2 * byDescriptor.length));
        }
        Watch watch = byDescriptor[fd];
        if (watch == null) {
            watch = new Watch(fd);
            byDescriptor[fd] = watch;
        }
        return watch;
    }

    private @Nullable Watch registered(int fd) {
        Watch watch = fd < byDescriptor.length ? byDescriptor[fd] : null;
        return watch != null && watch.registered ? watch : null;
    }

    @Override
    public int modify(int fd, int interest, long token) {
        Watch watch = registered(fd);
        return watch == null ? -ENOENT : tell(watch, interest, token);
    }

    /** Brings the filters in line with an interest. */
    private int tell(Watch watch, int interest, long token) {
        makeRoom();
        watch.interest = interest;
        watch.token = token;
        int first = changeCount;
        Use read = use(interest, READ);
        Use write = use(interest, WRITE);
        boolean attaches = queue(watch, EVFILT_READ, watch.read, read);
        attaches |= queue(watch, EVFILT_WRITE, watch.write, write);
        watch.read = read;
        watch.write = write;
        return attaches ? apply(first) : 0;
    }

    private Use use(int interest, int direction) {
        if (trigger == Trigger.EDGE || (interest & direction) != 0) {
            return Use.ASKED;
        }
        return interest == 0 ? Use.END : Use.NONE;
    }

    /** Queues what changes a filter's use; says whether the kernel will have to attach one. */
    private boolean queue(Watch watch, int filter, Use before, Use use) {
        boolean changed = use != before;
        if (changed && before != Use.NONE) {
            // An attached filter does not change how it is cleared.
            queue(watch.fd, filter, EV_DELETE);
        }
        // Without a change it is armed again, or told again what is ready; a level is told anyway.
        boolean again = use == Use.ASKED && trigger != Trigger.LEVEL;
        if (use != Use.NONE && (changed || again)) {
            int flags = use == Use.ASKED ? askedFlags(watch) : EV_CLEAR;
            queue(watch.fd, filter, EV_ADD | EV_ENABLE | flags);
        }
        return changed && use != Use.NONE;
    }

    private int askedFlags(Watch watch) {
        // What is watched elsewhere too is not armed again, so it must stay armed.
        boolean staysArmed = (watch.interest & Interest.EXCLUSIVE) != 0;
        return staysArmed && trigger == Trigger.ONESHOT ? 0 : askedFlags;
    }

    private void queue(int fd, int filter, int flags) {
        changes.set(changeCount++, fd, filter, flags);
    }

    private void makeRoom() {
        if (changeCount > CHANGES_MAX - CHANGES_AT_ONCE) {
            apply(changeCount);
        }
    }

    /**
     * Makes all queued changes now.
     *
     * @param first the changes from this one on are the caller's business
     * @return 0, or the {@code -errno} of the first of them that failed
     */
    private int apply(int first) {
        int count = changeCount;
        for (int i = 0; i < count; i++) {
            // With a receipt for each, no event is taken, and a failure does not end the call.
            changes.flags(i, changes.flags(i) | EV_RECEIPT);
        }
        int n;
        do {
            n = kqueue.kevent(kq, changes.address(), count, receipts.address(), CHANGES_MAX, 0);
        } while (n == -EINTR);
        changeCount = 0;
        for (int i = first; i < n; i++) {
            // What is to be deleted may be gone, with its descriptor.
            if ((receipts.flags(i) & EV_ADD) != 0 && receipts.errno(i) != 0) {
                return -receipts.errno(i);
            }
        }
        return Math.min(n, 0);
    }

    @Override
    public int remove(int fd) {
        Watch watch = registered(fd);
        if (watch == null) {
            return -ENOENT;
        }
        makeRoom();
        detach(watch, BOTH);
        watch.registered = false;
        return 0;
    }

    private void detach(Watch watch, int directions) {
        if ((directions & READ) != 0) {
            queue(watch, EVFILT_READ, watch.read, Use.NONE);
            watch.read = Use.NONE;
        }
        if ((directions & WRITE) != 0) {
            queue(watch, EVFILT_WRITE, watch.write, Use.NONE);
            watch.write = Use.NONE;
        }
    }

    @Override
    public int forget(int fd) {
        Watch watch = registered(fd);
        if (watch == null || changeCount > 0) {
            // A queued change would meet the number's next owner, unless it is undone behind it.
            return remove(fd);
        }
        watch.read = Use.NONE;
        watch.write = Use.NONE;
        watch.registered = false;
        return 0;
    }

    @Override
    public int poll(long timeoutNs) {
        toldCount = 0;
        int n = await(timeoutNs);
        if (n < 0) {
            return n;
        }
        take(n);
        if (lookCloser()) {
            take(await(0));
        }
        return report();
    }

    private int await(long timeoutNs) {
        int n = kevent(changeCount, timeoutNs);
        if (n < 0) {
            // Changes are kept: made a second time they do no harm.
            return n;
        }
        changeCount = 0;
        // A failed change is told instead of events. It was to arm or delete what has gone with
        // its descriptor: nobody's business.
        return n > 0 && (events.flags(0) & EV_ERROR) != 0 ? kevent(0, timeoutNs) : n;
    }

    private int kevent(int count, long timeoutNs) {
        return kqueue.kevent(
                kq,
                changes.address(),
                count,
                events.address(),
                EVENTS_MAX,
                Math.max(timeoutNs, -1));
    }

    private void take(int n) {
        for (int i = 0; i < n; i++) {
            Watch watch = registered(events.fd(i));
            if (watch != null) {
                take(watch, i);
            }
        }
    }

    private void take(Watch watch, int index) {
        if (watch.fired == 0) {
            told[toldCount++] = watch;
        }
        int direction = events.filter(index) == EVFILT_READ ? READ : WRITE;
        watch.fired |= direction;
        if ((events.flags(index) & EV_EOF) != 0) {
            watch.ended |= direction;
            // With the end comes the socket's error, if there is one.
            watch.failed |= events.fflags(index) != 0;
        }
    }

    /** Where one direction has ended, asks whether the other has, too. */
    private boolean lookCloser() {
        boolean asks = false;
        for (int i = 0; i < toldCount; i++) {
            Watch watch = told(i);
            if (watch.ended == READ && watch.write == Use.NONE) {
                makeRoom();
                queue(watch, EVFILT_WRITE, Use.NONE, Use.END);
                watch.write = Use.END;
                asks = true;
            } else if (watch.ended == WRITE && watch.read == Use.NONE) {
                makeRoom();
                queue(watch, EVFILT_READ, Use.NONE, Use.END);
                watch.read = Use.END;
                asks = true;
            }
        }
        return asks;
    }

    private int report() {
        int stored = 0;
        for (int i = 0; i < toldCount; i++) {
            Watch watch = told(i);
            int bits = bits(watch);
            if (bits != 0) {
                readyTokens[stored] = watch.token;
                readyBits[stored++] = bits;
                if (trigger == Trigger.ONESHOT) {
                    disarm(watch);
                }
            }
            watch.fired = 0;
            watch.failed = false;
        }
        return stored;
    }

    private Watch told(int index) {
        return Objects.requireNonNull(told[index]);
    }

    private int bits(Watch watch) {
        int bits = watch.fired & (trigger == Trigger.EDGE ? BOTH : watch.interest);
        if (watch.failed) {
            bits |= BOTH | ERROR;
        }
        if (watch.ended == BOTH) {
            return bits | BOTH | READ_CLOSED | HANGUP;
        }
        return (bits & watch.ended & READ) != 0 ? bits | READ_CLOSED : bits;
    }

    /** The kernel has disabled what has fired; the rest must not fire either. */
    private void disarm(Watch watch) {
        makeRoom();
        int asked = (watch.read == Use.ASKED ? READ : 0) | (watch.write == Use.ASKED ? WRITE : 0);
        detach(watch, BOTH & ~(watch.fired & asked));
    }

    @Override
    public long token(int index) {
        return readyTokens[index];
    }

    @Override
    public int ready(int index) {
        return readyBits[index];
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            descriptors.close(kq);
            arena.close();
        }
    }
}
