// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** As much of DER, ITU-T X.690, as it takes to put an old private key into PKCS#8's frame. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    /** The parameters of an EC key in SEC 1: the name of the curve. */
    private static final int TAG_0 = 0xa0;

    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");

    /** rsaEncryption, 1.2.840.113549.1.1.1, and its empty parameters. */
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");

    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private Der() {}

    /** An RSA key of PKCS#1 as one of PKCS#8. */
    static byte[] pkcs8OfRsa(byte[] key) {
        return pkcs8(RSA, key);
    }

    /**
     * An EC key of SEC 1 as one of PKCS#8.
     *
     * @param curve its name, an object identifier in DER
     */
    static byte[] pkcs8OfEc(byte[] key, byte[] curve) {
        return pkcs8(join(EC, curve), key);
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return element(
                SEQUENCE,
                join(VERSION_0, element(SEQUENCE, algorithm), element(OCTET_STRING, key)));
    }

    /**
     * The name of the curve in an EC key of SEC 1, or null if it has none.
     *
     * @throws IllegalArgumentException if it is not DER
     */
    static byte @Nullable [] curveOf(byte[] key) {
        int end = end(key, 0);
        for (int at = content(key, 0); at < end; at = end(key, at)) {
            if ((key[at] & 0xff) == TAG_0) {
                return Arrays.copyOfRange(key, content(key, at), end(key, at));
            }
        }
        return null;
    }

    private static int content(byte[] der, int at) {
        int first = at(der, at + 1);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int end(byte[] der, int at) {
        int content = content(der, at);
        int length = at(der, at + 1);
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < content; i++) {
                length = length << 8 | at(der, i);
            }
        }
        if (length < 0 || length > der.length - content) {
            throw new IllegalArgumentException("an element is longer than what holds it");
        }
        return content + length;
    }

    private static int at(byte[] der, int index) {
        if (index >= der.length) {
            throw new IllegalArgumentException("it ends within an element");
        }
        return der[index] & 0xff;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >>> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
