// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates that sign themselves, made for the tests that run. Safe for use by many threads. */
public final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Map<Kind, Pair> MADE = new EnumMap<>(Kind.class);

    /** What a key can be of. */
    public enum Kind {
        EC("-keyalg EC -groupname secp256r1"),
        RSA("-keyalg RSA -keysize 2048"),
        ED25519("-keyalg Ed25519");

        private final String arguments;

        Kind(String arguments) {
            this.arguments = arguments;
        }
    }

    /** A certificate and its key, two PEM files. */
    public record Pair(Path certificate, Path key, X509Certificate x509) {

        /** A client's side, which trusts this certificate and no other. */
        public SSLContext client() {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setCertificateEntry("server", x509);
                TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
                trust.init(store);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Certificates() {}

    /** One for localhost that is valid now; always the same. */
    public static synchronized Pair of(Kind kind) {
        return MADE.computeIfAbsent(kind, any -> make(folder(), kind, "-validity", "30"));
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("certificates");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes one.
     *
     * @param more arguments of keytool
     */
    public static Pair make(Path folder, Kind kind, String... more) {
        Path store = folder.resolve("store.p12");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost,ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD)));
        command.addAll(List.of(kind.arguments.split(" ", -1)));
        command.addAll(List.of(more));
        run(command);
        try {
            return write(folder, store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Pair write(Path folder, Path store)
            throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        Files.delete(store);
        X509Certificate certificate = (X509Certificate) keys.getCertificate("server");
        Path certificateFile = folder.resolve("cert.pem");
        Path keyFile = folder.resolve("key.pem");
        Files.writeString(certificateFile, pem("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(
                keyFile, pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
        certificateFile.toFile().deleteOnExit();
        keyFile.toFile().deleteOnExit();
        return new Pair(certificateFile, keyFile, certificate);
    }

    /** A PEM block. */
    public static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
    }

    /** Runs a program to its end, and returns what it has said. */
    public static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new File("/dev/null"))
                            .start();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            try (InputStream out = process.getInputStream()) {
                out.transferTo(said);
            }
            String text = said.toString(StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Waiting.interrupted(e);
        }
    }
}
