// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static java.lang.classfile.ClassFile.ACC_ABSTRACT;
import static java.lang.classfile.ClassFile.ACC_INTERFACE;
import static java.lang.classfile.ClassFile.ACC_NATIVE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/**
 * Functions of C, declared in a class that is made at run time: what JNA and jnr-ffi ask for.
 *
 * <p>They take a function's name from a method's, and want a class with all of them written down.
 * Here the prototypes of the families are the only list. Each class has a loader of its own, and so
 * is in no named module: whatever the libraries generate for it may use it.
 */
public final class Declaration extends ClassLoader {

    private static final ClassDesc NAME = ClassDesc.of("dev.ringfork.declared", "C");

    private Declaration() {
        super(Declaration.class.getClassLoader());
    }

    /** A class with static native methods of so many longs to a long. */
    public static Class<?> asClass(Set<String> functions, int arguments) {
        return declare(functions, arguments, 0, ACC_STATIC | ACC_NATIVE);
    }

    /** An interface with methods of so many longs to a long. */
    public static Class<?> asInterface(Set<String> functions, int arguments) {
        return declare(functions, arguments, ACC_INTERFACE | ACC_ABSTRACT, ACC_ABSTRACT);
    }

    private static Class<?> declare(
            Set<String> functions, int arguments, int typeFlags, int methodFlags) {
        MethodTypeDesc longs = Native.longs(arguments).describeConstable().orElseThrow();
        byte[] bytes =
                ClassFile.of()
                        .build(
                                NAME,
                                type -> {
                                    type.withFlags(ACC_PUBLIC | typeFlags);
                                    for (String function : functions) {
                                        int flags = ACC_PUBLIC | methodFlags;
                                        type.withMethod(function, longs, flags, _ -> {});
                                    }
                                });
        return new Declaration().defineClass(null, bytes, 0, bytes.length);
    }
}
