// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** The {@code ringfork} command, an HTTP/1.1 protocol, and servers to run and to read. */
@NullMarked
module dev.ringfork.examples {
    requires static transitive org.jspecify;
    requires dev.ringfork.natives;
    requires transitive dev.ringfork.prefork;
    requires info.picocli;
    // For the virtual machines of forklab alone, which ask for it.
    requires static java.management;
    requires jdk.unsupported;

    exports dev.ringfork.examples.http;

    opens dev.ringfork.examples.command to
            info.picocli;
}
