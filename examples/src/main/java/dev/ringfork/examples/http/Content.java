// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Syscalls;

/** What the body of a response is made of. */
sealed interface Content {

    /** The size in bytes, or -1 if it is not known beforehand. */
    long length();

    /** Gives back what is owned; for content that is not sent. */
    default void release() {}

    /** Bytes in memory. */
    // A record of an array compares by reference; nobody compares these.
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] array) implements Content {
        @Override
        public long length() {
            return array.length;
        }
    }

    /** A part of an open file; the descriptor is owned. */
    record FilePart(int fd, long offset, long length) implements Content {
        @Override
        public void release() {
            Syscalls.get().descriptors().close(fd);
        }
    }

    /** Pieces that are asked for as the client takes them. */
    record Pulled(BodySource source, long length) implements Content {
        @Override
        public void release() {
            source.close();
        }
    }

    /** Pieces that are made as those of the request arrive. */
    record Piped(BodySink sink, long length) implements Content {
        @Override
        public void release() {
            sink.close();
        }
    }
}
