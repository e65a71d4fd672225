// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

/**
 * Something that a virtual machine can do, forked or not.
 *
 * @param name what it is about
 * @param body returns if it holds
 */
record Check(String name, Body body) {

    /** What is tried. */
    @FunctionalInterface
    interface Body {
        void run(Lab lab) throws Exception;
    }
}
