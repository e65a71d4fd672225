// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test with its preparation and its clean-up on a thread of its own: see {@link
 * OwnThread}.
 */
public final class InOwnThread implements InvocationInterceptor {
    private static final Namespace NAMESPACE = Namespace.create(InOwnThread.class);

    /** A thread that ends with the test that it was made for. */
    private record Kept(OwnThread thread) implements AutoCloseable {
        @Override
        public void close() {
            thread.close();
        }
    }

    /** So that the instance is made on the thread of its test, too. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(
            ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public <T> T interceptTestClassConstructor(
            Invocation<T> invocation,
            ReflectiveInvocationContext<Constructor<T>> constructor,
            ExtensionContext context)
            throws Throwable {
        return run(invocation, context);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    private static <T extends @Nullable Object> T run(
            Invocation<T> invocation, ExtensionContext context) throws Throwable {
        OwnThread thread =
                context.getStore(NAMESPACE)
                        .computeIfAbsent(
                                context.getUniqueId(), _ -> new Kept(new OwnThread()), Kept.class)
                        .thread();
        return thread.ask(invocation::proceed);
    }
}
