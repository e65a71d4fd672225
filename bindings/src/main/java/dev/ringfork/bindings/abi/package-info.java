// SPDX-License-Identifier: Apache-2.0
/**
 * What the C headers say: constants, struct layouts, system call numbers and symbol names, as data
 * by platform.
 *
 * <p>Nothing here is read off the running system, so one JVM can look at all four platforms. Each
 * constant is one row: to add one, add a line to its class and its facts to the tables under the
 * tests' resources.
 */
package dev.ringfork.bindings.abi;
