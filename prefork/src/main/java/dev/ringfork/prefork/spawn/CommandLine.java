// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a program was started, so that it can be started again. Immutable.
 *
 * @param program the path of the executable
 * @param arguments all of them, the program's name first
 */
public record CommandLine(String program, List<String> arguments) {
    private static final Path LINUX = Path.of("/proc/self/cmdline");
    private static final Path LINUX_PROGRAM = Path.of("/proc/self/exe");

    /** What Linux adds to the name of an executable that was replaced since. */
    private static final String DELETED = " (deleted)";

    /** Keeps a copy of the arguments. */
    public CommandLine {
        arguments = List.copyOf(arguments);
    }

    /**
     * That of this process: the virtual machine, its options, the main class and its arguments.
     *
     * @throws IllegalStateException if the system does not tell
     */
    public static CommandLine current() {
        return Files.exists(LINUX) ? linux() : elsewhere();
    }

    private static CommandLine linux() {
        try {
            // Arguments are bytes that end with a NUL each; those beyond ASCII are taken as the
            // virtual machine takes them when it starts.
            String all = new String(Files.readAllBytes(LINUX), nativeCharset());
            List<String> arguments = new ArrayList<>(Arrays.asList(all.split("\0", -1)));
            arguments.removeLast();
            String program = Files.readSymbolicLink(LINUX_PROGRAM).toString();
            if (program.endsWith(DELETED)) {
                program = program.substring(0, program.length() - DELETED.length());
            }
            return new CommandLine(program, arguments);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the command line of this process cannot be read from /proc, so no worker can be started like it",
                    e);
        }
    }

    private static Charset nativeCharset() {
        return Charset.forName(System.getProperty("native.encoding", ISO_8859_1.name()));
    }

    private static CommandLine elsewhere() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        String program =
                info.command()
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "this system does not tell how this process was started"));
        List<String> arguments = new ArrayList<>();
        arguments.add(program);
        arguments.addAll(Arrays.asList(info.arguments().orElse(new String[0])));
        return new CommandLine(program, arguments);
    }
}
