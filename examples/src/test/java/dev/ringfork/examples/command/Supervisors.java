// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Programs that start a server with listeners which they have bound. */
final class Supervisors {
    /**
     * Does as systemd does, without its waiting for a first client: binds, prints where, and
     * becomes the command.
     */
    private static final String AS_SYSTEMD =
            """
            import os, socket, sys
            kinds, command = sys.argv[1].split(','), sys.argv[2:]
            fds = []
            for kind in kinds:
                if kind.startswith('/'):
                    bound = socket.socket(socket.AF_UNIX)
                    bound.bind(kind)
                else:
                    bound = socket.socket(type=socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM)
                    bound.bind(('127.0.0.1', 0))
                    print('bound //127.0.0.1:%d' % bound.getsockname()[1], flush=True)
                if kind != 'udp':
                    bound.listen(64)
                fds.append(os.dup2(bound.fileno(), 100 + len(fds)))
            for number, fd in enumerate(fds):
                os.dup2(fd, 3 + number)
                os.close(fd)
            os.environ.update(LISTEN_FDS=str(len(fds)), LISTEN_PID=str(os.getpid()))
            os.execvp(command[0], command)
            """;

    private Supervisors() {}

    /** Skips a test where a program is not to be found. */
    static void assumeInstalled(String program, String remedy) {
        // Administrators' programs are not on everybody's path.
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        boolean found =
                Stream.of(path.split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, program + " is not installed: " + remedy);
    }

    /**
     * What hands over as systemd does.
     *
     * @param kinds {@code tcp}, {@code udp} or a path; ports are printed
     */
    static List<String> asSystemd(String... kinds) {
        assumeInstalled("python3", "it stands in for systemd");
        return List.of("python3", "-c", AS_SYSTEMD, String.join(",", kinds));
    }
}
