// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Demultiplexers, the reactor, and every server architecture that fits in one process. */
@NullMarked
module dev.ringfork.reactor {
    requires static transitive org.jspecify;
    requires transitive dev.ringfork.bindings;

    exports dev.ringfork.reactor;
    exports dev.ringfork.reactor.demux;
    exports dev.ringfork.reactor.proactor;
    exports dev.ringfork.reactor.protocol;
    exports dev.ringfork.reactor.proxied;
    exports dev.ringfork.reactor.server;
    exports dev.ringfork.reactor.tls;
    exports dev.ringfork.reactor.uring;
}
