// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

/** Whether an operation of a ring goes on until it is stopped, or is begun anew each time. */
enum Shots {
    MULTISHOT,
    ONESHOT
}
