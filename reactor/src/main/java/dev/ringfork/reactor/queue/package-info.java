// SPDX-License-Identifier: Apache-2.0
/**
 * What waits on a connection to go out.
 *
 * <p>Not exported: plain connections and those with TLS are made of it.
 */
package dev.ringfork.reactor.queue;
