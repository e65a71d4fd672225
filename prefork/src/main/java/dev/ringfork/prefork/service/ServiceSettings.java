// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Account;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a master and its workers live on a machine. Immutable.
 *
 * @param account whose the workers are; null leaves them the master's
 * @param umask which permissions new files lack; -1 leaves it as it is
 * @param files how many descriptors each process may have, soft and hard limit; 0 leaves both
 * @param processors which worker runs where; null leaves that to the kernel
 * @param log what is said goes to the end of this file; null leaves it where it went
 * @param daemon whether to go on in the background
 */
public record ServiceSettings(
        @Nullable Account account,
        int umask,
        long files,
        @Nullable Processors processors,
        @Nullable Path log,
        boolean daemon) {

    /** All stays as it was found. */
    public static final ServiceSettings DEFAULT =
            new ServiceSettings(null, -1, 0, null, null, false);

    /** The largest umask there is. */
    public static final int UMASK_MOST = 0777;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one makes no sense
     */
    public ServiceSettings {
        if (umask < -1 || umask > UMASK_MOST) {
            throw new IllegalArgumentException(
                    "a umask is 0 to 777 in octal digits, not %o".formatted(umask));
        }
        if (files < 0) {
            throw new IllegalArgumentException(
                    "a process has a number of descriptors, or 0 for as many as now, not " + files);
        }
    }

    /** With workers that are somebody's. */
    public ServiceSettings account(Account account) {
        return new ServiceSettings(account, umask, files, processors, log, daemon);
    }

    /** With files that lack permissions, umask(2). */
    public ServiceSettings umask(int umask) {
        return new ServiceSettings(account, umask, files, processors, log, daemon);
    }

    /** With so many descriptors a process, setrlimit(2). */
    public ServiceSettings files(long files) {
        return new ServiceSettings(account, umask, files, processors, log, daemon);
    }

    /** With workers that run on a processor each. */
    public ServiceSettings processors(Processors processors) {
        return new ServiceSettings(account, umask, files, processors, log, daemon);
    }

    /** With a log. */
    public ServiceSettings log(Path log) {
        return new ServiceSettings(account, umask, files, processors, log, daemon);
    }

    /** In the background. */
    public ServiceSettings background() {
        return new ServiceSettings(account, umask, files, processors, log, true);
    }
}
