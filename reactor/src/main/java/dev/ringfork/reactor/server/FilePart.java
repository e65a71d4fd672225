// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** A part of a file that waits to be sent. Confined to the loop's thread; owns the descriptor. */
final class FilePart {
    final int fd;
    long offset;
    long remaining;

    FilePart(int fd, long offset, long remaining) {
        this.fd = fd;
        this.offset = offset;
        this.remaining = remaining;
    }
}
