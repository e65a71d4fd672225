// SPDX-License-Identifier: Apache-2.0
/** The virtual machine from within, for a process that is a copy of another one. */
package dev.ringfork.bindings.jvm;
