// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of eventfd(2), splice(2) and of the ioctl(2) requests a server makes.
 *
 * <p>Requests are {@code long}, as ioctl takes them: macOS sets their 32nd bit. A name that this
 * platform lacks is {@link Constants#ABSENT}. Immutable.
 */
public final class EventConstants {

    static final ConstantTable TABLE = new ConstantTable(16);

    private EventConstants() {}

    // Flags of eventfd(2).
    public static final int EFD_SEMAPHORE = TABLE.linux("EFD_SEMAPHORE", 0x1);
    public static final int EFD_NONBLOCK = TABLE.linux("EFD_NONBLOCK", 0x800);
    public static final int EFD_CLOEXEC = TABLE.linux("EFD_CLOEXEC", 0x80000);

    // Flags of splice(2).
    public static final int SPLICE_F_MOVE = TABLE.linux("SPLICE_F_MOVE", 0x1);
    public static final int SPLICE_F_NONBLOCK = TABLE.linux("SPLICE_F_NONBLOCK", 0x2);
    public static final int SPLICE_F_MORE = TABLE.linux("SPLICE_F_MORE", 0x4);
    public static final int SPLICE_F_GIFT = TABLE.linux("SPLICE_F_GIFT", 0x8);

    // Requests of ioctl(2).
    public static final long TIOCGWINSZ = TABLE.longRow("TIOCGWINSZ", 0x5413, 0x40087468);
    public static final long FIONREAD = TABLE.longRow("FIONREAD", 0x541b, 0x4004667f);
    public static final long FIONBIO = TABLE.longRow("FIONBIO", 0x5421, 0x8004667eL);
    public static final long FIONCLEX = TABLE.longRow("FIONCLEX", 0x5450, 0x20006602);
}
