// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the commands that speak with a master find it. */
final class ControlOptions {
    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = "The master's control socket, the PATH that it was started with.")
    private @Nullable Path path;

    /**
     * The socket.
     *
     * @throws Refusal if none was named
     */
    Path path() {
        if (path == null) {
            throw Refusal.usage(
                    "which master? name its socket with --control PATH, as it was started with",
                    null);
        }
        return path;
    }
}
