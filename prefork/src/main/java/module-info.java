// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * A master and its worker processes.
 *
 * <p>Prefork multiplies a server of {@code dev.ringfork.reactor}: the master owns the listeners,
 * workers serve, and a worker that dies is replaced.
 */
@NullMarked
module dev.ringfork.prefork {
    requires static transitive org.jspecify;
    requires transitive dev.ringfork.reactor;
    requires dev.ringfork.natives;
    // To see whether other threads have made objects since.
    requires jdk.management;
    // To see whether somebody records.
    requires static jdk.jfr;

    exports dev.ringfork.prefork;
    exports dev.ringfork.prefork.accept;
    exports dev.ringfork.prefork.control;
    exports dev.ringfork.prefork.listeners;
    exports dev.ringfork.prefork.master;
    exports dev.ringfork.prefork.passing;
    exports dev.ringfork.prefork.process;
    exports dev.ringfork.prefork.scoreboard;
    exports dev.ringfork.prefork.service;
    exports dev.ringfork.prefork.signals;
    exports dev.ringfork.prefork.spawn;
}
