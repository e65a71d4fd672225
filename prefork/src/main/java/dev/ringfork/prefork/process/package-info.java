// SPDX-License-Identifier: Apache-2.0
/** Warm forks: copies of a running virtual machine, with all its threads. */
package dev.ringfork.prefork.process;
