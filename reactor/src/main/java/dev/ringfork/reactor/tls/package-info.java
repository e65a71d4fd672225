// SPDX-License-Identifier: Apache-2.0
/**
 * TLS as a protocol around a protocol: {@link dev.ringfork.reactor.tls.TlsProtocol} reads records
 * and shows the protocol inside a connection of plaintext.
 *
 * <p>The cryptography is the JDK's {@link javax.net.ssl.SSLEngine}; bytes come and go as those of
 * any other protocol do.
 */
package dev.ringfork.reactor.tls;
