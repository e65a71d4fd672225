// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servers with a certificate, in a process of their own. */
final class TlsCommandTest {
    private static final int TIMEOUT_MS = 10_000;
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private Path folder;

    /** Writes a new certificate and its key, and returns a client's side that trusts it. */
    private SSLContext renew(String name) throws Exception {
        Path store = folder.resolve(name);
        List<String> keytool =
                List.of(
                        System.getProperty("java.home") + "/bin/keytool",
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD));
        assertEquals(
                0, new ProcessBuilder(keytool).redirectErrorStream(true).start().waitFor(), name);
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        write("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        write("key.pem", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private void write(String file, String label, byte[] der) throws IOException {
        String text = Base64.getEncoder().encodeToString(der);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
    }

    private CommandProcess start(String... command) throws IOException {
        return CommandProcess.start(withCertificate(command));
    }

    private String[] withCertificate(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.add("--tls-cert=" + folder.resolve("cert.pem"));
        all.add("--tls-key=" + folder.resolve("key.pem"));
        return all.toArray(String[]::new);
    }

    private static SSLSocket connect(SSLContext context, int port)
            throws IOException, GeneralSecurityException {
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static String ask(SSLContext context, int port) throws Exception {
        try (SSLSocket socket = connect(context, port)) {
            socket.getOutputStream()
                    .write(
                            "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void shouldServeHttpsAndTakeARenewedCertificate() throws Exception {
        SSLContext first = renew("first");
        try (CommandProcess server = start("serve", "--port=0")) {
            int port = server.port();
            assertTrue(ask(first, port).startsWith("HTTP/1.1 200 "), "the first certificate");

            SSLContext second = renew("second");
            server.signal("HUP");
            String said = server.nextErr();
            assertTrue(said.contains("new connections get the certificate of CN=second"), said);
            assertTrue(ask(second, port).startsWith("HTTP/1.1 200 "), "the second certificate");

            Files.writeString(folder.resolve("key.pem"), "no key");
            server.signal("HUP");
            said = server.nextErr();
            assertTrue(said.contains("the certificate stays as it was: "), said);
            assertTrue(said.contains("openssl pkey"), said);
            assertTrue(ask(second, port).startsWith("HTTP/1.1 200 "), "still the second one");

            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldTakeARenewedCertificateUnderNohup() throws Exception {
        renew("first");
        try (CommandProcess server =
                CommandProcess.startUnder(
                        List.of("nohup"), Map.of(), withCertificate("serve", "--port=0"))) {
            server.port();
            server.signal("HUP");
            server.awaitErr("new connections get the certificate of CN=first");
        }
    }

    @Test
    void shouldKeepItsWorkersWhenARenewedCertificateCannotBeRead() throws Exception {
        SSLContext first = renew("first");
        try (CommandProcess server = start("serve", "--port=0", "--workers=1")) {
            int port = server.port();
            server.awaitErr("serves");
            Files.delete(folder.resolve("key.pem"));
            server.signal("HUP");
            String said = server.awaitErr("not reloaded");
            assertTrue(
                    said.endsWith(
                            "not reloaded, all stays as it was: %s cannot be read: there is no such file"
                                    .formatted(folder.resolve("key.pem"))),
                    said);
            assertTrue(ask(first, port).startsWith("HTTP/1.1 200 "), "the first certificate");
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldEchoOverTls() throws Exception {
        SSLContext context = renew("echo");
        try (CommandProcess server = start("echo", "--port=0");
                SSLSocket client = connect(context, server.port())) {
            client.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));

            byte[] back = client.getInputStream().readNBytes(4);

            assertEquals("ping", new String(back, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void shouldRefusePackets() throws Exception {
        renew("packets");
        try (CommandProcess server = start("echo", "--seqpacket", "--unix=/run/echo")) {
            assertEquals(2, server.awaitExit());
            assertEquals(
                    "ringfork echo: TLS is for streams: leave --tls-cert and --tls-key out with"
                            + " --seqpacket",
                    server.nextErr());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithACertificate() throws Exception {
        renew("damaged");
        Files.delete(folder.resolve("key.pem"));
        try (CommandProcess server = start("serve", "--port=0")) {
            assertEquals(1, server.awaitExit());
            assertEquals(
                    "ringfork serve: %s cannot be read: there is no such file"
                            .formatted(folder.resolve("key.pem")),
                    server.nextErr());
        }
    }
}
