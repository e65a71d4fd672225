// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** A session that wants to know when its connection has sent something. */
public interface SentListener {

    /** Something queued was sent. Called on the loop's thread. */
    void sent();
}
