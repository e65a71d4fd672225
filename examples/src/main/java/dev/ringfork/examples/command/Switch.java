// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

/** The value of a flag that turns something on or off, where the default may be either. */
enum Switch {
    ON,
    OFF
}
