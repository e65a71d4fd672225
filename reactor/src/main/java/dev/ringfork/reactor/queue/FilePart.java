// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.queue;

/** A part of a file that waits to go out. Confined to the loop's thread; owns the descriptor. */
public final class FilePart {
    private final int fd;
    private long offset;
    private long remaining;

    /** Takes over a descriptor. */
    public FilePart(int fd, long offset, long length) {
        this.fd = fd;
        this.offset = offset;
        this.remaining = length;
    }

    /** The file's. */
    public int fd() {
        return fd;
    }

    /** Where the next byte is. */
    public long offset() {
        return offset;
    }

    /** How many bytes are left. */
    public long remaining() {
        return remaining;
    }

    /** Some bytes have gone. */
    public void advance(long bytes) {
        offset += bytes;
        remaining -= bytes;
    }
}
