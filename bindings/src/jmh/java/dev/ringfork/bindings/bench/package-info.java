// SPDX-License-Identifier: Apache-2.0
/**
 * JMH benchmarks of system calls, built by {@code ./mvnw -Pbench verify} and run by {@code
 * ./ringfork syscalls}; {@code native/bench} has each call in C under the same name.
 */
package dev.ringfork.bindings.bench;
