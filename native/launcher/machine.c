// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <dlfcn.h>
#include <jni.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    // main runs on it. Only what is touched takes memory.
    STACK_BYTES = 8 << 20,
    FAILED = 1,
};

typedef jint create_machine(JavaVM **vm, void **env, void *args);

int rf_machine_load(struct rf_machine *machine, const char *libjvm, const char **why)
{
    void *library = dlopen(libjvm, RTLD_NOW | RTLD_GLOBAL);

    machine->create = library == NULL ? NULL : dlsym(library, "JNI_CreateJavaVM");
    if (machine->create == NULL) {
        *why = dlerror();
        return -1;
    }
    return 0;
}

static int create(const struct rf_machine *machine, JavaVM **vm, JNIEnv **env)
{
    create_machine *create_vm;
    JavaVMOption *options = calloc((size_t)machine->option_count + 1, sizeof *options);
    void *environment = NULL;

    if (options == NULL) {
        return JNI_ENOMEM;
    }
    for (int i = 0; i < machine->option_count; i++) {
        options[i].optionString = machine->options[i];
    }
    JavaVMInitArgs args = {
        .version = JNI_VERSION_10,
        .nOptions = machine->option_count,
        .options = options,
        .ignoreUnrecognized = JNI_FALSE,
    };
    memcpy(&create_vm, &machine->create, sizeof create_vm);
    int result = create_vm(vm, &environment, &args);
    *env = environment;
    free(options);
    return result;
}

// Arguments are bytes in the encoding of the platform, which Java knows how to read; NewStringUTF
// would take them for its own kind of UTF-8.
static jstring platform_string(JNIEnv *env, jclass string, jstring encoding, const char *text)
{
    jsize length = (jsize)strlen(text);
    jbyteArray bytes = (*env)->NewByteArray(env, length);
    jmethodID decode = (*env)->GetMethodID(env, string, "<init>", "([BLjava/lang/String;)V");

    if (bytes == NULL || decode == NULL) {
        return NULL;
    }
    (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)text);
    jstring result = (*env)->NewObject(env, string, decode, bytes, encoding);
    (*env)->DeleteLocalRef(env, bytes);
    return result;
}

static jstring platform_encoding(JNIEnv *env)
{
    jclass system = (*env)->FindClass(env, "java/lang/System");
    jmethodID get = system == NULL ? NULL
                                   : (*env)->GetStaticMethodID(
                                         env, system, "getProperty",
                                         "(Ljava/lang/String;)Ljava/lang/String;");
    jstring name = get == NULL ? NULL : (*env)->NewStringUTF(env, "sun.jnu.encoding");

    return name == NULL ? NULL : (*env)->CallStaticObjectMethod(env, system, get, name);
}

static jobjectArray arguments_of(JNIEnv *env, const struct rf_machine *machine)
{
    jstring encoding = platform_encoding(env);
    jclass string = (*env)->FindClass(env, "java/lang/String");

    if (encoding == NULL || string == NULL) {
        return NULL;
    }
    jobjectArray array = (*env)->NewObjectArray(env, machine->argument_count, string, NULL);
    for (int i = 0; array != NULL && i < machine->argument_count; i++) {
        jstring text = platform_string(env, string, encoding, machine->arguments[i]);

        if (text == NULL) {
            return NULL;
        }
        (*env)->SetObjectArrayElement(env, array, i, text);
        (*env)->DeleteLocalRef(env, text);
    }
    return array;
}

// Looked up by the system class loader, which knows the classes of modules too.
static void call_main(JNIEnv *env, const struct rf_machine *machine)
{
    for (char *dot; (dot = strchr(machine->main_class, '.')) != NULL;) {
        *dot = '/';
    }
    jclass main_class = (*env)->FindClass(env, machine->main_class);
    jmethodID entry = main_class == NULL ? NULL
                                         : (*env)->GetStaticMethodID(env, main_class, "main",
                                                                     "([Ljava/lang/String;)V");
    jobjectArray arguments = entry == NULL ? NULL : arguments_of(env, machine);

    if (arguments != NULL) {
        (*env)->CallStaticVoidMethod(env, main_class, entry, arguments);
    }
}

static void *live(void *argument)
{
    const struct rf_machine *machine = argument;
    static int exit_code;
    JavaVM *vm = NULL;
    JNIEnv *env = NULL;
    int result = create(machine, &vm, &env);

    exit_code = FAILED;
    if (result != JNI_OK) {
        fprintf(stderr, "ringfork-launcher: JNI_CreateJavaVM has failed with %d\n", result);
        return &exit_code;
    }
    call_main(env, machine);
    exit_code = (*env)->ExceptionCheck(env) ? FAILED : 0;
    // Detaching shows an exception that nobody has caught, as the end of any thread does.
    if ((*vm)->DetachCurrentThread(vm) != JNI_OK) {
        exit_code = FAILED;
    }
    (*vm)->DestroyJavaVM(vm);
    return &exit_code;
}

// The first thread's stack has the size that a limit of the shell gives it, and on macOS that
// thread is none that the machine wants: Java runs on a second one, as under the java command.
int rf_machine_run(struct rf_machine *machine)
{
    pthread_t thread;
    pthread_attr_t attributes;
    void *exit_code = NULL;

    if (pthread_attr_init(&attributes) != 0
        || pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0
        || pthread_create(&thread, &attributes, live, machine) != 0
        || pthread_join(thread, &exit_code) != 0) {
        fputs("ringfork-launcher: there is no thread for the virtual machine\n", stderr);
        return FAILED;
    }
    return *(int *)exit_code;
}
