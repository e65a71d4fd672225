// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** What every part of the servers' contract builds on. */
interface Rigged {

    /** The rig of the test that runs. */
    Rig rig();
}
