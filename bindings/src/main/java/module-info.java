// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * The system calls in Java, as the kernel has them.
 *
 * <p>Calls are grouped in small families ({@link dev.ringfork.bindings.Descriptors}, {@link
 * dev.ringfork.bindings.Sockets}, …) reached through one {@link dev.ringfork.bindings.Syscalls}
 * handle. Every call returns its result or {@code -errno}; none throws, none allocates.
 *
 * <p>The module calls native code: run with {@code --enable-native-access=dev.ringfork.bindings}.
 */
@NullMarked
@SuppressWarnings("module") // The module that one package is for is compiled after this one.
module dev.ringfork.bindings {
    requires static transitive org.jspecify;
    requires dev.ringfork.natives;
    // Only where somebody chooses them with -Dringfork.bindings.
    requires static com.sun.jna;
    requires static org.jnrproject.ffi;
    requires static org.jnrproject.jffi;

    exports dev.ringfork.bindings;
    exports dev.ringfork.bindings.abi;
    // What a warm fork does to itself is for nobody else.
    exports dev.ringfork.bindings.jvm to
            dev.ringfork.prefork;
}
