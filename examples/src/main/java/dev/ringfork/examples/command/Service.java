// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import java.util.List;
import java.util.stream.Collectors;

/** What a server offers: how clients name its address, and its protocol inside TLS. */
enum Service {
    HTTP("http://%s/", "https://%s/", "http/1.1"),
    ECHO("tcp://%s", "tls://%s", ""),
    DATAGRAM_ECHO("udp://%s", "udp://%s", ""),
    PROXY("tcp://%s", "tls://%s", "");

    private final String plain;
    private final String encrypted;
    private final String applicationProtocol;

    Service(String plain, String encrypted, String applicationProtocol) {
        this.plain = plain;
        this.encrypted = encrypted;
        this.applicationProtocol = applicationProtocol;
    }

    /** Where a client finds it. */
    String place(Address address, boolean tls) {
        String text = address.toString();
        if (text.startsWith("unix:")) {
            return tls ? text + " (TLS)" : text;
        }
        return (tls ? encrypted : plain).formatted(text);
    }

    /** The same for all addresses of a server. */
    String places(List<Address> addresses, boolean tls) {
        return addresses.stream()
                .map(address -> place(address, tls))
                .collect(Collectors.joining(", "));
    }

    /** What clients may ask for by ALPN. */
    String[] applicationProtocols() {
        return applicationProtocol.isEmpty() ? new String[0] : new String[] {applicationProtocol};
    }
}
