// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of kqueue(2), {@link Constants#ABSENT} on Linux.
 *
 * <p>An {@code fflags} value may use the 32nd bit ({@link #NOTE_EXIT}): compare it as an {@code
 * int}. Immutable.
 */
public final class KqueueConstants {

    static final ConstantTable TABLE = new ConstantTable(64);

    private KqueueConstants() {}

    // Filters.
    public static final int EVFILT_READ = TABLE.macos("EVFILT_READ", -1);
    public static final int EVFILT_WRITE = TABLE.macos("EVFILT_WRITE", -2);
    public static final int EVFILT_AIO = TABLE.macos("EVFILT_AIO", -3);
    public static final int EVFILT_VNODE = TABLE.macos("EVFILT_VNODE", -4);
    public static final int EVFILT_PROC = TABLE.macos("EVFILT_PROC", -5);
    public static final int EVFILT_SIGNAL = TABLE.macos("EVFILT_SIGNAL", -6);
    public static final int EVFILT_TIMER = TABLE.macos("EVFILT_TIMER", -7);
    public static final int EVFILT_MACHPORT = TABLE.macos("EVFILT_MACHPORT", -8);
    public static final int EVFILT_FS = TABLE.macos("EVFILT_FS", -9);
    public static final int EVFILT_USER = TABLE.macos("EVFILT_USER", -10);
    public static final int EVFILT_VM = TABLE.macos("EVFILT_VM", -12);
    public static final int EVFILT_EXCEPT = TABLE.macos("EVFILT_EXCEPT", -15);

    // Actions and flags of a change.
    public static final int EV_ADD = TABLE.macos("EV_ADD", 0x1);
    public static final int EV_DELETE = TABLE.macos("EV_DELETE", 0x2);
    public static final int EV_ENABLE = TABLE.macos("EV_ENABLE", 0x4);
    public static final int EV_DISABLE = TABLE.macos("EV_DISABLE", 0x8);
    public static final int EV_ONESHOT = TABLE.macos("EV_ONESHOT", 0x10);
    public static final int EV_CLEAR = TABLE.macos("EV_CLEAR", 0x20);
    public static final int EV_RECEIPT = TABLE.macos("EV_RECEIPT", 0x40);
    public static final int EV_DISPATCH = TABLE.macos("EV_DISPATCH", 0x80);
    public static final int EV_UDATA_SPECIFIC = TABLE.macos("EV_UDATA_SPECIFIC", 0x100);
    public static final int EV_DISPATCH2 = TABLE.macos("EV_DISPATCH2", 0x180);
    public static final int EV_VANISHED = TABLE.macos("EV_VANISHED", 0x200);

    // Flags of an event.
    public static final int EV_ERROR = TABLE.macos("EV_ERROR", 0x4000);
    public static final int EV_EOF = TABLE.macos("EV_EOF", 0x8000);
    public static final int EV_OOBAND = TABLE.macos("EV_OOBAND", 0x2000);

    // EVFILT_USER.
    public static final int NOTE_TRIGGER = TABLE.macos("NOTE_TRIGGER", 0x1000000);
    public static final int NOTE_FFNOP = TABLE.macos("NOTE_FFNOP", 0x0);
    public static final int NOTE_FFAND = TABLE.macos("NOTE_FFAND", 0x40000000);
    public static final int NOTE_FFOR = TABLE.macos("NOTE_FFOR", 0x80000000L);
    public static final int NOTE_FFCOPY = TABLE.macos("NOTE_FFCOPY", 0xc0000000L);
    public static final int NOTE_FFCTRLMASK = TABLE.macos("NOTE_FFCTRLMASK", 0xc0000000L);
    public static final int NOTE_FFLAGSMASK = TABLE.macos("NOTE_FFLAGSMASK", 0xffffff);

    // EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT.
    public static final int NOTE_LOWAT = TABLE.macos("NOTE_LOWAT", 0x1);
    public static final int NOTE_OOB = TABLE.macos("NOTE_OOB", 0x2);

    // EVFILT_VNODE.
    public static final int NOTE_DELETE = TABLE.macos("NOTE_DELETE", 0x1);
    public static final int NOTE_WRITE = TABLE.macos("NOTE_WRITE", 0x2);
    public static final int NOTE_EXTEND = TABLE.macos("NOTE_EXTEND", 0x4);
    public static final int NOTE_ATTRIB = TABLE.macos("NOTE_ATTRIB", 0x8);
    public static final int NOTE_LINK = TABLE.macos("NOTE_LINK", 0x10);
    public static final int NOTE_RENAME = TABLE.macos("NOTE_RENAME", 0x20);
    public static final int NOTE_REVOKE = TABLE.macos("NOTE_REVOKE", 0x40);
    public static final int NOTE_NONE = TABLE.macos("NOTE_NONE", 0x80);
    public static final int NOTE_FUNLOCK = TABLE.macos("NOTE_FUNLOCK", 0x100);

    // EVFILT_PROC.
    public static final int NOTE_EXIT = TABLE.macos("NOTE_EXIT", 0x80000000L);
    public static final int NOTE_FORK = TABLE.macos("NOTE_FORK", 0x40000000);
    public static final int NOTE_EXEC = TABLE.macos("NOTE_EXEC", 0x20000000);
    public static final int NOTE_SIGNAL = TABLE.macos("NOTE_SIGNAL", 0x8000000);
    public static final int NOTE_EXITSTATUS = TABLE.macos("NOTE_EXITSTATUS", 0x4000000);
    public static final int NOTE_EXIT_DETAIL = TABLE.macos("NOTE_EXIT_DETAIL", 0x2000000);
    public static final int NOTE_PDATAMASK = TABLE.macos("NOTE_PDATAMASK", 0xfffff);

    // EVFILT_TIMER; milliseconds without a unit.
    public static final int NOTE_SECONDS = TABLE.macos("NOTE_SECONDS", 0x1);
    public static final int NOTE_USECONDS = TABLE.macos("NOTE_USECONDS", 0x2);
    public static final int NOTE_NSECONDS = TABLE.macos("NOTE_NSECONDS", 0x4);
    public static final int NOTE_ABSOLUTE = TABLE.macos("NOTE_ABSOLUTE", 0x8);
    public static final int NOTE_LEEWAY = TABLE.macos("NOTE_LEEWAY", 0x10);
    public static final int NOTE_CRITICAL = TABLE.macos("NOTE_CRITICAL", 0x20);
    public static final int NOTE_BACKGROUND = TABLE.macos("NOTE_BACKGROUND", 0x40);
    public static final int NOTE_MACH_CONTINUOUS_TIME =
            TABLE.macos("NOTE_MACH_CONTINUOUS_TIME", 0x80);
    public static final int NOTE_MACHTIME = TABLE.macos("NOTE_MACHTIME", 0x100);
}
