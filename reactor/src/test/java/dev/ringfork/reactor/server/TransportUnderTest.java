// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.testing.Certificates;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What carries the bytes. */
enum TransportUnderTest {
    TCP4,
    TCP6,
    UNIX,
    /** TLS over TCP on IPv4. */
    TLS;

    /** An address that nobody has, below a folder if it is a name. */
    Address address(Path folder) {
        return switch (this) {
            case TCP4, TLS -> Rig.LOOPBACK;
            case TCP6 -> Address.parse("[::1]:0");
            case UNIX -> new Address.Unix(folder.resolve("socket").toString());
        };
    }

    /** What the server proves itself with, where it has to. */
    Certificates.@Nullable Pair certificate() {
        return this == TLS ? Certificates.of(Certificates.Kind.EC) : null;
    }

    /** Skips a test that this host cannot run. */
    void assumeThere() {
        assumeTrue(this != TCP6 || hostHasInet6(), "this host has no IPv6");
    }

    static boolean hostHasInet6() {
        try (ServerSocket _ = new ServerSocket(0, 1, Inet6Address.ofLiteral("::1"))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
