// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.lang.reflect.Proxy;

/**
 * Signals to this process.
 *
 * <p>The JDK's only way is {@code sun.misc.Signal}, which the compiler warns about wherever it is
 * named and cannot be told not to; therefore it is reached by name.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs an action, on a thread of its own, each time a signal arrives, instead of ending the
     * JVM.
     *
     * @param signal {@code INT} or {@code TERM}
     */
    static void on(String signal, Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object adapter =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getDeclaringClass() == handler) {
                                    action.run();
                                }
                                return null;
                            });
            type.getMethod("handle", type, handler)
                    .invoke(null, type.getConstructor(String.class).newInstance(signal), adapter);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot handle the signal " + signal, e);
        }
    }

    /** Sends a signal to this process, which handles it. */
    static void raise(String signal) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            type.getMethod("raise", type)
                    .invoke(null, type.getConstructor(String.class).newInstance(signal));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot raise the signal " + signal, e);
        }
    }
}
