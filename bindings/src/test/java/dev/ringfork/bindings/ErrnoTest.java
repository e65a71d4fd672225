// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.Constants;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors: their names, and the way from a result to an exception. */
class ErrnoTest {

    @ParameterizedTest
    @EnumSource
    void shouldNameEveryNumberOfEveryPlatform(Platform platform) {
        Set<String> numbersOfName = new HashSet<>();
        Errnos.on(platform)
                .forEach((name, number) -> {
                    String shown = Errno.nameOn(platform, number);
                    assertEquals(number, Errnos.on(platform).get(shown), name);
                    assertFalse(Errno.textOn(platform, number).isEmpty(), name);
                    numbersOfName.add(name);
                });
        assertTrue(numbersOfName.size() > 100);
    }

    @Test
    void shouldNameErrorsAsThePlatformNumbersThem() {
        assertEquals("EAGAIN", Errno.nameOn(Platform.LINUX_AARCH64, 11));
        assertEquals("EDEADLK", Errno.nameOn(Platform.MACOS_AARCH64, 11));
        assertEquals("EAGAIN", Errno.nameOn(Platform.MACOS_AARCH64, 35));
        assertEquals("EOPNOTSUPP", Errno.nameOn(Platform.LINUX_X86_64, 95));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 41, 134, 4095, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldSurviveNumbersThatNobodyKnows(int errno) {
        assertEquals("errno " + errno, Errno.nameOn(Platform.LINUX_X86_64, errno));
        assertEquals("unknown error", Errno.textOn(Platform.LINUX_X86_64, errno));
    }

    @Test
    void shouldHoldTheNumbersOfThisPlatform() throws IllegalAccessException {
        int checked = 0;
        for (Field field : Errno.class.getFields()) {
            if (!field.getName().equals("MAX")) {
                int number =
                        Errnos.on(Platform.current())
                                .getOrDefault(field.getName(), Constants.ABSENT);
                assertEquals(number, field.getInt(null), field.getName());
                checked++;
            }
        }
        assertEquals(Errno.TABLE.rows().size(), checked);
    }

    @Test
    void shouldReturnResultsThatAreNoErrors() {
        assertEquals(0, Errno.check("close", 0, null));
        assertEquals(7, Errno.check("accept4", 7, null));
        assertEquals(1L << 40, Errno.check("mmap", 1L << 40, null));
    }

    @Test
    void shouldTakeOnlyTheKernelsErrorsForErrors() {
        assertThrows(SyscallException.class, () -> Errno.check("mmap", -4095L, null));
        assertEquals(-4096L, Errno.check("mmap", -4096L, null));
        assertEquals(Long.MIN_VALUE, Errno.check("mmap", Long.MIN_VALUE, null));
    }

    @Test
    void shouldSayCallObjectNameAndMeaning() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", 80);

        SyscallException thrown =
                assertThrows(
                        SyscallException.class,
                        () -> Errno.check("bind", -Errno.EACCES, "127.0.0.1:80"));

        assertEquals("bind 127.0.0.1:80: EACCES (permission denied)", thrown.getMessage());
        assertEquals("bind", thrown.call());
        assertEquals(Errno.EACCES, thrown.errno());
        assertEquals("EACCES", thrown.name());
        assertEquals("permission denied", thrown.text());
        assertEquals("127.0.0.1:80", thrown.object());
        assertEquals(
                address.toString(), new SyscallException("bind", Errno.EACCES, address).object());
    }

    @Test
    void shouldLeaveOutAnObjectThatIsNotThere() {
        SyscallException thrown =
                assertThrows(
                        SyscallException.class,
                        () -> Errno.check("epoll_create1", -Errno.EMFILE, null));

        assertEquals(
                "epoll_create1: EMFILE (too many open files in the process)", thrown.getMessage());
        assertNull(thrown.object());
    }

    @Test
    void shouldShowANumberWithoutAName() {
        assertEquals(
                "ioctl 5: errno 4000 (unknown error)",
                new SyscallException("ioctl", 4000, 5).getMessage());
    }

    @Test
    void shouldTravelInAStream() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new SyscallException("listen", Errno.EADDRINUSE, new Object()));
        }
        ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));

        SyscallException copy = assertInstanceOf(SyscallException.class, in.readObject());
        assertEquals(Errno.EADDRINUSE, copy.errno());
    }
}
