// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitStatusTest {

    @ParameterizedTest
    @EnumSource(Platform.class)
    void shouldReadAnExit(Platform platform) {
        WaitStatus status = new WaitStatus(platform, 0xff00);
        assertTrue(status.exited());
        assertEquals(255, status.exitStatus());
        assertFalse(status.signaled() || status.stopped() || status.continued());
        assertEquals("exited with 255", status.toString());
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void shouldReadASignal(Platform platform) {
        WaitStatus status = new WaitStatus(platform, 9);
        assertTrue(status.signaled());
        assertEquals(9, status.termSignal());
        assertFalse(status.exited() || status.stopped() || status.continued());
        assertEquals("killed by signal 9", status.toString());
        assertEquals("killed by signal 11, core dumped", new WaitStatus(platform, 0x8b).toString());
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void shouldReadAStop(Platform platform) {
        WaitStatus status = new WaitStatus(platform, 0x147f);
        assertTrue(status.stopped());
        assertEquals(20, status.stopSignal());
        assertFalse(status.exited() || status.signaled() || status.continued());
        assertEquals("stopped by signal 20", status.toString());
    }

    @Test
    void shouldReadAContinuationAsEachPlatformWritesIt() {
        assertTrue(new WaitStatus(Platform.LINUX_X86_64, 0xffff).continued());
        assertTrue(new WaitStatus(Platform.MACOS_AARCH64, 0x137f).continued());
        assertEquals("continued", new WaitStatus(Platform.MACOS_X86_64, 0x137f).toString());
        // Signal 19 is SIGSTOP on Linux.
        assertTrue(new WaitStatus(Platform.LINUX_AARCH64, 0x137f).stopped());
        assertFalse(new WaitStatus(Platform.MACOS_AARCH64, 0x137f).stopped());
    }
}
