// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Leader/followers: the SHA-256 digest of all that a client sends before it closes its direction.
 * The thread that meets the bytes digests them, and another one waits for the next in its place.
 *
 * <p>Try {@code nc -N 127.0.0.1 7000 <README.md}, and {@code sha256sum README.md}.
 */
public final class LeaderFollowersDigest {
    private LeaderFollowersDigest() {}

    /** Starts it. */
    public static Server start(Address address) {
        return Server.builder(_ -> new Digest())
                .listen(address)
                .architecture(Architecture.LEADER_FOLLOWERS)
                .start();
    }

    private static final class Digest implements Session {
        private final MessageDigest sha256 = sha256();

        @Override
        public void received(Buffer in) {
            sha256.update(in.view());
            in.consume(in.length());
        }

        @Override
        public void endOfInput(Connection connection) {
            Lines.say(connection, HexFormat.of().formatHex(sha256.digest()));
            connection.finish();
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has it", e);
            }
        }
    }
}
