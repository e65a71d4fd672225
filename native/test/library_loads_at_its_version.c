// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <dlfcn.h>

// The library as it is packed, not the sources that the other behaviours are linked with.
int main(void)
{
    const char *path = getenv("RF_LIBRARY");
    if (path == NULL) {
        return skip("RF_LIBRARY names no library");
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    // By way of a pointer to the pointer: C has no cast from an object's address to a function's.
    const char *(*version)(void);
    *(void **)&version = dlsym(library, "rf_version");
    EXPECT(version != NULL);
    EXPECT(version != rf_version);
    EXPECT_EQ(strcmp(version(), RF_VERSION), 0);
    return 0;
}
