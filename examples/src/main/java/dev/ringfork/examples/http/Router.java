// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Chooses a handler by path and method.
 *
 * <p>An exact path goes before a prefix, a longer prefix before a shorter one. GET answers HEAD
 * too. A method that a path does not have is answered 405, OPTIONS is answered with those it has,
 * and what is on no route is answered 404. Paths are compared as they are sent, encoded characters
 * and all. Immutable; choosing allocates nothing and takes time for each route, so it is for dozens
 * of them, not for thousands.
 *
 * <pre>{@code
 * Handler application = Router.builder()
 *         .on("GET", "/", request -> welcome)
 *         .under("/files/", new StaticFiles("/files/", root))
 *         .build();
 * }</pre>
 */
public final class Router implements Handler {
    private static final Response NOT_FOUND = Response.status(404);

    private final Route[] exact;
    private final Route[] prefixes;

    private Router(Route[] exact, Route[] prefixes) {
        this.exact = exact;
        this.prefixes = prefixes;
    }

    /** Begins a router. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Response handle(Request request) {
        for (Route route : exact) {
            if (request.pathIs(route.path)) {
                return route.handle(request);
            }
        }
        for (Route route : prefixes) {
            if (request.pathStartsWith(route.path)) {
                return route.handle(request);
            }
        }
        return NOT_FOUND;
    }

    /** One path: its methods and what they are answered with. */
    private static final class Route {
        final byte[] path;
        final String[] methods;
        final Handler[] handlers;
        final Response options;
        final Response notAllowed;

        Route(String path, Map<String, Handler> byMethod) {
            this.path = path.getBytes(StandardCharsets.US_ASCII);
            methods = byMethod.keySet().toArray(String[]::new);
            handlers = byMethod.values().toArray(Handler[]::new);
            Set<String> allowed = new TreeSet<>(byMethod.keySet());
            allowed.add(Methods.OPTIONS);
            if (allowed.contains(Methods.GET)) {
                allowed.add(Methods.HEAD);
            }
            String list = String.join(", ", allowed);
            options = Response.status(204).withHeader("Allow", list);
            notAllowed = Response.status(405).withHeader("Allow", list);
        }

        Response handle(Request request) {
            String method = request.method();
            int index = indexOf(method);
            if (index < 0 && method.equals(Methods.HEAD)) {
                index = indexOf(Methods.GET);
            }
            if (index < 0) {
                index = indexOf(Builder.ANY);
            }
            if (index >= 0) {
                return handlers[index].handle(request);
            }
            return method.equals(Methods.OPTIONS) ? options : notAllowed;
        }

        private int indexOf(String method) {
            for (int i = 0; i < methods.length; i++) {
                if (methods[i].equals(method)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Collects routes. Confined to the thread that makes the router. */
    public static final class Builder {
        /** No method, as no token has a space: stands for all that are not named. */
        private static final String ANY = " any";

        private final Map<String, Map<String, Handler>> exact = new TreeMap<>();
        private final Map<String, Map<String, Handler>> prefixes = new TreeMap<>();

        private Builder() {}

        /** One method of exactly this path. */
        public Builder on(String method, String path, Handler handler) {
            return add(exact, method, path, handler);
        }

        /** All methods of exactly this path. */
        public Builder on(String path, Handler handler) {
            return add(exact, ANY, path, handler);
        }

        /** All methods of all paths that begin with this, which ends in a slash. */
        public Builder under(String prefix, Handler handler) {
            if (!prefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "the prefix " + prefix + " has no slash at its end");
            }
            return add(prefixes, ANY, prefix, handler);
        }

        private Builder add(
                Map<String, Map<String, Handler>> routes,
                String method,
                String path,
                Handler handler) {
            if (!path.startsWith("/") && !path.equals("*")) {
                throw new IllegalArgumentException("the path " + path + " has no slash before it");
            }
            Handler before =
                    routes.computeIfAbsent(path, _ -> new TreeMap<>()).put(method, handler);
            if (before != null) {
                throw new IllegalArgumentException("two routes for " + method + " " + path);
            }
            return this;
        }

        /** The router of these routes. */
        public Router build() {
            List<Route> longestFirst = routes(prefixes);
            longestFirst.sort(
                    Comparator.comparingInt((Route route) -> route.path.length).reversed());
            return new Router(
                    routes(exact).toArray(Route[]::new), longestFirst.toArray(Route[]::new));
        }

        private static List<Route> routes(Map<String, Map<String, Handler>> byPath) {
            List<Route> routes = new ArrayList<>();
            byPath.forEach((path, methods) -> routes.add(new Route(path, methods)));
            return routes;
        }
    }
}
