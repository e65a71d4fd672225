// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import java.util.Map;

/** Who hands listeners over, and in which environment variables. */
public enum Supervisor {
    /** A master of this toolkit: {@code RINGFORK_LISTENERS=name=fd;name=fd}. */
    RINGFORK(Inheritance.LISTENERS) {
        @Override
        HandedOver read(Map<String, String> environment, int pid, int parent) {
            return HandedOver.ringfork(environment);
        }
    },

    /** systemd and those that do as it does, sd_listen_fds(3): {@code LISTEN_FDS} and its kin. */
    SYSTEMD("LISTEN_(FDS|PID|FDNAMES|PIDFDID)") {
        @Override
        HandedOver read(Map<String, String> environment, int pid, int parent) {
            return HandedOver.systemd(environment, pid);
        }
    },

    /** Server::Starter: {@code SERVER_STARTER_PORT=host:port=fd;/path=fd}. */
    SERVER_STARTER("SERVER_STARTER_(PORT|GENERATION)") {
        @Override
        HandedOver read(Map<String, String> environment, int pid, int parent) {
            return HandedOver.starter(environment);
        }
    },

    /** Einhorn: {@code EINHORN_FD_COUNT}, {@code EINHORN_FD_0} and so on. */
    EINHORN("EINHORN_.*") {
        @Override
        HandedOver read(Map<String, String> environment, int pid, int parent) {
            return HandedOver.einhorn(environment, parent);
        }
    };

    /** What matches the names of all its variables. */
    private final String variables;

    Supervisor(String variables) {
        this.variables = variables;
    }

    /** What the variables say, if they are for this process. */
    abstract HandedOver read(Map<String, String> environment, int pid, int parent);

    /** Whether a variable is this supervisor's, and for the process that it started alone. */
    boolean tells(String variable) {
        return variable.matches(variables);
    }
}
