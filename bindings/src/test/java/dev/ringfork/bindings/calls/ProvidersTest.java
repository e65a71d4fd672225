// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.natives.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Run in a JVM of its own by the tests below. */
    static final class AskForSyscalls {
        private AskForSyscalls() {}

        public static void main(String[] args) {
            System.out.println("calls by " + Syscalls.get().provider());
        }
    }

    private static void assertSays(String sentence, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assertTrue(output.contains(sentence), output);
    }

    @ParameterizedTest
    @CsvSource({"ffm, stub", "ffm, libc", "jni, auto", "jna, auto", "jnr, auto"})
    void shouldNameTheFlagWhenNativeAccessIsDenied(String provider, String door)
            throws IOException, InterruptedException {
        assertSays(
                "--enable-native-access=dev.ringfork.bindings",
                "--illegal-native-access=deny",
                "-Dringfork.bindings=" + provider,
                "-Dringfork.ffm.door=" + door,
                "-cp",
                classPath(),
                AskForSyscalls.class.getName());
    }

    @ParameterizedTest
    @CsvSource({"jna, net.java.dev.jna:jna", "jnr, com.github.jnr:jnr-ffi"})
    void shouldNameTheJarThatIsMissing(String provider, String jar)
            throws IOException, InterruptedException {
        assertSays(
                "-Dringfork.bindings=%s: put %s on the class path".formatted(provider, jar),
                "--enable-native-access=ALL-UNNAMED",
                "-Dringfork.bindings=" + provider,
                "-cp",
                classPath(),
                AskForSyscalls.class.getName());
    }

    /** Ringfork as a module, and JNA on the class path. */
    @ParameterizedTest
    @CsvSource({
        "'dev.ringfork.bindings,ALL-UNNAMED', calls by jna",
        "dev.ringfork.bindings, add com.sun.jna to --enable-native-access"
    })
    void shouldNeedPermissionForTheLibraryToo(String permitted, String sentence)
            throws IOException, InterruptedException {
        assertSays(
                sentence,
                "--illegal-native-access=deny",
                "--enable-native-access=" + permitted,
                "-Dringfork.bindings=jna",
                "--module-path",
                join(location(Syscalls.class), location(NativeLibrary.class)),
                "--patch-module",
                "dev.ringfork.bindings=" + location(AskForSyscalls.class),
                "-cp",
                location(com.sun.jna.Native.class),
                "--module",
                "dev.ringfork.bindings/" + AskForSyscalls.class.getName());
    }

    private static String classPath() {
        return join(
                location(Syscalls.class),
                location(AskForSyscalls.class),
                location(NativeLibrary.class));
    }

    private static String join(String... paths) {
        return String.join(File.pathSeparator, paths);
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
