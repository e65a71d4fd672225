// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Who was at the other end of a Unix socket when it was connected. Immutable.
 *
 * @param pid the process; it may have ended since, and its number be another's
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
