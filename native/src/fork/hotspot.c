// SPDX-License-Identifier: Apache-2.0
//
// Where HotSpot keeps the numbers of its threads.
//
// HotSpot describes its own structures for debuggers (gHotSpotVMStructs). What it does not tell is
// where libjvm's thread-local storage has the address of the present thread: it is looked for there
// in the calling thread, as the value whose OSThread has this thread's number.
#include "fork/fork.h"

#include <dlfcn.h>
#include <jni.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// As in HotSpot's vmStructs.hpp.
struct vm_struct {
    const char *type;
    const char *field;
    const char *type_of_field;
    int is_static;
    uint64_t offset;
    void *address;
};

struct tls {
    unsigned long module;
    const char *block;
    size_t bytes;
};

// An environment of JNI is a part of its thread, not far from the beginning.
enum { MOST_THREAD_BYTES = 8192, LOWEST_ADDRESS = 0x10000 };

static int find_tls(struct dl_phdr_info *library, size_t bytes, void *context)
{
    struct tls *tls = context;

    if (bytes < offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof library->dlpi_tls_data
        || strstr(library->dlpi_name, "/libjvm.so") == NULL) {
        return 0;
    }
    tls->module = library->dlpi_tls_modid;
    tls->block = library->dlpi_tls_data;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        if (library->dlpi_phdr[i].p_type == PT_TLS) {
            tls->bytes = library->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

static bool is_field(const struct vm_struct *row, const char *type, const char *field)
{
    return strcmp(row->type, type) == 0 && strcmp(row->field, field) == 0;
}

static bool find_offsets(const struct vm_struct *row)
{
    int found = 0;

    for (; row->type != NULL && row->field != NULL; row++) {
        if (is_field(row, "JavaThread", "_osthread") || is_field(row, "Thread", "_osthread")) {
            rf_hotspot.os_thread_in_thread = row->offset;
            found |= 1;
        } else if (is_field(row, "OSThread", "_thread_id")) {
            rf_hotspot.number_in_os_thread = row->offset;
            found |= 2;
        }
    }
    return found == 3;
}

// The environment of the calling thread, or NULL if it is none of Java's.
static JNIEnv *find_environment(void *libjvm)
{
    jint(JNICALL * machines)(JavaVM **, jsize, jsize *);
    JavaVM *machine = NULL;
    void *environment = NULL;
    jsize count = 0;

    // By way of a pointer to the pointer: C has no cast from an object's address to a function's.
    *(void **)&machines = dlsym(libjvm, "JNI_GetCreatedJavaVMs");
    if (machines == NULL || machines(&machine, 1, &count) != JNI_OK || count == 0) {
        return NULL;
    }
    return (*machine)->GetEnv(machine, &environment, JNI_VERSION_1_8) == JNI_OK ? environment
                                                                                : NULL;
}

// Whether an address of libjvm's storage may be that of this thread, and is. It is read only if it
// is near the environment, which is a part of it.
static bool is_thread(uintptr_t address, uintptr_t environment)
{
    uintptr_t os_thread;
    int number;

    if (address < LOWEST_ADDRESS || address % sizeof address != 0 || environment < address
        || environment - address > MOST_THREAD_BYTES) {
        return false;
    }
    memcpy(&os_thread, (const char *)address + rf_hotspot.os_thread_in_thread, sizeof os_thread);
    if (os_thread < LOWEST_ADDRESS || os_thread % sizeof os_thread != 0) {
        return false;
    }
    memcpy(&number, (const char *)os_thread + rf_hotspot.number_in_os_thread, sizeof number);
    return number == (int)syscall(SYS_gettid);
}

static void find_thread(const struct tls *tls, uintptr_t environment)
{
    uintptr_t address;

    for (size_t i = 0; !rf_hotspot.found && i + sizeof address <= tls->bytes;
         i += sizeof address) {
        memcpy(&address, tls->block + i, sizeof address);
        if (is_thread(address, environment)) {
            rf_hotspot.thread_in_tls = i;
            rf_hotspot.tls_module = tls->module;
            rf_hotspot.found = true;
        }
    }
}

void rf_hotspot_find(void)
{
    struct tls tls = {0};
    void *libjvm = dlopen("libjvm.so", RTLD_NOLOAD | RTLD_NOW);

    if (libjvm == NULL) {
        return;
    }
    const struct vm_struct *const *structs = dlsym(libjvm, "gHotSpotVMStructs");
    JNIEnv *environment = find_environment(libjvm);
    dl_iterate_phdr(find_tls, &tls);
    if (structs != NULL && *structs != NULL && environment != NULL && tls.block != NULL
        && find_offsets(*structs)) {
        find_thread(&tls, (uintptr_t)environment);
    }
    dlclose(libjvm);
}
