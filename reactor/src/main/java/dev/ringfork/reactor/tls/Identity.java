// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a server is: its certificate, those that vouch for it, and the key that proves it. Immutable.
 *
 * @param chain the server's own certificate first
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String EC_PARAMETERS = "EC PARAMETERS";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /** A key is far smaller, a chain too: what is larger is some other file. */
    private static final long FILE_BYTES_MAX = 1 << 20;

    /**
     * Reads both files.
     *
     * @throws IllegalArgumentException if they cannot be used: the message says which, why, and
     *     what helps
     */
    static Identity read(Path certificates, Path key) {
        List<X509Certificate> chain = chain(certificates, Pem.blocks(bytes(certificates)));
        PrivateKey secret = key(key, Pem.blocks(bytes(key)));
        X509Certificate own = chain.getFirst();
        if (!belong(own.getPublicKey(), secret)) {
            throw new IllegalArgumentException(
                    ("the private key in %s does not belong to the first certificate in %s, %s: name"
                                    + " the key that it was made with, or put its certificate first")
                            .formatted(key, certificates, own.getSubjectX500Principal()));
        }
        return new Identity(chain, secret);
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "%s is too large for a certificate or a key: name a PEM file"
                                .formatted(file));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s".formatted(file, reason(e)), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ ->
                    "permission is missing: let the user who runs the server read it";
            default -> Objects.requireNonNullElse(e.getMessage(), e.toString());
        };
    }

    // ---- certificates

    private static List<X509Certificate> chain(Path file, List<Pem> blocks) {
        List<Pem> found = blocks.stream().filter(each -> each.label().equals(CERTIFICATE)).toList();
        if (found.isEmpty()) {
            boolean key = blocks.stream().anyMatch(each -> each.label().endsWith("PRIVATE KEY"));
            throw new IllegalArgumentException(
                    key
                            ? "%s holds a private key and no certificate: are the two files exchanged?"
                                    .formatted(file)
                            : ("%s holds no certificate in PEM: if it is one in DER, openssl x509"
                                            + " -inform DER -in %s -out cert.pem converts it")
                                    .formatted(file, file));
        }
        return found.stream().map(each -> certificate(file, each)).toList();
    }

    private static X509Certificate certificate(Path file, Pem block) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a certificate in %s is damaged: get the file anew (openssl x509 -in %s -text shows what is in it)"
                            .formatted(file, file),
                    e);
        }
    }

    // ---- the key

    private static PrivateKey key(Path file, List<Pem> blocks) {
        Pem key =
                blocks.stream()
                        .filter(each -> each.label().endsWith("PRIVATE KEY"))
                        .findFirst()
                        .orElseThrow(() -> noKey(file, blocks));
        if (key.encrypted()) {
            throw new IllegalArgumentException(
                    "the private key in %s is encrypted: openssl pkey -in %s -out plain-key.pem takes the passphrase away"
                            .formatted(file, file));
        }
        byte[] pkcs8;
        try {
            pkcs8 = pkcs8(key, blocks);
        } catch (IllegalArgumentException e) {
            throw damaged(file, e);
        }
        if (pkcs8 == null) {
            throw new IllegalArgumentException(
                    "the private key in %s is in a form that is not understood: openssl pkcs8 -topk8 -nocrypt -in %s -out key.pem converts it"
                            .formatted(file, file));
        }
        return privateKey(file, pkcs8);
    }

    private static IllegalArgumentException noKey(Path file, List<Pem> blocks) {
        boolean certificate = blocks.stream().anyMatch(each -> each.label().equals(CERTIFICATE));
        return new IllegalArgumentException(
                certificate
                        ? "%s holds a certificate and no private key: are the two files exchanged?"
                                .formatted(file)
                        : ("%s holds no private key in PEM: if it is one in DER, openssl pkey -inform DER"
                                        + " -in %s -out key.pem converts it")
                                .formatted(file, file));
    }

    private static IllegalArgumentException damaged(Path file, Exception cause) {
        return new IllegalArgumentException(
                "the private key in %s is damaged: get the file anew (openssl pkey -in %s -check tests it)"
                        .formatted(file, file),
                cause);
    }

    /** The key in the frame that Java reads, or null if there is no way. */
    private static byte @Nullable [] pkcs8(Pem key, List<Pem> blocks) {
        byte[] der = key.der();
        return switch (key.label()) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> Der.pkcs8OfRsa(der);
            case "EC PRIVATE KEY" -> {
                byte[] curve = Der.curveOf(der);
                byte[] named = curve == null ? parameters(blocks) : curve;
                yield named == null ? null : Der.pkcs8OfEc(der, named);
            }
            default -> null;
        };
    }

    private static byte @Nullable [] parameters(List<Pem> blocks) {
        return blocks.stream()
                .filter(each -> each.label().equals(EC_PARAMETERS))
                .findFirst()
                .map(Pem::der)
                .orElse(null);
    }

    private static PrivateKey privateKey(Path file, byte[] pkcs8) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        Exception reason = new InvalidKeySpecException();
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                reason = e;
            }
        }
        throw new IllegalArgumentException(
                "the private key in %s is damaged or of a kind that TLS cannot use: RSA, EC and Ed25519 can be (openssl pkey -in %s -check tests it)"
                        .formatted(file, file),
                reason);
    }

    // ---- both

    private static boolean belong(PublicKey open, PrivateKey secret) {
        if (open instanceof RSAKey its && secret instanceof RSAKey other) {
            return its.getModulus().equals(other.getModulus());
        }
        String algorithm =
                switch (secret.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "EdDSA" -> "EdDSA";
                    default -> "";
                };
        return !algorithm.isEmpty() && verifies(algorithm, open, secret);
    }

    /** Whether the public key accepts what the private key signs. */
    private static boolean verifies(String algorithm, PublicKey open, PrivateKey secret) {
        byte[] text = CERTIFICATE.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException e) {
            // The other one is of another kind.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot sign with " + algorithm, e);
        }
    }
}
