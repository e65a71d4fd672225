// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** A part of a file on its way to the loop; whoever holds it owns the descriptor. */
record QueuedFile(int fd, long offset, long length) {}
