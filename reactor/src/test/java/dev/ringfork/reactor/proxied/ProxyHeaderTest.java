// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that are good, not whole yet, or none. */
final class ProxyHeaderTest {
    private static final int MOST = 1024;

    private static ProxyHeader read(byte[] bytes, int count) {
        try (Arena arena = Arena.ofConfined()) {
            // Somewhere in a buffer, with bytes of other messages around it.
            MemorySegment memory = arena.allocate(bytes.length + 7L).fill((byte) 'P');
            MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 3, count);
            return ProxyHeader.read(memory, 3, 3 + count, MOST);
        }
    }

    private static ProxyHeader read(byte[] bytes) {
        return read(bytes, bytes.length);
    }

    private static void assertNames(@Nullable String source, @Nullable String to, byte[] header) {
        byte[] followed = Headers.join(header, Headers.text("PROXY and more"));
        ProxyHeader read = read(followed);
        assertEquals(header.length, read.bytes());
        if (source == null || to == null) {
            assertNull(read.source());
            assertNull(read.destination());
        } else {
            assertEquals(Address.parse(source), read.source());
            assertEquals(Address.parse(to), read.destination());
        }
    }

    @Test
    void shouldReadVersion1() {
        assertNames(
                "192.0.2.1:1",
                "192.0.2.255:65535",
                Headers.text("PROXY TCP4 192.0.2.1 192.0.2.255 1 65535\r\n"));
        assertNames(
                "[2001:db8::1]:0",
                "[::ffff:192.0.2.1]:443",
                Headers.text("PROXY TCP6 2001:DB8::1 ::ffff:192.0.2.1 0 443\r\n"));
        assertNames(null, null, Headers.text("PROXY UNKNOWN\r\n"));
        String longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        String line = "PROXY UNKNOWN %s %s 65535 65535\r\n".formatted(longest, longest);
        assertEquals(ProxyHeader.TEXT_MAX, line.length());
        assertNames(null, null, Headers.text(line));
    }

    @Test
    void shouldReadVersion2() {
        byte[] addresses = Headers.INET_ADDRESSES;
        byte[] inet6 = new byte[36];
        inet6[0] = 0x20;
        inet6[15] = 1;
        inet6[31] = 1;
        inet6[33] = 80;
        inet6[35] = 81;
        String from = "192.0.2.1:1000";
        String to = "192.0.2.2:443";
        assertNames(from, to, Headers.binary(Headers.PROXY, Headers.TCP4, addresses));
        assertNames(from, to, Headers.binary(Headers.PROXY, 0x12, addresses));
        assertNames("[2000::1]:80", "[::1]:81", Headers.binary(Headers.PROXY, 0x21, inet6));
        assertNames(
                "unix:/run/client",
                "unix:@name",
                Headers.binary(
                        Headers.PROXY,
                        Headers.UNIX,
                        Headers.unix("/run/client"),
                        Headers.unix("\0name")));
        assertNames(
                "unix:",
                "unix:/" + "x".repeat(107),
                Headers.binary(
                        Headers.PROXY,
                        Headers.UNIX,
                        Headers.unix(""),
                        Headers.unix("/" + "x".repeat(107))));
    }

    @Test
    void shouldReadVersion2WithoutAddresses() {
        byte[] junk = {1, 2, 3, 4};
        assertNames(null, null, Headers.binary(Headers.LOCAL, 0));
        assertNames(null, null, Headers.binary(Headers.LOCAL, 0xff, junk));
        assertNames(null, null, Headers.binary(Headers.LOCAL, Headers.TCP4, junk));
        assertNames(null, null, Headers.binary(Headers.PROXY, 0));
        assertNames(null, null, Headers.binary(Headers.PROXY, 0x10, Headers.INET_ADDRESSES));
    }

    @Test
    void shouldSkipExtensionsAndCheckTheSum() {
        byte[] name = Headers.extension(2, Headers.text("example.org"));
        byte[] empty = Headers.extension(0x20);
        assertNames(
                "192.0.2.1:1000",
                "192.0.2.2:443",
                Headers.binary(Headers.PROXY, Headers.TCP4, Headers.INET_ADDRESSES, name, empty));
        byte[] summed = Headers.summed(Headers.INET_ADDRESSES, name);
        assertNames("192.0.2.1:1000", "192.0.2.2:443", summed);
        for (int bit = 8 * BinaryHeader.FIXED_BYTES; bit < 8 * summed.length; bit++) {
            byte[] flipped = summed.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            // A bit of the checksum's own type makes it an extension that nobody checks.
            boolean type = bit / 8 == summed.length - 7;
            assertTrue(type || read(flipped).malformed(), "bit " + bit);
        }
    }

    static List<byte[]> good() {
        return List.of(
                Headers.text("PROXY TCP4 192.0.2.1 192.0.2.255 1 65535\r\n"),
                Headers.text("PROXY TCP6 ::1 ::2 0 443\r\n"),
                Headers.text("PROXY UNKNOWN\r\n"),
                Headers.binary(Headers.LOCAL, 0),
                Headers.binary(Headers.PROXY, Headers.TCP4, Headers.INET_ADDRESSES),
                Headers.binary(Headers.PROXY, Headers.TCP6, new byte[36]),
                Headers.binary(Headers.PROXY, Headers.UNIX, new byte[216]),
                Headers.summed(Headers.INET_ADDRESSES, Headers.extension(1, (byte) 7)));
    }

    @ParameterizedTest
    @MethodSource("good")
    void shouldWaitForTheRestAtEveryPosition(byte[] header) {
        for (int count = 0; count < header.length; count++) {
            assertSame(ProxyHeader.INCOMPLETE, read(header, count), "after " + count);
        }
        assertEquals(header.length, read(header).bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "PROXZ",
                "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY\tTCP4",
                "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rX",
                "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.02.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
                "PROXY TCP4 ::1 ::2 1 2\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP6 ::1%1 ::2 1 2\r\n",
                "PROXY TCP6 [::1] ::2 1 2\r\n",
                "PROXY TCP6 1::2::3 ::2 1 2\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY UNIX /a /b\r\n",
                "PROXY \u00fcNKNOWN\r\n",
                "PROXY \r\n",
            })
    void shouldTakeNothingElseForVersion1(String text) {
        assertSame(ProxyHeader.MALFORMED, read(Headers.text(text)));
    }

    @Test
    void shouldTakeNoLineThatIsTooLong() {
        String line = "PROXY UNKNOWN " + "x".repeat(ProxyHeader.TEXT_MAX);
        byte[] bytes = Headers.text(line);
        assertSame(ProxyHeader.INCOMPLETE, read(bytes, ProxyHeader.TEXT_MAX - 1));
        assertSame(ProxyHeader.MALFORMED, read(bytes, ProxyHeader.TEXT_MAX));
        String end = line.substring(0, ProxyHeader.TEXT_MAX - 1) + "\r\n";
        assertSame(ProxyHeader.MALFORMED, read(Headers.text(end)));
    }

    static List<byte[]> badBinary() {
        byte[] inet = Headers.INET_ADDRESSES;
        return List.of(
                Headers.binary(0x22, Headers.TCP4, inet),
                Headers.binary(0x11, Headers.TCP4, inet),
                Headers.binary(0x31, Headers.TCP4, inet),
                Headers.binary(Headers.PROXY, 0x41, inet),
                Headers.binary(Headers.PROXY, 0x13, inet),
                Headers.binary(Headers.PROXY, Headers.TCP4, new byte[11]),
                Headers.binary(Headers.PROXY, Headers.TCP6, new byte[35]),
                Headers.binary(Headers.PROXY, Headers.UNIX, new byte[215]),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {1}),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {1, 0}),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {1, 0, 1}),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {1, 0, 1, 0, 9}),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {3, 0, 0}),
                Headers.binary(Headers.PROXY, Headers.TCP4, inet, new byte[] {3, 0, 4, 0, 0, 0, 0}),
                Headers.binary(Headers.PROXY, 0, new byte[MOST]));
    }

    @ParameterizedTest
    @MethodSource("badBinary")
    void shouldTakeNothingElseForVersion2(byte[] header) {
        assertSame(ProxyHeader.MALFORMED, read(header));
    }

    @Test
    void shouldTellByTheFirstByteThatDiffers() {
        byte[] header = Headers.binary(Headers.PROXY, Headers.TCP4, Headers.INET_ADDRESSES);
        for (int i = 0; i <= BinaryHeader.SIGNATURE.length; i++) {
            byte[] bad = Arrays.copyOf(header, i + 1);
            bad[i] ^= (byte) 0x40;
            // The first byte of version 1 is another beginning that is good.
            assertSame(bad[0] == 'P' ? ProxyHeader.INCOMPLETE : ProxyHeader.MALFORMED, read(bad));
        }
    }

    @Test
    void shouldSurviveWhateverComes() {
        Random random = new Random(20261121);
        List<byte[]> good = good();
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int count = random.nextInt(bytes.length + 1);
            ProxyHeader header = read(bytes, count);
            assertTrue(header.bytes() <= count, () -> Arrays.toString(bytes));
        }
    }
}
