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

    /**
     * Stores descriptors as systemd does. A command that has ended is started again with them at
     * USR1; HUP kills it, other signals are passed on.
     */
    private static final String WITH_STORE =
            """
            import os, signal, socket, sys, threading
            notify, command = sys.argv[1], sys.argv[2:]
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.bind(notify)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            stored, pid = [], 0

            def say(line):
                sys.stderr.write(line + '\\n')
                sys.stderr.flush()

            def listen():
                while True:
                    text, fds, _, _ = socket.recv_fds(manager, 4096, 8)
                    told = dict(line.split('=', 1) for line in text.decode().splitlines())
                    name = told.get('FDNAME')
                    if 'FDSTORE' in told:
                        stored.append((name, fds[0]))
                        say('stored ' + name)
                    if 'FDSTOREREMOVE' in told:
                        for each in [each for each in stored if each[0] == name]:
                            stored.remove(each)
                            os.close(each[1])
                        say('removed ' + name)

            threading.Thread(target=listen, daemon=True).start()
            signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
            signal.signal(signal.SIGHUP, lambda *_: os.kill(pid, signal.SIGKILL))
            os.environ['NOTIFY_SOCKET'] = notify
            while True:
                pid = os.fork()
                if pid == 0:
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
                    fds = [os.dup2(fd, 100 + n) for n, (_, fd) in enumerate(stored)]
                    for n, fd in enumerate(fds):
                        os.dup2(fd, 3 + n)
                        os.close(fd)
                    if fds:
                        names = ':'.join(name for name, _ in stored)
                        os.environ.update(LISTEN_FDS=str(len(fds)), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=names)
                    os.execvp(command[0], command)
                _, status = os.waitpid(pid, 0)
                say('ended with %d' % status)
                signal.sigwait({signal.SIGUSR1})
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

    /**
     * What stores as systemd does, and says on standard error what it has done.
     *
     * @param notify where it is told
     */
    static List<String> withStore(Path notify) {
        assumeInstalled("python3", "it stands in for systemd");
        return List.of("python3", "-c", WITH_STORE, notify.toString());
    }
}
