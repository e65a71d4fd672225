// SPDX-License-Identifier: Apache-2.0
//
// The native methods of dev.ringfork.bindings.jvm.Machine: what a copy of a virtual machine has to
// change in itself and the language forbids. Translation only: which objects and fields these are
// is decided in Java. What fails leaves an exception to the caller.
#include <jni.h>
#include <jvmti.h>
#include <stdbool.h>

// Declares a native method, as -Wmissing-prototypes wants it, and begins its definition.
#define METHOD(type, name, ...)                                                                    \
    JNIEXPORT type JNICALL Java_dev_ringfork_bindings_jvm_Machine_##name(                          \
        JNIEnv *env, jclass self, __VA_ARGS__);                                                    \
    JNIEXPORT type JNICALL Java_dev_ringfork_bindings_jvm_Machine_##name(                          \
        JNIEnv *env, __attribute__((unused)) jclass self, __VA_ARGS__)

enum { MARK = 1 };

static void refuse(JNIEnv *env, const char *why)
{
    jclass type = (*env)->FindClass(env, "java/lang/IllegalStateException");

    if (type != NULL) {
        (*env)->ThrowNew(env, type, why);
    }
}

static jvmtiIterationControl JNICALL mark(jlong class_tag, jlong size, jlong *tag, void *unused)
{
    (void)class_tag;
    (void)size;
    (void)unused;
    *tag = MARK;
    return JVMTI_ITERATION_CONTINUE;
}

static jobjectArray to_array(JNIEnv *env, const jobject *objects, jint count)
{
    jobjectArray array
        = (*env)->NewObjectArray(env, count, (*env)->FindClass(env, "java/lang/Object"), NULL);

    for (jint i = 0; i < count; i++) {
        if (array != NULL) {
            (*env)->SetObjectArrayElement(env, array, i, objects[i]);
        }
        (*env)->DeleteLocalRef(env, objects[i]);
    }
    return array;
}

// What this environment has marked, in an array.
static jobjectArray marked(JNIEnv *env, jvmtiEnv *tools)
{
    const jlong mark_tag = MARK;
    jint count = 0;
    jobject *objects = NULL;

    if ((*tools)->GetObjectsWithTags(tools, 1, &mark_tag, &count, &objects, NULL)
        != JVMTI_ERROR_NONE) {
        return NULL;
    }
    jobjectArray array = to_array(env, objects, count);
    (*tools)->Deallocate(tools, (unsigned char *)objects);
    return array;
}

// The tool interface with the right to mark objects, or NULL with an exception. To be disposed of.
static jvmtiEnv *open_tools(JNIEnv *env)
{
    const jvmtiCapabilities capabilities = {.can_tag_objects = 1};
    JavaVM *machine = NULL;
    jvmtiEnv *tools = NULL;

    if ((*env)->GetJavaVM(env, &machine) != JNI_OK
        || (*machine)->GetEnv(machine, (void **)&tools, JVMTI_VERSION_11) != JNI_OK) {
        refuse(env, "this virtual machine has no tool interface (JVMTI)");
        return NULL;
    }
    if ((*tools)->AddCapabilities(tools, &capabilities) != JVMTI_ERROR_NONE) {
        (*tools)->DisposeEnvironment(tools);
        refuse(env, "this virtual machine does not let objects be marked (JVMTI)");
        return NULL;
    }
    return tools;
}

METHOD(jobjectArray, instances, jclass type)
{
    jvmtiEnv *tools = open_tools(env);
    jobjectArray array = NULL;

    if (tools == NULL) {
        return NULL;
    }
    // The one that asks for one class: to be told of every object takes ten times as long.
    if ((*tools)->IterateOverInstancesOfClass(tools, type, JVMTI_HEAP_OBJECT_EITHER, mark, NULL)
        == JVMTI_ERROR_NONE) {
        array = marked(env, tools);
    }
    (*tools)->DisposeEnvironment(tools);
    if (array == NULL && !(*env)->ExceptionCheck(env)) {
        refuse(env, "this virtual machine does not tell what objects there are (JVMTI)");
    }
    return array;
}

METHOD(jboolean, extended, jclass type)
{
    jvmtiEnv *tools = open_tools(env);
    jboolean found = JNI_FALSE;
    jint count = 0;
    jclass *classes = NULL;

    if (tools == NULL) {
        return JNI_FALSE;
    }
    if ((*tools)->GetLoadedClasses(tools, &count, &classes) != JVMTI_ERROR_NONE) {
        refuse(env, "this virtual machine does not tell what classes there are (JVMTI)");
    }
    for (jint i = 0; i < count; i++) {
        if (!(*env)->IsSameObject(env, classes[i], type)
            && (*env)->IsAssignableFrom(env, classes[i], type)) {
            found = JNI_TRUE;
        }
        (*env)->DeleteLocalRef(env, classes[i]);
    }
    (*tools)->Deallocate(tools, (unsigned char *)classes);
    (*tools)->DisposeEnvironment(tools);
    return found;
}

// A field by its name and descriptor, or NULL with an exception.
static jfieldID find(JNIEnv *env, jclass type, jstring name, const char *descriptor, bool of_class)
{
    const char *characters = (*env)->GetStringUTFChars(env, name, NULL);
    jfieldID field = NULL;

    if (characters != NULL) {
        field = of_class ? (*env)->GetStaticFieldID(env, type, characters, descriptor)
                         : (*env)->GetFieldID(env, type, characters, descriptor);
        (*env)->ReleaseStringUTFChars(env, name, characters);
    }
    return field;
}

METHOD(jobject, staticObject, jclass type, jstring name, jstring descriptor)
{
    const char *characters = (*env)->GetStringUTFChars(env, descriptor, NULL);
    jfieldID field = NULL;

    if (characters != NULL) {
        field = find(env, type, name, characters, true);
        (*env)->ReleaseStringUTFChars(env, descriptor, characters);
    }
    return field == NULL ? NULL : (*env)->GetStaticObjectField(env, type, field);
}

METHOD(jlong, getLong, jobject object, jclass type, jstring name)
{
    jfieldID field = find(env, type, name, "J", false);

    return field == NULL ? 0 : (*env)->GetLongField(env, object, field);
}

METHOD(void, setLong, jobject object, jclass type, jstring name, jlong value)
{
    jfieldID field = find(env, type, name, "J", false);

    if (field != NULL) {
        (*env)->SetLongField(env, object, field, value);
    }
}

METHOD(void, seed, jobject generator, jbyteArray seed)
{
    jclass type = (*env)->GetObjectClass(env, generator);
    jmethodID method = (*env)->GetMethodID(env, type, "engineSetSeed", "([B)V");

    if (method != NULL) {
        (*env)->CallVoidMethod(env, generator, method, seed);
    }
}
