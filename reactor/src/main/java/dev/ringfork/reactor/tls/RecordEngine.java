// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The JDK's engine, a record at a time.
 *
 * <p>Confined to the loop's thread.
 */
final class RecordEngine {
    private static final String HALF_CLOSING = "TLSv1.3";

    /** What the session is called as long as there is none. */
    private static final String NO_PROTOCOL = "NONE";

    private final SSLEngine engine;

    RecordEngine(SSLEngine engine) {
        this.engine = engine;
    }

    /** What a handshake wants next. */
    HandshakeStatus status() {
        return engine.getHandshakeStatus();
    }

    /** Whether the peer has said its end. */
    boolean inputEnded() {
        return engine.isInboundDone();
    }

    /** Whether the handshake is done. */
    boolean established() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getProtocol().equals(NO_PROTOCOL);
    }

    /** Whether the protocol lets one direction end without the other: not before TLS 1.3. */
    boolean halfCloses() {
        return engine.getSession().getProtocol().equals(HALF_CLOSING);
    }

    /**
     * Does the computing of a handshake, here and now.
     *
     * <p>It is a signature and a key exchange, a millisecond of a processor at most, and waits for
     * nothing: no client certificates are asked for, so nothing is looked up. A loop has a
     * processor to itself, and handing the task to another thread would cost two switches and gain
     * none.
     */
    void runTasks() {
        for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
            task.run();
        }
    }

    /**
     * Decrypts the record in {@link Scratch#cipherIn} into {@link Scratch#plainIn}.
     *
     * @return how many bytes of plaintext
     */
    int unwrap(Scratch scratch) throws SSLException {
        ByteBuffer target = scratch.plainIn.clear();
        SSLEngineResult result = engine.unwrap(scratch.cipherIn, target);
        if (result.getStatus() == Status.BUFFER_OVERFLOW
                || result.getStatus() == Status.BUFFER_UNDERFLOW) {
            throw new SSLException("the length of a record is wrong");
        }
        return target.position();
    }

    /**
     * Encrypts what is in {@link Scratch#plainOut} up to its limit, or what a handshake has to say,
     * into {@link Scratch#cipherOut}.
     *
     * @return how many bytes of plaintext were taken
     */
    int wrap(Scratch scratch) throws SSLException {
        scratch.cipherOut.clear();
        return engine.wrap(scratch.plainOut, scratch.cipherOut).bytesConsumed();
    }

    /** Makes the end of this direction what the next wrap says. */
    void closeOutput() {
        engine.closeOutbound();
    }
}
