// SPDX-License-Identifier: Apache-2.0
//
// The Java virtual machine: loaded once, created in each worker.
#ifndef RINGFORK_LAUNCHER_MACHINE_H
#define RINGFORK_LAUNCHER_MACHINE_H

// How to create it and what to run in it. The strings are arguments of this process, which has no
// other use for them.
struct rf_machine {
    // JNI_CreateJavaVM; a pointer to a function cannot portably be the result of dlsym(3).
    void *create;
    // Options as JNI_CreateJavaVM takes them.
    char **options;
    int option_count;
    // The class with dots, then its arguments.
    char *main_class;
    char **arguments;
    int argument_count;
};

// Loads libjvm and starts nothing: no thread, so this process may still be forked. 0, or -1 and
// then *why is a text.
int rf_machine_load(struct rf_machine *machine, const char *libjvm, const char **why);

// Creates the machine on a new thread, calls main and waits for the end of all threads that are no
// daemons. The exit code for this process.
int rf_machine_run(struct rf_machine *machine);

#endif
