// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProvidersTest {

    @Test
    void shouldGiveTheSameProviderAtEveryCall() {
        assertSame(Syscalls.get(), Syscalls.get());
        assertEquals(Doors.PROVIDER, Syscalls.get().provider());
    }

    @Test
    void shouldListTheProvidersWhenTheNameIsUnknown() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> Providers.link("panama"));
        assertEquals(
                "-Dringfork.bindings=panama: the providers are ffm, jni, jnr, jna",
                failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jnr", "jna"})
    void shouldSayWhichProvidersAreNotBuiltYet(String name) {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> Providers.link(name));
        assertTrue(failure.toString().contains("not built yet"), failure.toString());
    }

    /** Run in a JVM of its own by the test below. */
    static final class AskForSyscalls {
        private AskForSyscalls() {}

        public static void main(String[] args) {
            Syscalls.get();
        }
    }

    @ParameterizedTest
    @CsvSource({"ffm, stub", "ffm, libc", "jni, auto"})
    void shouldNameTheFlagWhenNativeAccessIsDenied(String provider, String door)
            throws IOException, InterruptedException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-Dringfork.bindings=" + provider,
                        "-Dringfork.ffm.door=" + door,
                        "-cp",
                        classPath(),
                        AskForSyscalls.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), output);
        assertTrue(output.contains("--enable-native-access=dev.ringfork.bindings"), output);
    }

    private static String classPath() {
        return String.join(
                System.getProperty("path.separator"),
                location(Syscalls.class),
                location(AskForSyscalls.class),
                location(dev.ringfork.natives.NativeLibrary.class));
    }

    private static String location(Class<?> type) {
        return Path.of(
                        java.net.URI.create(
                                type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }
}
