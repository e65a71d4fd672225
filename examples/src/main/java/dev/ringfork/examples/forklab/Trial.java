// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

/** What is tried with each collector, in this order. */
enum Trial {
    UNFORKED("before any fork"),
    ALONE("one child at a time"),
    TOGETHER("several at once"),
    CHURN("while the parent churns"),
    LINEAGE("a line of descendants"),
    DUMP("thread dump by SIGQUIT"),
    JCMD("jcmd"),
    KILLED("a child is killed"),
    AFTERWARDS("the parent afterwards"),
    NO_ROOM("no room for threads"),
    ORPHANS("the parent is killed");

    private final String title;

    Trial(String title) {
        this.title = title;
    }

    /** As it is called in the report. */
    String title() {
        return title;
    }
}
