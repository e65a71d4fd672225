// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of what workers share; see {@code dev.ringfork.bindings.bench}. */
package dev.ringfork.prefork.bench;
