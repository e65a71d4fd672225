// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.Certificates.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files make a server's identity, and what is said of those that do not. */
final class TlsContextTest {
    private final Certificates.Pair pair = Certificates.of(Kind.EC);
    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file.pem"), text);
    }

    private static String refusal(Path certificate, Path key) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> TlsContext.load(certificate, key));
        return String.valueOf(e.getMessage());
    }

    private static void assertSays(String sentence, Path file, String... parts) {
        assertTrue(sentence.contains(file.toString()), sentence);
        for (String part : parts) {
            assertTrue(sentence.contains(part), sentence);
        }
    }

    // ---- what is taken

    @ParameterizedTest
    @EnumSource
    void shouldTakeKeysOfEveryKind(Kind kind) {
        Certificates.Pair made = Certificates.of(kind);

        TlsContext context = TlsContext.load(made.certificate(), made.key());

        assertEquals(made.x509(), context.certificate());
        assertNull(context.warning());
    }

    @Test
    void shouldTakeBothFromOneFileWithCommentary() throws IOException {
        Path both =
                file(
                        "Subject: somebody\n"
                                + Files.readString(pair.key())
                                + "and\r\n"
                                + Files.readString(pair.certificate()).replace("\n", "\r\n"));

        assertEquals(pair.x509(), TlsContext.load(both, both).certificate());
    }

    @ParameterizedTest
    @EnumSource(names = {"EC", "RSA"})
    void shouldTakeKeysInTheirOldForm(Kind kind) {
        Certificates.Pair made = Certificates.of(kind);
        Path old = folder.resolve("old.pem");
        openssl("pkey", "-in", made.key().toString(), "-traditional", "-out", old.toString());

        assertEquals(made.x509(), TlsContext.load(made.certificate(), old).certificate());
    }

    @Test
    void shouldTakeTheCurveOfAKeyFromTheBlockBeforeIt() throws IOException {
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("cert.pem");
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", key.toString());
        openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                key.toString(),
                "-subj",
                "/CN=localhost",
                "-out",
                certificate.toString());

        assertTrue(Files.readString(key).contains("EC PARAMETERS"));
        assertNotNull(TlsContext.load(certificate, key).certificate());
    }

    private static void openssl(String... arguments) {
        Path program = Path.of("/usr/bin/openssl");
        assumeTrue(Files.isExecutable(program), "there is no openssl");
        List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Certificates.run(command);
    }

    @Test
    void shouldWarnOfACertificateThatHasExpired() {
        Certificates.Pair expired =
                Certificates.make(folder, Kind.EC, "-startdate", "-10d", "-validity", "1");

        String warning = TlsContext.load(expired.certificate(), expired.key()).warning();

        assertSays(String.valueOf(warning), expired.certificate(), "expired", "renew");
    }

    @Test
    void shouldWarnOfACertificateThatIsNotValidYet() {
        Certificates.Pair early =
                Certificates.make(folder, Kind.EC, "-startdate", "+10d", "-validity", "30");

        String warning = TlsContext.load(early.certificate(), early.key()).warning();

        assertSays(String.valueOf(warning), early.certificate(), "not valid before", "clock");
    }

    // ---- what is refused

    @Test
    void shouldNameAFileThatIsNotThere() {
        Path missing = folder.resolve("missing.pem");

        assertSays(refusal(missing, pair.key()), missing, "there is no such file");
        assertSays(refusal(pair.certificate(), missing), missing, "there is no such file");
    }

    @Test
    void shouldNotTakeAFolderForAFile() {
        assertSays(refusal(folder, pair.key()), folder, "cannot be read");
    }

    @Test
    void shouldNoticeThatTheFilesAreExchanged() {
        assertSays(refusal(pair.key(), pair.key()), pair.key(), "exchanged");
        assertSays(
                refusal(pair.certificate(), pair.certificate()), pair.certificate(), "exchanged");
    }

    @Test
    void shouldSayHowToConvertWhatIsNotPem() throws IOException {
        Path der = folder.resolve("der");
        Files.write(der, new byte[] {0x30, 3, 2, 1, 0});

        assertSays(refusal(der, pair.key()), der, "openssl x509 -inform DER");
        assertSays(refusal(pair.certificate(), der), der, "openssl pkey -inform DER");
    }

    @Test
    void shouldNoticeADamagedCertificate() throws IOException {
        Path damaged = file(Certificates.pem("CERTIFICATE", new byte[] {1, 2, 3}));

        assertSays(refusal(damaged, pair.key()), damaged, "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void shouldNoticeADamagedKey(String label) throws IOException {
        Path damaged = file(Certificates.pem(label, new byte[] {0x30, 40, 3}));

        assertSays(refusal(pair.certificate(), damaged), damaged, "damaged");
    }

    @Test
    void shouldNoticeWhatIsNotBase64() throws IOException {
        Path damaged = file("-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n");

        assertSays(refusal(pair.certificate(), damaged), damaged, "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
    void shouldSayHowToTakeThePassphraseAway(String label) throws IOException {
        Path encrypted =
                file(
                        "-----BEGIN %s-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END %s-----\n"
                                .formatted(label, label));

        assertSays(
                refusal(pair.certificate(), encrypted), encrypted, "encrypted", "openssl pkey -in");
    }

    @Test
    void shouldSayHowToConvertAKeyWithoutItsCurve() throws IOException {
        Path key = file(Certificates.pem("EC PRIVATE KEY", new byte[] {0x30, 6, 2, 1, 1, 4, 1, 5}));

        assertSays(refusal(pair.certificate(), key), key, "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void shouldNoticeThatAKeyBelongsToAnotherCertificate() {
        Certificates.Pair other = Certificates.make(folder, Kind.EC);
        Certificates.Pair rsa = Certificates.of(Kind.RSA);

        assertSays(
                refusal(pair.certificate(), other.key()),
                other.key(),
                "does not belong",
                pair.certificate().toString());
        assertSays(refusal(pair.certificate(), rsa.key()), rsa.key(), "does not belong");
        assertSays(refusal(rsa.certificate(), pair.key()), pair.key(), "does not belong");
    }

    @Test
    void shouldNotReadAFileThatIsFarTooLarge() throws IOException {
        Path large = file("x".repeat(2 << 20));

        assertSays(refusal(large, pair.key()), large, "too large");
    }

    @Test
    void shouldRefuseAHandshakeWithoutTime() {
        assertThrows(
                IllegalArgumentException.class,
                () -> TlsContext.load(pair.certificate(), pair.key(), Duration.ZERO));
    }
}
