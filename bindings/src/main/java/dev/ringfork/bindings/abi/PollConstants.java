// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of poll(2) and select(2) on this platform.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. On macOS {@link #POLLWRNORM} and
 * {@link #POLLOUT} are one bit. Immutable.
 */
public final class PollConstants {

    static final ConstantTable TABLE = new ConstantTable(16);

    private PollConstants() {}

    // Events, poll(2).
    public static final int POLLIN = TABLE.same("POLLIN", 0x1);
    public static final int POLLPRI = TABLE.same("POLLPRI", 0x2);
    public static final int POLLOUT = TABLE.same("POLLOUT", 0x4);
    public static final int POLLERR = TABLE.same("POLLERR", 0x8);
    public static final int POLLHUP = TABLE.same("POLLHUP", 0x10);
    public static final int POLLNVAL = TABLE.same("POLLNVAL", 0x20);
    public static final int POLLRDNORM = TABLE.same("POLLRDNORM", 0x40);
    public static final int POLLRDBAND = TABLE.same("POLLRDBAND", 0x80);
    public static final int POLLWRNORM = TABLE.row("POLLWRNORM", 0x100, 0x4);
    public static final int POLLWRBAND = TABLE.row("POLLWRBAND", 0x200, 0x100);
    public static final int POLLRDHUP = TABLE.linux("POLLRDHUP", 0x2000);

    // How many descriptors an fd_set holds.
    public static final int FD_SETSIZE = TABLE.same("FD_SETSIZE", 1024);
}
