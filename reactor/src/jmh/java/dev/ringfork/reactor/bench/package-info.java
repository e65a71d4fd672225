// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of rings as the reactor uses them; see {@code dev.ringfork.bindings.bench}. */
package dev.ringfork.reactor.bench;
