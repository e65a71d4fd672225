// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.Locale;

/** How choices are written on the command line. */
final class Names {
    private Names() {}

    /** {@code EPOLL} as {@code epoll}, {@code HALF_SYNC} as {@code half-sync}. */
    static String of(Enum<?> choice) {
        if (choice == Engine.IO_URING) {
            // The kernel's own name stays as it is.
            return "io_uring";
        }
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
