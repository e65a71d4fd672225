// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself in a handshake: its certificate, TLS 1.3 and 1.2, and the protocols
 * that it speaks inside.
 *
 * <p>Safe for use by many threads.
 */
public final class TlsContext {
    /** How long a handshake may take unless something else is said. */
    public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(20);

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final Path certificates;
    private final Path key;
    private final Duration handshakeTimeout;
    private final SSLParameters parameters;
    private volatile Loaded loaded;

    private record Loaded(SSLContext context, X509Certificate certificate) {}

    private TlsContext(Path certificates, Path key, Duration handshakeTimeout, String[] protocols) {
        if (!handshakeTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "a handshake time-out of %s: it must be more than zero"
                            .formatted(handshakeTimeout));
        }
        this.certificates = certificates;
        this.key = key;
        this.handshakeTimeout = handshakeTimeout;
        this.loaded = load(certificates, key);
        this.parameters = new SSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(protocols);
    }

    /** Reads both files, for handshakes of {@link #HANDSHAKE_TIMEOUT}. */
    public static TlsContext load(Path certificates, Path key, String... protocols) {
        return load(certificates, key, HANDSHAKE_TIMEOUT, protocols);
    }

    /**
     * Reads a certificate and its key.
     *
     * @param certificates a PEM file with the server's certificate and, behind it, those that lead
     *     to one that clients know
     * @param key a PEM file with its private key, unencrypted: PKCS#8, PKCS#1 or SEC 1; RSA, EC or
     *     Ed25519
     * @param handshakeTimeout how long a handshake may take in all
     * @param protocols what clients may ask for by ALPN, RFC 7301, the preferred one first: {@code
     *     http/1.1}; with none the question is not answered
     * @throws IllegalArgumentException if the files cannot be used: the message names the file, why
     *     and what helps
     */
    public static TlsContext load(
            Path certificates, Path key, Duration handshakeTimeout, String... protocols) {
        return new TlsContext(certificates, key, handshakeTimeout, protocols.clone());
    }

    /**
     * Reads the files again: later connections are served with what they hold now, those that exist
     * stay as they are.
     *
     * @throws IllegalArgumentException if they cannot be used; then all stays as it was
     */
    public void reload() {
        loaded = load(certificates, key);
    }

    /** The server's own certificate. */
    public X509Certificate certificate() {
        return loaded.certificate();
    }

    /**
     * Why clients may refuse the certificate now, in a sentence, or null if nothing is known: it
     * has expired, or is not valid yet.
     */
    public @Nullable String warning() {
        X509Certificate own = certificate();
        Instant now = Instant.now();
        Instant from = own.getNotBefore().toInstant();
        Instant until = own.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return "the certificate in %s has expired at %s: clients will refuse it; renew it"
                    .formatted(certificates, until);
        }
        if (now.isBefore(from)) {
            return "the certificate in %s is not valid before %s: clients will refuse it; is the clock right?"
                    .formatted(certificates, from);
        }
        return null;
    }

    Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    SSLEngine newEngine() {
        SSLEngine engine = loaded.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static Loaded load(Path certificates, Path key) {
        Identity identity = Identity.read(certificates, key);
        // The store is in memory and nobody else's, so the password guards nothing.
        char[] password = {'-'};
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, password);
            store.setKeyEntry(
                    "server",
                    identity.key(),
                    password,
                    identity.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            // Without client certificates nobody is to be trusted, and no list of authorities read.
            context.init(keys.getKeyManagers(), new TrustManager[0], null);
            return new Loaded(context, identity.chain().getFirst());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }
}
