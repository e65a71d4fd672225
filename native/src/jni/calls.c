// SPDX-License-Identifier: Apache-2.0
//
// The native methods of dev.ringfork.bindings.jni.JniCalls: functions of C by their address, with all
// arguments as longs. Translation only: which function it is, and what the arguments mean, is
// decided in Java. errno is read here, where nothing can have come between.
#include "ringfork.h"

#include <dlfcn.h>
#include <errno.h>
#include <jni.h>

_Static_assert(sizeof(jlong) == sizeof(long) && sizeof(long) == sizeof(void *), "LP64");

// Declares a native method, as -Wmissing-prototypes wants it, and begins its definition.
#define METHOD(name, ...)                                                                          \
    JNIEXPORT jlong JNICALL Java_dev_ringfork_bindings_jni_JniCalls_##name(                        \
        JNIEnv *env, jclass type, __VA_ARGS__);                                                    \
    JNIEXPORT jlong JNICALL Java_dev_ringfork_bindings_jni_JniCalls_##name(                        \
        __attribute__((unused)) JNIEnv *env, __attribute__((unused)) jclass type, __VA_ARGS__)

// A function looks only at the arguments it knows, and of each only at the bits it knows.
typedef long returns_long(long, long, long, long, long, long);
typedef int returns_int(long, long, long, long, long, long);
typedef int variadic_from_2(long, long, ...);
typedef int variadic_from_3(long, long, long, ...);

static jlong settled(long result)
{
    return result == -1 ? -errno : result;
}

METHOD(dlopen, jlong path)
{
    return (jlong)dlopen((const char *)path, RTLD_NOW);
}

METHOD(dlsym, jlong library, jlong symbol)
{
    return (jlong)dlsym((void *)library, (const char *)symbol);
}

METHOD(call, jlong function, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f)
{
    return ((returns_long *)function)(a, b, c, d, e, f);
}

METHOD(callLong, jlong function, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f)
{
    return settled(((returns_long *)function)(a, b, c, d, e, f));
}

METHOD(callInt, jlong function, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f)
{
    return settled(((returns_int *)function)(a, b, c, d, e, f));
}

METHOD(callVariadic2, jlong function, jlong a, jlong b, jlong c)
{
    return settled(((variadic_from_2 *)function)(a, b, c));
}

METHOD(callVariadic3, jlong function, jlong a, jlong b, jlong c, jlong d)
{
    return settled(((variadic_from_3 *)function)(a, b, c, d));
}

#if defined(__linux__)
METHOD(syscall, jlong nr, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f)
{
    return rf_syscall6(nr, a, b, c, d, e, f);
}
#endif
