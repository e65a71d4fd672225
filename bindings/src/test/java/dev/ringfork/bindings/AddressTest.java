// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    private final MemorySegment memory = MemorySegment.ofArray(new byte[128]);

    private String encoded(Platform platform, String address) {
        memory.fill((byte) 0xee);
        int length = Address.parse(address).encode(platform, memory);
        return HexFormat.of().formatHex(memory.asSlice(0, length).toArray(JAVA_BYTE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:80",
                "0.0.0.0:0",
                "255.255.255.255:65535",
                "[::]:0",
                "[::1]:80",
                "[fe80::1%2]:80",
                "[1:2:3:4:5:6:7:8]:9",
                "[1::8]:9",
                "[1:0:0:2::3]:5",
                "[2001:db8::]:443",
                "[::ffff:192.0.2.1]:1",
                "unix:/run/app.sock",
                "unix:relative",
                "unix:@abstract",
                "unix:@",
                "unix:"
            })
    void shouldWriteWhatItReads(String text) {
        assertEquals(text, Address.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "[0:0:0:0:0:0:0:1]:1, [::1]:1",
        "[1:0:0:0:2:0:0:0]:1, [1::2:0:0:0]:1",
        "[1:0:2:0:3:0:4:0]:1, [1:0:2:0:3:0:4:0]:1",
        "[00AB::FFFF]:1, [ab::ffff]:1",
        "[::ffff:c000:201]:1, [::ffff:192.0.2.1]:1",
        "[::1.2.3.4]:1, [::102:304]:1",
        "[64:ff9b::1.2.3.4]:1, [64:ff9b::102:304]:1"
    })
    void shouldWriteIpv6InItsOneForm(String text, String canonical) {
        assertEquals(canonical, Address.parse(text).toString());
        assertEquals(Address.parse(text), Address.parse(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:80",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "127.0.0.1:+1",
                "127.0.0.1:12345678901",
                "127.1:80",
                "127.0.0.256:80",
                "127.0.0.010:80",
                "1.2.3.4.5:80",
                "::1:80",
                "[::1]",
                "[]:80",
                "[1::2::3]:80",
                "[1:2:3:4:5:6:7]:80",
                "[1:2:3:4:5:6:7:8:9]:80",
                "[1:2:3:4:5:6:7:8::]:80",
                "[12345::]:80",
                "[g::]:80",
                "[:1]:80",
                "[1:]:80",
                "[::1%]:80",
                "[::1%eth0]:80",
                "[::1.2.3]:80",
                "[1.2.3.4::]:80",
                ":80"
            })
    void shouldRefuseWhatIsNoAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> Address.parse(text));
    }

    @Test
    void shouldRefusePortsAndPathsThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> new Address.Inet4(0, 65536));
        assertThrows(IllegalArgumentException.class, () -> new Address.Inet6(0, 0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Address.Unix(""));
        assertThrows(IllegalArgumentException.class, () -> new Address.Unix("a\0b"));
    }

    @Test
    void shouldNotTakeAPathForAnAbstractName() {
        Address path = new Address.Unix("@strange");
        assertEquals("unix:./@strange", path.toString());
        assertEquals(path, Address.parse(path.toString()));
    }

    @Test
    void shouldEncodeAsEachPlatformDoes() {
        assertEquals(
                "02000050" + "7f000001" + "0000000000000000",
                encoded(Platform.LINUX_X86_64, "127.0.0.1:80"));
        assertEquals(
                "10020050" + "7f000001" + "0000000000000000",
                encoded(Platform.MACOS_AARCH64, "127.0.0.1:80"));
        assertEquals(
                "0a0001bb" + "00000000" + "fe800000000000000000000000000001" + "02000000",
                encoded(Platform.LINUX_AARCH64, "[fe80::1%2]:443"));
        assertEquals(
                "1c1e01bb" + "00000000" + "fe800000000000000000000000000001" + "02000000",
                encoded(Platform.MACOS_X86_64, "[fe80::1%2]:443"));
        assertEquals("01002f6100", encoded(Platform.LINUX_X86_64, "unix:/a"));
        assertEquals("05012f6100", encoded(Platform.MACOS_AARCH64, "unix:/a"));
        assertEquals("01000061", encoded(Platform.LINUX_X86_64, "unix:@a"));
        assertEquals("0100", encoded(Platform.LINUX_X86_64, "unix:"));
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void shouldDecodeWhatItEncodes(Platform platform) {
        for (String text : new String[] {"1.2.3.4:56789", "[1:2::3%4]:5", "unix:/run/a", "unix:"}) {
            Address address = Address.parse(text);
            memory.fill((byte) 0xee);
            int length = address.encode(platform, memory);
            assertEquals(address, Address.decode(platform, memory, length));
        }
    }

    @Test
    void shouldDecodeNamesOfUnixSockets() {
        int length = Address.parse("unix:@a b").encode(Platform.LINUX_X86_64, memory);
        assertEquals(
                new Address.Abstract("a b"), Address.decode(Platform.LINUX_X86_64, memory, length));
        // A full path has no NUL at the end.
        memory.fill((byte) 'x');
        memory.set(JAVA_BYTE, 0, (byte) 1);
        memory.set(JAVA_BYTE, 1, (byte) 0);
        Address full = Address.decode(Platform.LINUX_X86_64, memory, 110);
        assertEquals(new Address.Unix("x".repeat(108)), full);
        assertEquals(new Address.Unnamed(), Address.decode(Platform.MACOS_AARCH64, memory, 0));
    }

    @Test
    void shouldRefuseAnUnknownFamily() {
        memory.fill((byte) 99);
        assertThrows(
                IllegalArgumentException.class,
                () -> Address.decode(Platform.LINUX_X86_64, memory, 16));
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void shouldSayHowLongAPathMayBe(Platform platform) {
        int most = platform.linux() ? 107 : 103;
        assertEquals(most + 3, new Address.Unix("x".repeat(most)).encode(platform, memory));
        Address.Unix tooLong = new Address.Unix("x".repeat(most + 1));
        IllegalArgumentException failure =
                assertThrows(
                        IllegalArgumentException.class, () -> tooLong.encode(platform, memory));
        assertTrue(failure.toString().contains("at most " + most), failure.toString());
        // Bytes count, not characters.
        Address.Unix wide = new Address.Unix("é".repeat(most / 2 + 1));
        assertThrows(IllegalArgumentException.class, () -> wide.encode(platform, memory));
    }

    @Test
    void shouldRefuseAbstractNamesThatCannotBe() {
        Address.Abstract name = new Address.Abstract("x");
        assertThrows(
                IllegalArgumentException.class, () -> name.encode(Platform.MACOS_AARCH64, memory));
        Address.Abstract tooLong = new Address.Abstract("x".repeat(108));
        assertThrows(
                IllegalArgumentException.class,
                () -> tooLong.encode(Platform.LINUX_X86_64, memory));
    }
}
