// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Headers as a proxy writes them, version 2's field by field. */
final class Headers {
    static final int LOCAL = 0x20;
    static final int PROXY = 0x21;
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;
    static final int UNIX = 0x31;

    /** 192.0.2.1:1000 to 192.0.2.2:443. */
    static final byte[] INET_ADDRESSES = {
        (byte) 192, 0, 2, 1, (byte) 192, 0, 2, 2, 0x03, (byte) 0xe8, 0x01, (byte) 0xbb
    };

    private Headers() {}

    static byte[] text(String line) {
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A header of version 2 whose length is right. */
    static byte[] binary(int command, int family, byte[]... parts) {
        byte[] body = join(parts);
        return ByteBuffer.allocate(BinaryHeader.FIXED_BYTES + body.length)
                .put(BinaryHeader.SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] extension(int type, byte... value) {
        return ByteBuffer.allocate(3 + value.length)
                .put((byte) type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    static byte[] unix(String path) {
        return Arrays.copyOf(path.getBytes(StandardCharsets.UTF_8), 108);
    }

    /** A header that ends with its checksum. */
    static byte[] summed(byte[]... parts) {
        byte[] header = binary(PROXY, TCP4, join(parts), extension(3, new byte[4]));
        CRC32C sum = new CRC32C();
        sum.update(header);
        ByteBuffer.wrap(header).putInt(header.length - 4, (int) sum.getValue());
        return header;
    }
}
