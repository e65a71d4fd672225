// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.prefork.Prefork;
import dev.ringfork.prefork.listeners.ActivatedListener;
import dev.ringfork.prefork.listeners.ActivatedListeners;
import dev.ringfork.prefork.listeners.ListenerStore;
import dev.ringfork.prefork.listeners.StoredListener;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerBuilder;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens: at the address of its flags, or where a supervisor has bound already.
 *
 * @param address to be bound if there is no such listener
 * @param handed listeners that were handed over and are wanted
 * @param store where what is bound is kept, and what came back from there
 */
record Places(Address address, List<InheritedListener> handed, ListenerStore store) {

    /**
     * Looks at what was handed over. Where flags or their variables name a place, a listener there
     * is taken and the rest is closed; else all are taken.
     *
     * @param unstorable why listeners cannot be stored, or null
     * @throws Refusal if something else than a listener was handed over
     */
    static Places of(
            ServerOptions options,
            CommonOptions common,
            Console console,
            @Nullable String unstorable) {
        Address address = options.address();
        ListenerStore store = options.store(unstorable, console::note);
        try (ActivatedListeners listeners = read()) {
            store.takeBack(listeners);
            if (unstorable != null) {
                store.dropAll();
            }
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
            return new Places(address, taken, store);
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    /**
     * For a server that binds for itself.
     *
     * @throws Refusal if anything was handed over
     */
    static Address unhanded(ServerOptions options, String flag, Console console) {
        ListenerStore store =
                options.store("%s: streams only are stored".formatted(flag), console::note);
        try (ActivatedListeners listeners = read()) {
            store.takeBack(listeners);
            store.dropAll();
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

    /**
     * Has a server listen there.
     *
     * @param settings of which the backlog and the socket options count
     * @return what is kept beside the server and the caller closes after it; null if nothing is
     */
    @Nullable StoredListener listen(ServerBuilder server, ServerSettings settings) {
        if (!handed.isEmpty()) {
            store.dropAll();
            handed.forEach(server::listen);
            return null;
        }
        if (!store.inUse()) {
            server.listen(address);
            return null;
        }
        StoredListener own = StoredListener.bind(store, address, settings);
        try {
            server.listen(own.share());
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    void listen(Prefork.Builder prefork) {
        prefork.listenerStore(store);
        if (handed.isEmpty()) {
            prefork.listen(address);
        } else {
            handed.forEach(prefork::listen);
        }
    }
}
