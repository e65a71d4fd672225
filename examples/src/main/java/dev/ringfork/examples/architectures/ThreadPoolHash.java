// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Thread pool: hashes a password, slowly on purpose, and closes. More clients than threads wait in
 * the queue; a client that stays would hold a thread, so none may stay for more than five seconds.
 *
 * <p>Try {@code echo secret | nc 127.0.0.1 7000}.
 */
public final class ThreadPoolHash {
    private ThreadPoolHash() {}

    /** Starts it. */
    public static Server start(Address address) {
        Protocol hash =
                connection -> {
                    connection.expireAfter(5_000_000_000L);
                    Session lines = Lines.answer(ThreadPoolHash::hash).open(connection);
                    return in -> {
                        lines.received(in);
                        if (connection.queuedBytes() > 0) {
                            connection.finish();
                        }
                    };
                };
        return Server.builder(hash)
                .listen(address)
                .architecture(Architecture.THREAD_POOL)
                .maxThreads(4)
                .start();
    }

    private static String hash(String password) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, 100_000, 256);
        try {
            SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
            byte[] hash = factory.generateSecret(spec).getEncoded();
            return HexFormat.of().formatHex(salt) + ":" + HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            return "cannot hash: " + e.getMessage();
        }
    }
}
