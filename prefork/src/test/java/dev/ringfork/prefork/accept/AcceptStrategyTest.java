// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AcceptStrategyTest {
    private static final List<Address> TCP = List.of(Address.parse("127.0.0.1:0"));
    private static final List<Address> UNIX = List.of(new Address.Unix("/tmp/socket"));

    private static String refusal(
            AcceptStrategy strategy, Platform platform, List<Address> where, boolean packets) {
        return String.valueOf(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> strategy.check(platform, where, packets))
                        .getMessage());
    }

    @Test
    void shouldRefuseAListenerAWorkerWhereThePortIsNotShared() {
        String why = refusal(AcceptStrategy.REUSEPORT, Platform.MACOS_AARCH64, TCP, false);
        assertTrue(why.contains("choose --accept shared, mutex or pass"), why);
    }

    @Test
    void shouldRefuseAListenerAWorkerAtAPath() {
        String why = refusal(AcceptStrategy.REUSEPORT, Platform.LINUX_X86_64, UNIX, false);
        assertTrue(why.contains("for a unix socket"), why);
    }

    @Test
    void shouldRefuseToPassPacketsOn() {
        String why = refusal(AcceptStrategy.PASS, Platform.LINUX_X86_64, UNIX, true);
        assertTrue(why.contains("choose --accept shared, exclusive or mutex"), why);
    }

    @Test
    void shouldTakeWhatCanWork() {
        assertDoesNotThrow(() -> {
            AcceptStrategy.REUSEPORT.check(Platform.LINUX_X86_64, TCP, false);
            AcceptStrategy.PASS.check(Platform.MACOS_AARCH64, UNIX, false);
            AcceptStrategy.SHARED.check(Platform.MACOS_AARCH64, UNIX, true);
        });
    }
}
