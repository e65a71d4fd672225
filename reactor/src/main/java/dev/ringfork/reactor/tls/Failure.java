// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.bindings.Errno;

/** What a connection is ended for, and what the operator is told: each is counted as one kind. */
enum Failure {
    HANDSHAKE_TIMEOUT(Errno.ETIMEDOUT, "a TLS handshake was given up: it took too long"),
    HANDSHAKE_FAILED(Errno.EPROTO, "a TLS handshake failed: %s"),
    NOT_TLS(Errno.EPROTO, "a client that does not speak TLS was turned away from a TLS port"),
    BROKEN_RECORD(Errno.EPROTO, "a TLS connection was broken off: %s"),
    RENEGOTIATION(
            Errno.EPROTO, "a client was cut off: it asked for TLS renegotiation, which is refused"),
    NO_ROOM(Errno.ENOBUFS, "a TLS connection was cut off: the buffer memory is used up"),
    FULL_BUFFER(
            Errno.ENOBUFS, "a connection was closed: its session left a full buffer unconsumed");

    private final int errno;
    private final String sentence;

    Failure(int errno, String sentence) {
        this.errno = errno;
        this.sentence = sentence;
    }

    int errno() {
        return errno;
    }

    String sentence(Object detail) {
        return sentence.formatted(detail);
    }
}
