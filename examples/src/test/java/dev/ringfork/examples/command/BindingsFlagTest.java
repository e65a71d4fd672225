// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --bindings}: the command over each provider of system calls. */
class BindingsFlagTest {
    private static final int TIMEOUT_MS = 10_000;
    private static final Pattern LIBRARIES =
            Pattern.compile(".*[/\\\\](jna|jnr-[a-z0-9]+|jffi|asm(-[a-z]+)?)-[^/\\\\]*\\.jar");

    /** JNA and jnr-ffi, from where this JVM has them. */
    private static String libraries() {
        return Stream.of("jdk.module.path", "java.class.path")
                .flatMap(each ->
                        Stream.of(System.getProperty(each, "").split(File.pathSeparator, -1)))
                .filter(each -> LIBRARIES.matcher(each).matches())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static CommandProcess start(Map<String, String> environment, String... arguments)
            throws Exception {
        String libraries = libraries();
        assertFalse(libraries.isEmpty(), "neither JNA nor jnr-ffi is here");
        return CommandProcess.start(
                List.of(
                        CommandProcess.NATIVE_ACCESS,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        libraries),
                environment,
                arguments);
    }

    private static String callsBy(CommandProcess probe) throws Exception {
        String line = probe.nextOut();
        while (!line.startsWith("calls by")) {
            line = probe.nextOut();
        }
        return line.substring("calls by".length()).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jni", "jna", "jnr"})
    void shouldReachTheKernelThroughTheProvider(String provider) throws Exception {
        try (CommandProcess probe = start(Map.of(), "probe", "--bindings", provider)) {
            assertTrue(callsBy(probe).startsWith(provider));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jni", "jna", "jnr"})
    void shouldServeWithWorkersThroughTheProvider(String provider) throws Exception {
        try (CommandProcess server =
                start(Map.of(), "echo", "--port=0", "--workers=2", "--bindings=" + provider)) {
            int port = server.port();
            server.awaitErr("serves");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(TIMEOUT_MS);
                socket.getOutputStream().write('x');
                assertEquals('x', socket.getInputStream().read());
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldTakeTheProviderFromTheEnvironment() throws Exception {
        try (CommandProcess probe = start(Map.of("RINGFORK_BINDINGS", "jni"), "probe")) {
            assertEquals("jni", callsBy(probe));
        }
    }

    @Test
    void shouldSayWhichLibraryIsMissing() throws Exception {
        try (CommandProcess probe = CommandProcess.start("probe", "--bindings=jna")) {
            String line = probe.nextErr();
            assertTrue(line.contains("net.java.dev.jna:jna"), line);
            assertEquals(1, probe.awaitExit());
        }
    }

    @Test
    void shouldNameTheProvidersThereAre() throws Exception {
        try (CommandProcess probe = CommandProcess.start("probe", "--bindings=jnx")) {
            String line = probe.nextErr();
            assertTrue(line.endsWith("'jnx' is none of ffm, jni, jna and jnr"), line);
            assertEquals(2, probe.awaitExit());
        }
    }
}
