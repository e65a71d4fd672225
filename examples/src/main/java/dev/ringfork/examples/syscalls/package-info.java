// SPDX-License-Identifier: Apache-2.0
/** What a system call costs from Java, by each provider, beside the same call in C. */
package dev.ringfork.examples.syscalls;
