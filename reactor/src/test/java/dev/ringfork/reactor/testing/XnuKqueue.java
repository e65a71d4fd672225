// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.ENOENT;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.EpollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A MODEL of xnu's kqueue, for Linux: what it does is what we have read that xnu does, so that a
 * test which passes on it shows agreement with our reading, not with a Mac.
 *
 * <p>It watches real descriptors. A knote is activated by the edges that an epoll of its direction
 * tells, and is looked at by poll(2) before it is told, as xnu asks the filter again. Only the
 * filters of reading and writing are here; an event's data says 1 where xnu counts bytes; a pending
 * error is told as ECONNRESET whatever it is, since asking would clear it.
 *
 * <p>Safe for use by many threads as the real one is, but a kqueue serves one thread at a time.
 */
public final class XnuKqueue implements Kqueue {
    static final int EVFILT_READ = -1;
    static final int EVFILT_WRITE = -2;
    static final int EV_ADD = 0x1;
    static final int EV_DELETE = 0x2;
    static final int EV_ENABLE = 0x4;
    static final int EV_DISABLE = 0x8;
    static final int EV_ONESHOT = 0x10;
    static final int EV_CLEAR = 0x20;
    static final int EV_RECEIPT = 0x40;
    static final int EV_DISPATCH = 0x80;
    static final int EV_ERROR = 0x4000;
    static final int EV_EOF = 0x8000;

    private static final int KEVENT_BYTES = 32;
    private static final long NS_PER_MS = 1_000_000;

    private final Map<Integer, KnoteTable> tables = new ConcurrentHashMap<>();
    private final Set<Integer> sendShut = ConcurrentHashMap.newKeySet();
    private final Polling polling;

    private XnuKqueue(Syscalls syscalls) {
        polling = syscalls.polling();
    }

    /** Calls as macOS has them in what a loop uses: kqueue, no epoll, no eventfd. */
    public static Syscalls over(Syscalls syscalls) {
        XnuKqueue model = new XnuKqueue(syscalls);
        Descriptors descriptors =
                Proxies.of(
                        Descriptors.class,
                        (self, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                model.closing((Integer) arguments[0]);
                            }
                            return Proxies.invoke(method, syscalls.descriptors(), arguments);
                        });
        Sockets sockets =
                Proxies.of(
                        Sockets.class,
                        (self, method, arguments) -> {
                            Object result = Proxies.invoke(method, syscalls.sockets(), arguments);
                            if (method.getName().equals("shutdown")
                                    && (Integer) arguments[1] != SocketConstants.SHUT_RD) {
                                model.sendShut((Integer) arguments[0]);
                            }
                            return result;
                        });
        return Proxies.of(
                Syscalls.class,
                (self, method, arguments) ->
                        switch (method.getName()) {
                            case "kqueue" -> model;
                            case "descriptors" -> descriptors;
                            case "sockets" -> sockets;
                            case "absence" -> absence(syscalls, (String) arguments[0]);
                            default -> Proxies.invoke(method, syscalls, arguments);
                        });
    }

    private static @Nullable String absence(Syscalls syscalls, String call) {
        return switch (call) {
            case "kqueue", "kevent" -> null;
            case "epoll_create1", "epoll_ctl", "epoll_wait" -> "macOS has no epoll";
            case "eventfd" -> "macOS has no eventfd";
            default -> syscalls.absence(call);
        };
    }

    @Override
    public int kqueue() {
        Epoll epoll = Syscalls.get().epoll();
        int kq = epoll.epoll_create1(EpollConstants.EPOLL_CLOEXEC);
        if (kq < 0) {
            return kq;
        }
        int second = epoll.epoll_create1(EpollConstants.EPOLL_CLOEXEC);
        tables.put(kq, new KnoteTable(kq, Errno.check("epoll_create1", second, "the model")));
        return kq;
    }

    /** knote_fdclose: what watches a descriptor goes with it; so does a kqueue's own. */
    private void closing(int fd) {
        sendShut.remove(fd);
        tables.values().forEach(table -> table.dropAll(fd));
        KnoteTable own = tables.remove(fd);
        if (own != null) {
            own.close();
        }
    }

    private void sendShut(int fd) {
        sendShut.add(fd);
        tables.values().forEach(table -> table.activate(fd, EVFILT_WRITE));
    }

    @Override
    public int kevent(
            int kq, long changes, int changeCount, long events, int eventCount, long timeoutNs) {
        KnoteTable table = tables.get(kq);
        if (table == null) {
            return -EBADF;
        }
        MemorySegment in = memory(changes, changeCount);
        MemorySegment out = memory(events, eventCount);
        int outputs = 0;
        for (int i = 0; i < changeCount; i++) {
            MemorySegment change = in.asSlice((long) i * KEVENT_BYTES, KEVENT_BYTES);
            int errno = register(table, change);
            boolean receipt = (Kevent.flags(change) & EV_RECEIPT) != 0;
            if (outputs < eventCount && (errno != 0 || receipt)) {
                Kevent.receipt(change, errno, out, outputs++);
            } else if (errno != 0) {
                return -errno;
            }
        }
        // A receipt, or a failure, is told at once and instead of events.
        return eventCount > 0 && outputs == 0 ? scan(table, out, eventCount, timeoutNs) : outputs;
    }

    // It is given addresses, as the kernel is.
    @SuppressWarnings("restricted")
    private static MemorySegment memory(long address, int count) {
        return MemorySegment.ofAddress(address).reinterpret((long) count * KEVENT_BYTES);
    }

    private int register(KnoteTable table, MemorySegment change) {
        int fd = (int) Kevent.ident(change);
        int filter = Kevent.filter(change);
        int flags = Kevent.flags(change);
        Knote knote = table.find(fd, filter);
        if ((flags & EV_DELETE) != 0) {
            if (knote == null) {
                return ENOENT;
            }
            table.drop(knote);
            return 0;
        }
        if (knote == null) {
            if ((flags & EV_ADD) == 0) {
                return ENOENT;
            }
            knote = new Knote(fd, filter, flags);
            knote.disabled = (flags & EV_DISABLE) != 0;
            int result = table.attach(knote);
            if (result < 0) {
                return -result;
            }
        } else if ((flags & EV_DISABLE) != 0) {
            knote.disabled = true;
        }
        // A touch: user data is replaced and the filter asked, but it is cleared as it was.
        knote.udata = Kevent.udata(change);
        if ((flags & (EV_ENABLE | EV_DISABLE)) == EV_ENABLE) {
            knote.disabled = false;
        }
        knote.active |= table.look(knote, sendShut.contains(fd));
        return 0;
    }

    private int scan(KnoteTable table, MemorySegment out, int room, long timeoutNs) {
        long began = System.nanoTime();
        while (true) {
            table.drain();
            long left = timeoutNs < 0 ? -1 : Math.max(0, timeoutNs - elapsed(began));
            // The one place that waits: who refuses a poll interrupts a kevent.
            int n = polling.poll(table.pollfds(), 2, anyReady(table) ? 0 : milliseconds(left));
            if (n < 0) {
                return n;
            }
            table.drain();
            int stored = process(table, out, room);
            if (stored > 0 || left == 0 || (left > 0 && elapsed(began) >= timeoutNs)) {
                return stored;
            }
        }
    }

    /** A level that is over stays active until it is looked at. */
    private boolean anyReady(KnoteTable table) {
        for (Knote knote : table.active()) {
            knote.active = table.look(knote, sendShut.contains(knote.fd));
            if (knote.active) {
                return true;
            }
        }
        return false;
    }

    private static long elapsed(long began) {
        return System.nanoTime() - began;
    }

    private static int milliseconds(long ns) {
        return ns < 0 ? -1 : (int) Math.min(Integer.MAX_VALUE, (ns + NS_PER_MS - 1) / NS_PER_MS);
    }

    private int process(KnoteTable table, MemorySegment out, int room) {
        int stored = 0;
        for (Knote knote : table.active()) {
            if (stored == room) {
                break;
            }
            knote.active = false;
            if (table.look(knote, sendShut.contains(knote.fd))) {
                Kevent.event(knote, out, stored++);
                settle(table, knote);
            }
        }
        return stored;
    }

    private static void settle(KnoteTable table, Knote knote) {
        if ((knote.flags & EV_ONESHOT) != 0) {
            table.drop(knote);
            return;
        }
        if ((knote.flags & EV_DISPATCH) != 0) {
            knote.disabled = true;
        } else if ((knote.flags & EV_CLEAR) == 0) {
            knote.active = true;
        }
        table.toTheEnd(knote);
    }

    /** Reads and writes a struct kevent, by Apple's offsets. */
    static final class Kevent {
        private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

        private Kevent() {}

        static long ident(MemorySegment kevent) {
            return kevent.get(LONG, 0);
        }

        static int filter(MemorySegment kevent) {
            return kevent.get(SHORT, 8);
        }

        static int flags(MemorySegment kevent) {
            return kevent.get(SHORT, 10) & 0xffff;
        }

        static long udata(MemorySegment kevent) {
            return kevent.get(LONG, 24);
        }

        static void receipt(MemorySegment change, int errno, MemorySegment out, int index) {
            MemorySegment receipt = out.asSlice((long) index * KEVENT_BYTES, KEVENT_BYTES);
            receipt.copyFrom(change);
            receipt.set(SHORT, 10, (short) (flags(change) | EV_ERROR));
            receipt.set(LONG, 16, errno);
        }

        static void event(Knote knote, MemorySegment out, int index) {
            MemorySegment event = out.asSlice((long) index * KEVENT_BYTES, KEVENT_BYTES);
            event.set(LONG, 0, knote.fd);
            event.set(SHORT, 8, (short) knote.filter);
            event.set(SHORT, 10, (short) (knote.flags | (knote.eof ? EV_EOF : 0)));
            event.set(INT, 12, knote.fflags);
            event.set(LONG, 16, 1);
            event.set(LONG, 24, knote.udata);
        }
    }
}
