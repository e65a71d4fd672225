// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How layouts and call numbers are asked for; what they say is for {@link AbiFactsTest}. */
class LayoutsTest {

    @Test
    void shouldTellThePackedEventFromTheAlignedOne() {
        Layouts intel = Layouts.of(Platform.LINUX_X86_64);
        Layouts arm = Layouts.of(Platform.LINUX_AARCH64);

        assertEquals(12, intel.size("epoll_event"));
        assertEquals(4, intel.offset("epoll_event", "data"));
        assertEquals(16, arm.size("epoll_event"));
        assertEquals(8, arm.offset("epoll_event", "data"));
        assertEquals(8, arm.size("epoll_event", "data"));
    }

    @Test
    void shouldFindATypeWhateverWasAskedBefore() {
        Layouts layouts = Layouts.of(Platform.MACOS_AARCH64);

        assertEquals(2, layouts.size("mode_t"));
        assertEquals(32, layouts.size("kevent"));
        assertEquals(4, layouts.align("kevent"));
        assertEquals("struct kevent", layouts.spelling("kevent"));
        assertEquals("siginfo_t", layouts.spelling("siginfo_t"));
    }

    @Test
    void shouldSayWhichPlatformLacksATypeOrField() {
        Layouts macos = Layouts.of(Platform.MACOS_AARCH64);

        assertFalse(macos.has("epoll_event"));
        assertFalse(macos.has("epoll_event", "data"));
        assertFalse(macos.has("stat", "st_mtim"));
        assertTrue(macos.has("stat", "st_mtimespec"));
        assertEquals(
                "no layout of epoll_event on macos-aarch64",
                assertThrows(NoSuchElementException.class, () -> macos.size("epoll_event"))
                        .getMessage());
        assertEquals(
                "stat has no field st_mtim on macos-aarch64",
                assertThrows(NoSuchElementException.class, () -> macos.offset("stat", "st_mtim"))
                        .getMessage());
    }

    @Test
    void shouldReadTheTablesOfThisPlatformOnce() {
        assertSame(Layouts.current(), Layouts.of(Platform.current()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepFieldsInsideTheirStruct(Platform platform) {
        Layouts layouts = Layouts.of(platform);
        for (String type : layouts.types()) {
            for (String field : layouts.fields(type)) {
                int end = layouts.offset(type, field) + layouts.size(type, field);
                assertTrue(end <= layouts.size(type), type + "." + field);
            }
        }
    }

    @Test
    void shouldAlignAncillaryDataAsThePlatformDoes() {
        assertEquals(24, Layouts.of(Platform.LINUX_X86_64).cmsgSpace(4));
        assertEquals(16, Layouts.of(Platform.MACOS_AARCH64).cmsgSpace(4));
        assertEquals(16, Layouts.of(Platform.MACOS_AARCH64).cmsgLength(4));
    }

    @Test
    void shouldNumberCallsByTheKernelsNames() {
        SyscallNumbers intel = SyscallNumbers.of(Platform.LINUX_X86_64);
        SyscallNumbers arm = SyscallNumbers.of(Platform.LINUX_AARCH64);

        assertEquals(288, intel.number("accept4"));
        assertEquals(242, arm.number("accept4"));
        assertTrue(intel.has("epoll_wait"));
        assertFalse(arm.has("epoll_wait"));
        assertEquals(
                "no number of epoll_wait on linux-aarch64",
                assertThrows(NoSuchElementException.class, () -> arm.number("epoll_wait"))
                        .getMessage());
    }

    @Test
    void shouldHaveNoNumbersForMacos() {
        assertTrue(SyscallNumbers.of(Platform.MACOS_X86_64).names().isEmpty());
    }
}
