// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MachineStartTest {
    @Test
    void shouldPassTheResolvedClassPathInPlaceOfTheOneThatWasWritten() {
        for (String written : List.of("-cp lib/*", "--class-path lib/*", "--class-path=lib/*")) {
            MachineStart start = read("lib/a.jar", written + " -Xmx9m a.Main one --cp");
            assertEquals(
                    List.of(
                            "-Djava.class.path=lib/a.jar",
                            "-Xmx9m",
                            "-Dsun.java.command=a.Main one --cp"),
                    start.options());
            assertEquals("a.Main", start.mainClass());
            assertEquals(List.of("one", "--cp"), start.arguments());
        }
    }

    @Test
    void shouldRunTheClassOfAModule() {
        for (String written : List.of("-m a/a.Main", "--module a/a.Main", "--module=a/a.Main")) {
            MachineStart start = read("", "-p mods " + written + " -m");
            assertEquals(
                    List.of(
                            "--module-path=mods",
                            "-Dsun.java.command=a/a.Main -m",
                            "-Djdk.module.main=a"),
                    start.options());
            assertEquals("a.Main", start.mainClass());
            assertEquals(List.of("-m"), start.arguments());
        }
    }

    @Test
    void shouldJoinOptionsWithTheirValues() {
        assertEquals(
                List.of("--enable-native-access=a", "--add-opens=b/c=d", "--add-modules=e"),
                read("", "--enable-native-access a --add-opens b/c=d --add-modules=e Main")
                        .options()
                        .subList(0, 3));
    }

    @Test
    void shouldDropWhatIsForTheJavaCommandAlone() {
        assertEquals(
                List.of("-Dsun.java.command=Main"),
                read("", "-server -showversion -splash:a.png Main").options());
    }

    @Test
    void shouldPutTheOptionsOfTheEnvironmentFirst() {
        MachineStart start =
                MachineStart.of(
                        commandLine("-Xmx2m Main"),
                        Map.of("JDK_JAVA_OPTIONS", " -Xmx1m  -ea "),
                        "");
        assertEquals(List.of("-Xmx1m", "-ea", "-Xmx2m"), start.options().subList(0, 3));
    }

    @Test
    void shouldSayWhatItCannotDo() {
        assertTrue(refusal("-jar a.jar").startsWith("-jar is for the java command alone"));
        assertTrue(refusal("@file Main").startsWith("@file is for the java command alone"));
        assertTrue(refusal("-m a").contains("write module/class"));
        assertTrue(refusal("-Xmx1m").contains("names no main class"));
        assertTrue(refusal("--add-opens").contains("has no value"));
        Map<String, String> quoted = Map.of("JDK_JAVA_OPTIONS", "-Da='b c'");
        assertThrows(
                IllegalStateException.class,
                () -> MachineStart.of(commandLine("Main"), quoted, ""));
    }

    private static String refusal(String words) {
        return String.valueOf(
                assertThrows(IllegalStateException.class, () -> read("", words)).getMessage());
    }

    private static MachineStart read(String classPath, String words) {
        return MachineStart.of(commandLine(words), Map.of(), classPath);
    }

    private static CommandLine commandLine(String words) {
        List<String> arguments = new ArrayList<>(List.of("java"));
        arguments.addAll(List.of(words.split(" ", -1)));
        return new CommandLine("/bin/java", arguments);
    }
}
