// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Account;
import dev.ringfork.prefork.service.Processors;
import dev.ringfork.prefork.service.ServiceSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags about a master and its workers as a service of a machine. */
final class ServiceOptions {
    private static final int OCTAL = 8;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description =
                    "Workers are this user's, a name or a number, with all groups of it; the master stays root.")
    private @Nullable String user;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "With --user: the group of the workers, in place of the user's own.")
    private @Nullable String group;

    @Option(
            names = "--umask",
            paramLabel = "OCTAL",
            description =
                    "The permissions that new files lack: logs, the pid file, Unix sockets; 027 for instance.")
    private @Nullable String umask;

    @Option(
            names = "--nofile",
            paramLabel = "N",
            description =
                    "How many descriptors each process may have, soft and hard limit; 0 as it is"
                            + " (default: ${DEFAULT-VALUE}).")
    private int nofile;

    @Option(
            names = "--cpu-affinity",
            paramLabel = "auto|LIST",
            description =
                    "Each worker runs on one processor, the first on the first of a list such as 0,2,4-7;"
                            + " auto is all that there are (Linux).")
    private @Nullable Processors affinity;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description =
                    "What master and workers say goes to the end of a file once the master listens. USR1"
                            + " opens it again.")
    @Nullable Path log;

    @Option(
            names = "--daemon",
            description =
                    "Go on in the background. The command returns when a worker serves, or says why none"
                            + " does.")
    boolean daemon;

    /** The first flag that was given, or null if there was none. */
    @Nullable String given() {
        if (user != null || group != null) {
            return user == null ? "--group" : "--user";
        }
        if (umask != null || nofile > 0) {
            return umask == null ? "--nofile" : "--umask";
        }
        if (affinity != null) {
            return "--cpu-affinity";
        }
        if (log != null) {
            return "--log";
        }
        return daemon ? "--daemon" : null;
    }

    /**
     * What they come to.
     *
     * @throws Refusal if a value makes no sense
     */
    ServiceSettings settings() {
        ServiceSettings settings = ServiceSettings.DEFAULT;
        Account account = account();
        if (account != null) {
            settings = settings.account(account);
        }
        if (umask != null) {
            settings = settings.umask(octal(umask));
        }
        if (affinity != null) {
            settings = settings.processors(affinity);
        }
        if (log != null) {
            settings = settings.log(log);
        }
        if (daemon) {
            settings = settings.background();
        }
        try {
            return settings.files(nofile);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--nofile: " + Refusal.message(e), e);
        }
    }

    private @Nullable Account account() {
        if (user == null) {
            if (group != null) {
                throw Refusal.usage("--group: it is the group of a user, add --user", null);
            }
            return null;
        }
        try {
            return Account.of(user, group);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--user: " + Refusal.message(e), e);
        }
    }

    private static int octal(String text) {
        if (!text.matches("[0-7]{1,4}") || Integer.parseInt(text, OCTAL) > 0777) {
            throw Refusal.usage(
                    "--umask: '%s' is not a mask: write octal digits such as 027".formatted(text),
                    null);
        }
        return Integer.parseInt(text, OCTAL);
    }
}
