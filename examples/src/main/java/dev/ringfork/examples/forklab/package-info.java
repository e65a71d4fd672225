// SPDX-License-Identifier: Apache-2.0
/**
 * What {@code ringfork forklab} does: virtual machines with one collector each that fork themselves
 * again and again, and children that try all that a virtual machine can do.
 */
package dev.ringfork.examples.forklab;
