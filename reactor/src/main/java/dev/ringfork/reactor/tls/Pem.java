// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of a PEM file, RFC 7468.
 *
 * @param label what stands behind BEGIN
 * @param text what stands between the two lines
 */
record Pem(String label, String text) {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]+)-----\\R(.*?)-----END \\1-----", Pattern.DOTALL);

    /** All blocks of a file, in order; what is between them is commentary. */
    static List<Pem> blocks(byte[] file) {
        List<Pem> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(file, ISO_8859_1));
        while (block.find()) {
            blocks.add(new Pem(block.group(1), block.group(2)));
        }
        return blocks;
    }

    /** Whether the text is encrypted, as old versions of openssl wrote keys. */
    boolean encrypted() {
        return label.equals("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED");
    }

    /**
     * The content in DER.
     *
     * @throws IllegalArgumentException if it is not base 64
     */
    byte[] der() {
        return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
    }
}
