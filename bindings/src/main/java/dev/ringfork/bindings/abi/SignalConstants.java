// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of sigaction(2), sigevent(7) and aio(7) on this platform. The signals themselves are in
 * {@link ProcessConstants}.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. Immutable.
 */
public final class SignalConstants {

    static final ConstantTable TABLE = new ConstantTable(32);

    private SignalConstants() {}

    // Where a signal comes from, si_code.
    public static final int SI_USER = TABLE.row("SI_USER", 0, 65537);
    public static final int SI_QUEUE = TABLE.row("SI_QUEUE", -1, 65538);
    public static final int SI_TIMER = TABLE.row("SI_TIMER", -2, 65539);
    public static final int SI_MESGQ = TABLE.row("SI_MESGQ", -3, 65541);
    public static final int SI_ASYNCIO = TABLE.row("SI_ASYNCIO", -4, 65540);
    public static final int SI_SIGIO = TABLE.linux("SI_SIGIO", -5);
    public static final int SI_KERNEL = TABLE.linux("SI_KERNEL", 128);

    // What is ready, si_code of a readiness signal.
    public static final int POLL_IN = TABLE.same("POLL_IN", 1);
    public static final int POLL_OUT = TABLE.same("POLL_OUT", 2);
    public static final int POLL_MSG = TABLE.same("POLL_MSG", 3);
    public static final int POLL_ERR = TABLE.same("POLL_ERR", 4);
    public static final int POLL_PRI = TABLE.same("POLL_PRI", 5);
    public static final int POLL_HUP = TABLE.same("POLL_HUP", 6);

    // How to notify, sigev_notify.
    public static final int SIGEV_SIGNAL = TABLE.row("SIGEV_SIGNAL", 0, 1);
    public static final int SIGEV_NONE = TABLE.row("SIGEV_NONE", 1, 0);
    public static final int SIGEV_THREAD = TABLE.row("SIGEV_THREAD", 2, 3);

    // What aio_cancel(3) returns.
    public static final int AIO_CANCELED = TABLE.row("AIO_CANCELED", 0, 2);
    public static final int AIO_NOTCANCELED = TABLE.row("AIO_NOTCANCELED", 1, 4);
    public static final int AIO_ALLDONE = TABLE.row("AIO_ALLDONE", 2, 1);
}
