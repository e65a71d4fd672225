// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.prefork.Prefork;
import dev.ringfork.prefork.listeners.ActivatedListener;
import dev.ringfork.prefork.listeners.ActivatedListeners;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Where a server listens: at the address of its flags, or where a supervisor has bound already.
 *
 * @param address to be bound if there is no such listener
 * @param handed listeners that were handed over and are wanted
 */
record Places(Address address, List<InheritedListener> handed) {

    /**
     * Looks at what was handed over. Where flags or their variables name a place, a listener there
     * is taken and the rest is closed; else all are taken.
     *
     * @throws Refusal if something else than a listener was handed over
     */
    static Places of(ServerOptions options, CommonOptions common, Console console) {
        Address address = options.address();
        try (ActivatedListeners listeners = read()) {
            boolean named =
                    options.unix != null || common.given("--host") || common.given("--port");
            List<InheritedListener> taken =
                    named
                            ? listeners.take(there(options, common.given("--host"), address))
                            : listeners.takeAll();
            for (ActivatedListener left : listeners.left()) {
                console.note(
                        "closed %s on %s, which was handed over: flags ask for %s; leave them out to serve there"
                                .formatted(left.name(), left.address(), address));
            }
            return new Places(address, taken);
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    /**
     * For a server that binds for itself.
     *
     * @throws Refusal if anything was handed over
     */
    static Address unhanded(ServerOptions options, String flag) {
        try (ActivatedListeners listeners = read()) {
            if (!listeners.left().isEmpty()) {
                throw Refusal.failure(
                        "%s: what a supervisor hands over is served as streams only; bind here, or leave %s out"
                                .formatted(flag, flag),
                        null);
            }
        }
        return options.address();
    }

    private static ActivatedListeners read() {
        Map<String, String> environment = System.getenv();
        try {
            return ActivatedListeners.read(environment);
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    /**
     * Without a host the port says all: a supervisor rarely binds to the one that is the default.
     */
    private static Predicate<Address> there(ServerOptions options, boolean host, Address address) {
        if (options.unix != null || host) {
            return address::equals;
        }
        return bound ->
                switch (bound) {
                    case Address.Inet4 inet -> inet.port() == options.port;
                    case Address.Inet6 inet -> inet.port() == options.port;
                    default -> false;
                };
    }

    void listen(ServerBuilder server) {
        if (handed.isEmpty()) {
            server.listen(address);
        } else {
            handed.forEach(server::listen);
        }
    }

    void listen(Prefork.Builder prefork) {
        if (handed.isEmpty()) {
            prefork.listen(address);
        } else {
            handed.forEach(prefork::listen);
        }
    }
}
